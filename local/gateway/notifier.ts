// Sends the notifications of a transaction's changes: one delivery per URL, bent by the fault script, retried by our answers.
import { setTimeout as pause } from 'node:timers/promises';
import type { Chance, Chances } from './chance.ts';
import type { Clock } from './clock.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import type { NotificationFault, Tampering } from './fault.schema.ts';
import type { Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import { type Fields, notificationOf, signed } from './reading.ts';
import type { Sender } from './sender.ts';
import { tamper } from './tamper.ts';
import type { Transaction } from './transaction.ts';
import { wib } from './wib.ts';

export type NotifierOptions = {
  readonly clock: Clock;
  readonly chances: Chances;
  readonly faults: Faults;
  readonly sender: Sender;
  readonly serverKey: string;
  readonly gaps: readonly number[];
  readonly write: Journal['write'];
};

export type Notifier = Omit<Deliveries, 'deliver' | 'during'> & {
  /** Tells the merchant how the transaction stands; resolves when the first attempts were answered. */
  readonly tell: (transaction: Transaction, how?: Telling) => Promise<void>;
};

export type Telling = {
  /** Other values for some fields; they are signed too, unless the signature is among them. */
  readonly overrides?: Fields;
  /** What has to happen before: the answer of the call is out. */
  readonly after?: Promise<unknown>;
};

const HOLD_MS = 2_000;

type Plan = {
  readonly kinds: readonly string[];
  readonly copies: number;
  readonly lost: boolean;
  readonly lateMs: number;
  readonly holdMs: number | undefined;
  readonly tampering: Tampering | undefined;
  readonly embellish: boolean;
};

const bend = (plan: Plan, fault: NotificationFault): Plan => {
  switch (fault.kind) {
    case 'early':
      return plan;
    case 'late':
      return { ...plan, lateMs: plan.lateMs + fault.ms };
    case 'duplicate':
      return { ...plan, copies: plan.copies + fault.times };
    case 'reorder':
      return { ...plan, holdMs: fault.ms ?? HOLD_MS };
    case 'lost':
      return { ...plan, lost: true };
    case 'tamper':
      return { ...plan, tampering: fault.how };
    case 'embellish':
      return { ...plan, embellish: true };
  }
};

const planOf = (faults: readonly NotificationFault[]): Plan =>
  faults.reduce(bend, {
    kinds: faults.map(({ kind }) => kind),
    copies: 1,
    lost: false,
    lateMs: 0,
    holdMs: undefined,
    tampering: undefined,
    embellish: false,
  });

const shuffled = (fields: Fields, chance: Chance): Fields =>
  Object.fromEntries(chance.shuffled(Object.entries(fields)));

export const createNotifier = ({
  clock,
  chances,
  faults,
  sender,
  serverKey,
  gaps,
  write,
}: NotifierOptions): Notifier => {
  const { deliver, during, log, restore, resend, quiet } = createDeliveries({ clock, chances, sender, gaps, write });
  const held = new Map<string, () => void>();
  const told = new Map<string, number>();

  /** Legal extras that a receiver has to ignore. */
  const extras = ({ state }: Transaction): Fields => ({
    pop_id: 'b2e9c1d0-0000-4000-8000-000000000000',
    customer_details: { full_name: 'A Customer' },
    ...(state.status === 'capture' && { settlement_time: wib(clock.now()) }),
  });

  /** Waits until another notification of the transaction went out, or long enough. */
  const hold = async (transactionId: string, ms: number): Promise<void> => {
    const released = Promise.withResolvers<void>();
    held.set(transactionId, released.resolve);
    await Promise.race([released.promise, pause(ms, undefined, { ref: false })]);
    held.delete(transactionId);
  };

  const fieldsOf = (transaction: Transaction, overrides: Fields, embellish: boolean): Fields => {
    const own = { ...notificationOf(transaction, clock.now(), serverKey), ...(embellish && extras(transaction)) };
    return { ...signed({ ...own, ...overrides }, serverKey), ...overrides };
  };

  const send = async (transaction: Transaction, { overrides = {}, after }: Telling): Promise<void> => {
    await after;
    const { transactionId, orderId, method, state, destinations } = transaction;
    const plan = planOf(faults.ofNotification({ orderId, method, status: state.status }));
    const count = (told.get(transactionId) ?? 0) + 1;
    told.set(transactionId, count);
    const chance = chances(`notification/${transactionId}/${count}`);
    const fields = fieldsOf(transaction, overrides, plan.embellish);
    const overtaken = held.get(transactionId);
    if (plan.lateMs > 0) await pause(plan.lateMs, undefined, { ref: false });
    if (plan.holdMs !== undefined) await hold(transactionId, plan.holdMs);
    const letter = { transactionId, orderId, status: String(fields.transaction_status), faults: plan.kinds };
    const written = (): string => {
      const mixed = shuffled(fields, chance);
      return plan.tampering ? tamper(plan.tampering, mixed, serverKey) : JSON.stringify(mixed);
    };
    const copies = Array.from({ length: plan.copies }, written);
    await Promise.all(
      copies.flatMap((body) => destinations.map((url) => deliver({ ...letter, body }, url, plan.lost))),
    );
    overtaken?.();
  };

  return { log, restore, resend, quiet, tell: (transaction, how = {}) => during(send(transaction, how)) };
};
