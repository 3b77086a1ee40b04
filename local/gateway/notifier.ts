/** Notifies changes of a transaction: one delivery per URL, changed by the fault script, retried by the answers. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Json } from '../json.ts';
import { createDeliveries, type DeliveriesOptions } from './deliveries.ts';
import type { NotificationFault, Tampering } from './fault.schema.ts';
import type { Faults } from './faults.ts';
import { notificationOf, signed } from './fields.ts';
import { tamper } from './tamper.ts';
import type { Instant, Transaction } from './transaction.ts';
import { wib } from './wib.ts';

export type NotifierOptions = DeliveriesOptions & { readonly faults: Faults; readonly serverKey: string };
export type Notifier = ReturnType<typeof createNotifier>;

export type HowToNotify = {
  /** Other values for some fields; they are signed too, unless the signature is among them. */
  readonly overrides?: Json | undefined;
  /** What has to happen before: the answer of the call is out. */
  readonly after?: Promise<unknown> | undefined;
};

const longestHoldMs = 2_000;

const planOf = (faults: readonly NotificationFault[]) => {
  const plan = { copies: 1, lost: false, lateMs: 0, embellish: false };
  let holdMs: number | undefined;
  let tampering: Tampering | undefined;
  for (const fault of faults) {
    if (fault.kind === 'late') plan.lateMs += fault.ms;
    if (fault.kind === 'duplicate') plan.copies += fault.times;
    if (fault.kind === 'reorder') holdMs = fault.ms ?? longestHoldMs;
    if (fault.kind === 'lost') plan.lost = true;
    if (fault.kind === 'tamper') tampering = fault.how;
    if (fault.kind === 'embellish') plan.embellish = true;
  }
  return { ...plan, holdMs, tampering, kinds: faults.map(({ kind }) => kind) };
};

/** Legal extras that a receiver has to ignore. */
const extrasOf = ({ state }: Transaction, now: Instant): Json => ({
  pop_id: 'b2e9c1d0-0000-4000-8000-000000000000',
  customer_details: { full_name: 'A Customer' },
  ...(state.status === 'capture' && { settlement_time: wib(now) }),
});

export const createNotifier = ({ faults, serverKey, ...options }: NotifierOptions) => {
  const { clock, chances } = options;
  const { deliver, during, log, restore, resend, idle } = createDeliveries(options);
  const held = new Map<string, () => void>();
  const counts = new Map<string, number>();

  /** Waits until another notification of the transaction was sent, or long enough. */
  const hold = async (transactionId: string, ms: number): Promise<void> => {
    const released = Promise.withResolvers<void>();
    held.set(transactionId, released.resolve);
    await Promise.race([released.promise, pause(ms, undefined, { ref: false })]);
    held.delete(transactionId);
  };

  const send = async (transaction: Transaction, { overrides = {}, after }: HowToNotify): Promise<void> => {
    await after;
    const { transactionId, orderId, method, state, destinations } = transaction;
    const plan = planOf(faults.ofNotification({ orderId, method, status: state.status }));
    const count = (counts.get(transactionId) ?? 0) + 1;
    counts.set(transactionId, count);
    const chance = chances(`notification/${transactionId}/${count}`);
    const now = clock.now();
    const own = { ...notificationOf(transaction, now, serverKey), ...(plan.embellish && extrasOf(transaction, now)) };
    const fields: Json = { ...signed({ ...own, ...overrides }, serverKey), ...overrides };
    const overtaken = held.get(transactionId);
    if (plan.lateMs > 0) await pause(plan.lateMs, undefined, { ref: false });
    if (plan.holdMs !== undefined) await hold(transactionId, plan.holdMs);
    const about = { transactionId, orderId, status: String(fields.transaction_status), faults: plan.kinds };
    const bodies = Array.from({ length: plan.copies }, () => {
      const shuffled = Object.fromEntries(chance.shuffled(Object.entries(fields)));
      return plan.tampering ? tamper(plan.tampering, shuffled, serverKey) : JSON.stringify(shuffled);
    });
    await Promise.all(bodies.flatMap((body) => destinations.map((url) => deliver({ ...about, body }, url, plan.lost))));
    overtaken?.();
  };

  return {
    log,
    restore,
    resend,
    idle,
    /** Notifies the merchant of the transaction's state; resolves when the first attempts were answered. */
    notify: (transaction: Transaction, how: HowToNotify = {}): Promise<void> => during(send(transaction, how)),
  };
};
