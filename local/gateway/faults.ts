// The fault script: which rules concern a call or a notification, counted down as they are used.
import type { Chances } from './chance.ts';
import type { CallFault, Fault, FaultRule, NotificationFault, Operation } from './fault.schema.ts';
import type { Method } from './methods.ts';
import type { Status } from './transaction.ts';

export type Subject = {
  readonly orderId?: string | undefined;
  readonly method?: Method | undefined;
  readonly status?: Status;
};

export type Faults = {
  readonly add: (rule: FaultRule) => string;
  readonly remove: (id: string) => boolean;
  readonly clear: () => void;
  readonly list: () => readonly (FaultRule & { readonly id: string })[];
  /** The faults for a call; counts them. */
  readonly ofCall: (operation: Operation, subject: Subject) => readonly CallFault[];
  /** The faults for a notification; counts them. */
  readonly ofNotification: (subject: Subject) => readonly Exclude<NotificationFault, { kind: 'early' }>[];
  /** Whether this charge's notification overtakes its answer; counts it. */
  readonly early: (subject: Subject) => Extract<NotificationFault, { kind: 'early' }> | undefined;
};

const NOTIFICATION_KINDS: readonly Fault['kind'][] = [
  'early',
  'late',
  'duplicate',
  'reorder',
  'lost',
  'tamper',
  'embellish',
];

export const isNotificationFault = (fault: Fault): fault is NotificationFault =>
  NOTIFICATION_KINDS.includes(fault.kind);

type Rule = FaultRule & { readonly id: string };

export const faultScript = (initial: readonly FaultRule[], chances: Chances): Faults => {
  const rules = new Map<string, Rule>();
  let count = 0;

  const add = (rule: FaultRule): string => {
    count += 1;
    const id = `fault-${count}`;
    rules.set(id, { ...rule, id });
    return id;
  };

  const orderMatches = ({ order }: Rule, orderId: string | undefined): boolean =>
    order === undefined ||
    (order.endsWith('*') ? (orderId?.startsWith(order.slice(0, -1)) ?? false) : order === orderId);

  const matches = (rule: Rule, { orderId, method, status }: Subject): boolean => {
    if (rule.method !== undefined && rule.method !== method) return false;
    if (rule.when !== undefined && rule.when !== status) return false;
    if (!orderMatches(rule, orderId)) return false;
    return rule.rate === undefined || chances(`${rule.id}/${orderId}`).fraction() < rule.rate;
  };

  const use = (rule: Rule): Fault => {
    if (rule.next !== undefined) {
      if (rule.next > 1) rules.set(rule.id, { ...rule, next: rule.next - 1 });
      else rules.delete(rule.id);
    }
    return rule.fault;
  };

  const take = (wanted: (rule: Rule) => boolean, subject: Subject): readonly Fault[] =>
    [...rules.values()].filter((rule) => wanted(rule) && matches(rule, subject)).map(use);

  for (const rule of initial) add(rule);
  return {
    add,
    remove: (id) => rules.delete(id),
    clear: () => rules.clear(),
    list: () => [...rules.values()],
    ofCall: (operation, subject) =>
      take(({ fault, on }) => !isNotificationFault(fault) && (on === undefined || on === operation), subject).filter(
        (fault) => !isNotificationFault(fault),
      ),
    ofNotification: (subject) =>
      take(({ fault }) => isNotificationFault(fault) && fault.kind !== 'early', subject)
        .filter(isNotificationFault)
        .filter((fault) => fault.kind !== 'early'),
    early: (subject) => take(({ fault }) => fault.kind === 'early', subject).find((fault) => fault.kind === 'early'),
  };
};
