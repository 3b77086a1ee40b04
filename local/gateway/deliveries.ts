/** The notification log: each delivery with its attempts, retried until the budget is used up (midtrans.md §6). */
import type { Chances } from './chance.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';
import { type Answered, isDelivered, nextGap } from './retries.ts';
import type { Sender } from './sender.ts';
import type { Instant } from './transaction.ts';

export type Notification = {
  readonly transactionId: string;
  readonly orderId: string;
  /** Its transaction_status. */
  readonly status: string;
  readonly body: string;
  /** Kinds of the faults that changed it. */
  readonly faults: readonly string[];
};

export type Delivery = Notification & {
  readonly id: string;
  readonly url: string;
  readonly attempts: readonly { readonly at: Instant; readonly answered: Answered; readonly ms: number }[];
  /** `given-up` is where the gateway writes an e-mail to the merchant. */
  readonly outcome: 'sending' | 'delivered' | 'waiting' | 'given-up' | 'lost';
  /** On the gateway's clock. */
  readonly nextAttemptAt?: Instant;
};

export type DeliveriesOptions = {
  readonly clock: Clock;
  readonly chances: Chances;
  readonly sender: Sender;
  /** Minutes from a failed attempt to the next. */
  readonly gaps: readonly number[];
  readonly write: Journal['write'];
};

export const createDeliveries = ({ clock, chances, sender, gaps, write }: DeliveriesOptions) => {
  const log = new Map<string, Delivery>();
  const underWay = new Set<Promise<void>>();
  const counts = new Map<string, number>();

  /** Counts the work as under way for `idle`. */
  const during = (work: Promise<void>): Promise<void> => {
    const settled = work.finally(() => underWay.delete(settled));
    underWay.add(settled);
    return settled;
  };

  const note = (delivery: Delivery): void => {
    log.set(delivery.id, delivery);
    write({ delivery });
  };

  const attempt = async (id: string): Promise<void> => {
    const delivery = log.get(id);
    if (!delivery) return;
    const at = clock.now();
    const started = performance.now();
    const answered = await sender.post(delivery.url, delivery.body);
    const attempts = [...delivery.attempts, { at, answered, ms: Math.round(performance.now() - started) }];
    const { nextAttemptAt: _past, ...rest } = delivery;
    if (isDelivered(answered)) return note({ ...rest, attempts, outcome: 'delivered' });
    const gap = nextGap(answered, attempts.length, gaps, chances(`retry/${id}/${attempts.length}`));
    if (gap === undefined) return note({ ...rest, attempts, outcome: 'given-up' });
    note({ ...rest, attempts, outcome: 'waiting', nextAttemptAt: clock.now() + gap });
    clock.after(gap, () => during(attempt(id)));
  };

  /** Makes the first attempt and plans the next; resolves when the first was answered. */
  const deliver = async (notification: Notification, url: string, lost = false): Promise<void> => {
    const count = (counts.get(notification.orderId) ?? 0) + 1;
    counts.set(notification.orderId, count);
    const id = `${notification.orderId}_${count}`;
    note({ ...notification, id, url, attempts: [], outcome: lost ? 'lost' : 'sending' });
    if (!lost) await during(attempt(id));
  };

  return {
    deliver,
    log: (): readonly Delivery[] => [...log.values()],
    /** Takes over the log of a killed gateway: what was under way is sent again, what was planned stays planned. */
    restore: (deliveries: readonly Delivery[]): void => {
      for (const delivery of deliveries) {
        const { id, orderId, outcome, nextAttemptAt = 0 } = delivery;
        log.set(id, delivery);
        counts.set(orderId, Math.max(counts.get(orderId) ?? 0, Number(id.slice(orderId.length + 1))));
        if (outcome === 'sending') void during(attempt(id));
        if (outcome === 'waiting') clock.after(Math.max(0, nextAttemptAt - clock.now()), () => during(attempt(id)));
      }
    },
    /** Sends a delivery of the log once more; false when there is none with this id. */
    resend: async (id: string): Promise<boolean> => {
      const delivery = log.get(id);
      if (!delivery) return false;
      const { transactionId, orderId, status, body, faults } = delivery;
      await deliver({ transactionId, orderId, status, body, faults }, delivery.url);
      return true;
    },
    during,
    /** Resolves when nothing is under way; planned retries do not count. */
    idle: async (): Promise<void> => {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
};
