// The notification log: each delivery with its attempts and what was answered, retried until the budget is used up (midtrans.md §6).
import type { Chances } from './chance.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';
import { type Answered, isDelivered, nextGap } from './retries.ts';
import type { Sender } from './sender.ts';
import type { Instant } from './transaction.ts';

export type Letter = {
  readonly transactionId: string;
  readonly orderId: string;
  /** The transaction_status it tells. */
  readonly status: string;
  readonly body: string;
  /** Kinds of the faults it was bent by. */
  readonly faults: readonly string[];
};

export type Attempt = { readonly at: Instant; readonly answered: Answered; readonly ms: number };

export type Delivery = Letter & {
  readonly id: string;
  readonly url: string;
  readonly attempts: readonly Attempt[];
  /** `given-up` is where the gateway writes an e-mail to the merchant. */
  readonly outcome: 'sending' | 'delivered' | 'waiting' | 'given-up' | 'lost';
  /** On the gateway's clock. */
  readonly nextAttemptAt?: Instant;
};

export type Deliveries = {
  /** Makes the first attempt and plans the next; resolves when the first was answered. */
  readonly deliver: (letter: Letter, url: string, lost?: boolean) => Promise<void>;
  readonly log: () => readonly Delivery[];
  /** Takes over the log of a gateway that was killed: what was on its way goes out again, what was planned stays planned. */
  readonly restore: (deliveries: readonly Delivery[]) => void;
  /** Sends a delivery of the log once more; false when there is none with this id. */
  readonly resend: (id: string) => Promise<boolean>;
  /** Counts the work as going on for `quiet`. */
  readonly during: (work: Promise<void>) => Promise<void>;
  /** Resolves when nothing is on its way; planned retries do not count. */
  readonly quiet: () => Promise<void>;
};

export type DeliveriesOptions = {
  readonly clock: Clock;
  readonly chances: Chances;
  readonly sender: Sender;
  readonly gaps: readonly number[];
  readonly write: Journal['write'];
};

export const createDeliveries = ({ clock, chances, sender, gaps, write }: DeliveriesOptions): Deliveries => {
  const log = new Map<string, Delivery>();
  const going = new Set<Promise<void>>();
  const counts = new Map<string, number>();

  const during = async (work: Promise<void>): Promise<void> => {
    going.add(work);
    try {
      await work;
    } finally {
      going.delete(work);
    }
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
    const { nextAttemptAt: _past, ...letter } = delivery;
    const gap = nextGap(answered, attempts.length, gaps, chances(`retry/${id}/${attempts.length}`));
    if (isDelivered(answered) || gap === undefined) {
      note({ ...letter, attempts, outcome: isDelivered(answered) ? 'delivered' : 'given-up' });
      return;
    }
    note({ ...letter, attempts, outcome: 'waiting', nextAttemptAt: clock.now() + gap });
    clock.after(gap, () => during(attempt(id)));
  };

  const deliver = (letter: Letter, url: string, lost = false): Promise<void> => {
    const count = (counts.get(letter.orderId) ?? 0) + 1;
    counts.set(letter.orderId, count);
    const id = `${letter.orderId}_${count}`;
    note({ ...letter, id, url, attempts: [], outcome: lost ? 'lost' : 'sending' });
    return lost ? Promise.resolve() : during(attempt(id));
  };

  return {
    deliver,
    log: () => [...log.values()],
    restore: (deliveries) => {
      for (const delivery of deliveries) {
        const { id, orderId, outcome, nextAttemptAt = 0 } = delivery;
        log.set(id, delivery);
        counts.set(orderId, Math.max(counts.get(orderId) ?? 0, Number(id.slice(orderId.length + 1))));
        if (outcome === 'sending') void during(attempt(id));
        if (outcome === 'waiting') clock.after(Math.max(0, nextAttemptAt - clock.now()), () => during(attempt(id)));
      }
    },
    resend: async (id) => {
      const delivery = log.get(id);
      if (!delivery) return false;
      const { transactionId, orderId, status, body, faults } = delivery;
      await deliver({ transactionId, orderId, status, body, faults }, delivery.url);
      return true;
    },
    during,
    quiet: async () => {
      while (going.size > 0) await Promise.allSettled(going);
    },
  };
};
