/** [ORD-5][ORD-6][ORD-7] Cash, a settlement, another charge and the order's deadline at the same moment. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import { finish } from '../../functions/orders/order.decider.ts';
import { endingOf, returnsOf } from '../../functions/orders/order.money.ts';
import { orderRef } from '../../functions/orders/order.ts';
import { charge } from '../../functions/payments/commands.ts';
import { sharesDiffer } from '../../functions/payments/order-payments.ts';
import { shareOf } from '../../functions/payments/payment.share.ts';
import { interleave } from '../support/interleaving.ts';
import { logLines } from '../support/log.ts';
import { memoryTable } from '../support/memory-table.ts';
import { orderId, ref, wanted } from '../support/payments.ts';
import { type World, world } from '../support/payments-world.ts';
import { seeded } from '../support/random.ts';

logLines();
type Client = Parameters<Parameters<typeof interleave>[0][number]>[0];

/** Every deadline comes, again and again, until nothing is due. */
const rest = async (w: World): Promise<void> => {
  for (let i = 0; i < 12; i += 1) {
    w.pass(30);
    for (const { state } of await w.deps.paymentsOf(orderId)) await w.wokenAfter(state.ref);
    const { ask } = await w.order();
    if (ask && ask.at <= w.now() + 600_000) await w.orderWoken();
  }
};

describe('an order and its payments at the same moment', () => {
  it('agree afterwards, and nothing more than the fare stays, in whatever order their steps go', async () => {
    const ends = new Set<string>();
    for (let seed = 1; seed <= 150; seed += 1) {
      const random = seeded(seed);
      const table = memoryTable();
      const shared = world({ table });
      await charge(shared.deps, wanted({ method: 'gopay' }));
      shared.pass(1);
      const on = (dynamo: Client) => world({ table, dynamo, gateway: shared.gateway });
      const body = shared.gateway.moves(ref, 'settlement');
      const actors = [
        (client: Client) => on(client).notified(body, 'paid'),
        (client: Client) =>
          on(client).deps.store.transition(orderRef(orderId), (order) =>
            finish({ fare: rupiah(120_000), inCash: true, at: shared.now() }, order),
          ),
        (client: Client) => charge({ ...on(client).deps, gateway: shared.deps.gateway }, wanted({ key: 'request-2' })),
        (client: Client) => on(client).woken({ pk: `ORDER#${orderId}`, sk: 'ORDER', dueAt: shared.now() }),
      ];
      await interleave(actors, table, { choose: random.below });
      await rest(shared);
      const order = await shared.order();
      const payments = await shared.deps.paymentsOf(orderId);
      for (const { state, version } of payments)
        expect(sharesDiffer(order.payments[state.ref], shareOf(state, version)), `seed ${seed}`).toBe(false);
      expect([order.status, endingOf(order), returnsOf(order)], `seed ${seed}`).toEqual(['PAID', [], []]);
      const kept = shared.gateway.transactions.map(({ status }) => status).filter((status) => status === 'settlement');
      expect(kept.length + ('paymentRef' in order && order.paymentRef.endsWith('-cash') ? 1 : 0)).toBe(1);
      expect(shared.gateway.transactions.some(({ status }) => status === 'pending')).toBe(false);
      ends.add(payments.map(({ state }) => state.standing.status).join(' '));
    }
    expect(ends.size).toBeGreaterThan(1);
  });
});
