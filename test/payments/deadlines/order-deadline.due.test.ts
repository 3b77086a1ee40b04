/** [ORD-8] An order that nobody has paid, or that has not taken in its payment. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { orderRef } from '../../../functions/orders/order.ts';
import { logLines } from '../../support/log.ts';
import { orderId, ref } from '../../support/payments.ts';
import { type World, world } from '../../support/payments-world.ts';
import { lateMoney, pays, second, settles, statuses } from './order-world.ts';

const lines = logLines();

describe('[ORD-8] an order that nobody has paid', () => {
  it('reminds its rider twice, and then belongs to finance with an alarm', async () => {
    const w = world();
    await pays(w);
    const published: unknown[] = [];
    const owners: unknown[] = [];
    for (let i = 0; i < 3; i += 1) {
      await w.orderWoken();
      const [item] = w.items('ORDER');
      published.push(...(JSON.parse(String(item?.outbox ?? '[]')) as { type: string; reminder: number }[]));
      owners.push((await w.order()).ask?.owner);
    }
    expect(published).toMatchObject([
      { type: 'order.payment-due', unpaid: 120_000, reminder: 1 },
      { type: 'order.payment-due', unpaid: 120_000, reminder: 2 },
    ]);
    expect(owners).toEqual([undefined, 'finance', 'finance']);
    expect(lines.metric('OrderMoneyOverdue')).toEqual([1, 1]);
  });

  it('reminds of a fare whose money was reversed, though a surplus was given back', async () => {
    const w = await lateMoney();
    await settles(w, second);
    await w.orderWoken();
    await w.wokenAfter(second, 30);
    expect(await statuses(w)).toEqual(['PAID', 'REFUNDED']);
    w.pass(1);
    await w.notified(w.gateway.moves(ref, 'deny'), 'reversed');
    expect([await statuses(w), (await w.order()).status]).toEqual([['REVERSED', 'REFUNDED'], 'FINISHED']);
    await w.orderWoken();
    expect(JSON.parse(String(w.items('ORDER')[0]?.outbox))).toMatchObject([{ type: 'order.payment-due', reminder: 1 }]);
  });

  it('reminds nobody of a fare that was given back: it is not due', async () => {
    const w = world();
    await pays(w, { method: 'gopay' });
    await settles(w);
    w.gateway.transactions[0]?.refunds.push({ key: 'goodwill', amount: rupiah(120_000), confirmed: true });
    await w.notified(w.gateway.moves(ref, 'refund'), 'refunded');
    expect((await w.order()).status).toBe('FINISHED');
    await w.orderWoken();
    expect(w.items('ORDER')[0]).not.toHaveProperty('outbox');
    expect((await w.order()).ask).toBeUndefined();
  });
});

describe('[ORD-8] an order that has not taken in its payment', () => {
  const forgotten = async (): Promise<World> => {
    const w = world();
    await pays(w);
    await settles(w);
    const state = { ...(await w.order()), status: 'FINISHED', payments: {}, ask: { at: w.now(), count: 0 } } as const;
    await w.deps.store.transition(orderRef(orderId), () => ({
      outcome: 'happened',
      state: state as never,
      at: w.now(),
      facts: [],
    }));
    return w;
  };

  it('takes it in at its deadline', async () => {
    const w = await forgotten();
    await w.orderWoken();
    expect(await w.order()).toMatchObject({ status: 'PAID', paymentRef: ref });
  });

  it('takes it in when its payment is woken', async () => {
    const w = await forgotten();
    await w.wokenAfter(ref);
    expect(await w.order()).toMatchObject({ status: 'PAID', paymentRef: ref });
  });

  it('takes it in before another charge is made', async () => {
    const w = await forgotten();
    expect(await pays(w, { key: 'request-2' })).toMatchObject({ refusal: { code: 'ALREADY_PAID' } });
  });
});

describe('an order that is woken', () => {
  it('is counted by how late it is', async () => {
    const w = await lateMoney();
    w.pass(12);
    await w.orderWoken();
    const line = { orderId, status: 'PAID', outcome: 'read', owner: undefined, DeadlineLate: 2_000 };
    expect(lines.named('Order woken')).toMatchObject([line]);
    expect(lines.metric('OrderMoneyOverdue')).toEqual([]);
  });
});

describe('an order that is woken before its time', () => {
  it('reads nothing', async () => {
    const w = world();
    await pays(w);
    await w.woken({ pk: `ORDER#${orderId}`, sk: 'ORDER', dueAt: w.now() });
    expect(lines.named('Order woken')).toMatchObject([{ orderId, outcome: 'no-money-due' }]);
  });
});
