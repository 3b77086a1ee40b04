/** The fault script: which rules concern a call or a notification, counted down as they are used. */
import type { Chances } from './chance.ts';
import {
  type Fault,
  type FaultRule,
  type NotificationFault,
  notificationFault,
  type Operation,
} from './fault.schema.ts';
import type { Method } from './methods.ts';
import type { Status } from './transaction.ts';

export type Subject = {
  readonly orderId?: string | undefined;
  readonly method?: Method | undefined;
  readonly status?: Status;
};

const isNotificationFault = (fault: Fault): fault is NotificationFault => notificationFault.safeParse(fault).success;

export type Faults = ReturnType<typeof faultScript>;
type Rule = FaultRule & { readonly id: string };

export const faultScript = (initial: readonly FaultRule[], chances: Chances) => {
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
    if (rule.next === 1) rules.delete(rule.id);
    else if (rule.next !== undefined) rules.set(rule.id, { ...rule, next: rule.next - 1 });
    return rule.fault;
  };

  const take = (wanted: (rule: Rule) => boolean, subject: Subject): readonly Fault[] =>
    [...rules.values()].filter((rule) => wanted(rule) && matches(rule, subject)).map(use);

  for (const rule of initial) add(rule);
  return {
    add,
    remove: (id: string): boolean => rules.delete(id),
    clear: (): void => rules.clear(),
    list: (): readonly Rule[] => [...rules.values()],
    /** The faults for a call; counts them. */
    ofCall: (operation: Operation, subject: Subject) =>
      take(({ fault, on }) => !isNotificationFault(fault) && (on === undefined || on === operation), subject).filter(
        (fault) => !isNotificationFault(fault),
      ),
    /** The faults for a notification; counts them. */
    ofNotification: (subject: Subject) =>
      take(({ fault }) => isNotificationFault(fault) && fault.kind !== 'early', subject).filter(isNotificationFault),
    /** The fault by which this charge's notification overtakes its answer; counts it. */
    early: (subject: Subject) =>
      take(({ fault }) => fault.kind === 'early', subject).find((fault) => fault.kind === 'early'),
  };
};
