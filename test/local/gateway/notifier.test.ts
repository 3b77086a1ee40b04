/** When a notification is sent. */
import { afterEach, describe, expect, it } from 'vitest';
import { chances } from '../../../local/gateway/chance.ts';
import { createClock } from '../../../local/gateway/clock.ts';
import { faultScript } from '../../../local/gateway/faults.ts';
import { createNotifier } from '../../../local/gateway/notifier.ts';
import type { Transaction } from '../../../local/gateway/transaction.ts';

const clock = createClock({ start: 0, scale: 0 });
afterEach(() => clock.stop());

const transaction = (orderId: string): Transaction => ({
  transactionId: `id-of-${orderId}`,
  orderId,
  merchantId: 'G1',
  method: 'gopay',
  grossAmount: 10_000,
  createdAt: 0,
  expiresAt: 1_000,
  instructions: { kind: 'gopay' },
  echo: {},
  destinations: ['http://merchant.example/'],
  state: { status: 'pending' },
});

describe('a notification', () => {
  it('is sent after the answer of its call', async () => {
    const posted: string[] = [];
    const { notify } = createNotifier({
      clock,
      chances: chances(1),
      faults: faultScript([], chances(1)),
      serverKey: 'key',
      gaps: [],
      write: () => {},
      sender: {
        post: async (_url, body) => {
          posted.push(JSON.parse(body).order_id);
          return 200;
        },
        stop: () => {},
      },
    });
    const answer = Promise.withResolvers<void>();
    const first = notify(transaction('INV-1'), { after: answer.promise });
    await notify(transaction('INV-2'));
    expect(posted).toEqual(['INV-2']);
    answer.resolve();
    await first;
    expect(posted).toEqual(['INV-2', 'INV-1']);
  });
});
