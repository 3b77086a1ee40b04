/** [ORD-6][ORD-7][ORD-8] What the deadline of an order does at the gateway, and what it leaves to people. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { finish } from '../../../functions/orders/order.decider.ts';
import { orderRef } from '../../../functions/orders/order.ts';
import { type Charge, charge } from '../../../functions/payments/commands.ts';
import { type PaymentRef, paymentRefOf } from '../../../functions/payments/payment.ts';
import { error } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { orderId, ref, start, wanted } from '../../support/payments.ts';
import { type World, world } from '../../support/payments-world.ts';

const lines = logLines();
const second: PaymentRef = paymentRefOf(orderId, Math.floor(start / 1_000) + 1);
const minute = 60_000;

const pays = (w: World, fields: Partial<Charge> = {}) => charge(w.deps, wanted(fields));
const settles = (w: World, one: PaymentRef = ref, id = `settled-${one}`): Promise<void> =>
  w.notified(w.gateway.moves(one, 'settlement'), id);
const inCash = async (w: World): Promise<void> => {
  const command = { fare: rupiah(120_000), inCash: true, at: w.now() };
  await w.deps.store.transition(orderRef(orderId), (order) => finish(command, order));
};
const statuses = async (w: World): Promise<readonly string[]> =>
  (await w.deps.paymentsOf(orderId)).map(({ state }) => state.standing.status);
/** The first payment expired, the second waits, and the money of the first came late. */
const lateMoney = async (method: Charge['method'] = 'gopay'): Promise<World> => {
  const w = world();
  await pays(w, { method });
  await w.notified(w.gateway.moves(ref, 'expire'), 'expired');
  await pays(w, { method, key: 'request-2' });
  w.pass(1);
  await settles(w);
  expect(await statuses(w)).toEqual(['PAID', 'PENDING']);
  return w;
};

describe('[ORD-7] a way to pay that is not owed any more', () => {
  it('is ended ten seconds after late money paid the order', async () => {
    const w = await lateMoney();
    expect((await w.order()).ask).toEqual({ at: w.now() + 10_000, count: 0 });
    await w.orderWoken();
    expect(await statuses(w)).toEqual(['PAID', 'CANCELLED']);
    expect(await w.order()).toMatchObject({ status: 'PAID', paymentRef: ref });
    expect((await w.order()).ask).toBeUndefined();
  });

  it('is ended after the driver took the fare in cash', async () => {
    const w = world();
    await pays(w);
    await inCash(w);
    await w.orderWoken();
    expect([await statuses(w), (await w.order()).status]).toEqual([['CANCELLED'], 'PAID']);
  });

  it('is ended again and again until the gateway says so', async () => {
    const w = await lateMoney();
    const gaps: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      w.gateway.fails('cancel', 'unreached');
      const before = w.now();
      await w.orderWoken();
      gaps.push((w.now() - before) / 1_000);
    }
    expect([gaps, await statuses(w)]).toEqual([
      [10, 30, 120],
      ['PAID', 'PENDING'],
    ]);
    await w.orderWoken();
    expect(await statuses(w)).toEqual(['PAID', 'CANCELLED']);
  });

  it('is a surplus when the customer paid it at that moment, and goes back', async () => {
    const w = await lateMoney();
    w.gateway.moves(second, 'settlement');
    await w.orderWoken();
    expect(await statuses(w)).toEqual(['PAID', 'PAID']);
    await w.orderWoken();
    expect((await w.payment(second)).refunds).toMatchObject([
      { key: `surplus-${second}`, amount: 120_000, status: 'REQUESTED' },
    ]);
  });

  it('is left to its own deadline while its charge is under way: that one charges nothing', async () => {
    const w = world();
    w.gateway.fails('charge', 'unreached');
    await pays(w);
    await inCash(w);
    await w.orderWoken();
    expect(await statuses(w)).toEqual(['UNKNOWN']);
    w.gateway.calls.length = 0;
    await w.wokenAfter(ref, 0);
    expect(w.gateway.calls).toEqual([`status ${ref}`]);
    expect((await w.payment(ref)).standing).toMatchObject({ status: 'FAILED', reason: 'not-needed' });
    expect((await w.order()).ask).toBeUndefined();
  });
});

describe('[ORD-6] more money than is owed', () => {
  const paidTwice = async (method: Charge['method']): Promise<World> => {
    const w = await lateMoney(method);
    await settles(w, second);
    expect(await statuses(w)).toEqual(['PAID', 'PAID']);
    return w;
  };

  it('goes back by one refund of the gateway, and the order is even', async () => {
    const w = await paidTwice('gopay');
    await w.orderWoken();
    await w.wokenAfter(second, 30);
    expect(w.gateway.transactions.map(({ status }) => status)).toEqual(['settlement', 'refund']);
    expect(await statuses(w)).toEqual(['PAID', 'REFUNDED']);
    expect(await w.order()).toMatchObject({ status: 'PAID', paymentRef: ref });
    expect((await w.order()).ask).toBeUndefined();
    expect(w.gateway.calls.filter((call) => call.startsWith('refund'))).toHaveLength(1);
  });

  it('of a bank transfer is paid back by a person, with an owner and a deadline', async () => {
    const w = await paidTwice('bca_va');
    await w.orderWoken();
    expect((await w.payment(second)).refunds).toMatchObject([
      { key: `surplus-${second}`, status: 'MANUAL', owner: 'finance', dueAt: w.now() + 3 * 24 * 60 * minute },
    ]);
    expect((await w.order()).ask).toEqual({ at: w.now() + 24 * 60 * minute, count: 0 });
  });

  it('that the gateway refuses to pay back is paid back by a person', async () => {
    const w = await paidTwice('gopay');
    await w.orderWoken();
    w.gateway.fails('refund', error('413', 'no'));
    await w.wokenAfter(second, 30);
    await w.orderWoken();
    expect((await w.payment(second)).refunds).toMatchObject([
      { key: `surplus-${second}`, status: 'DENIED' },
      { key: `surplus-${second}-2`, status: 'MANUAL', amount: 120_000 },
    ]);
  });

  it('of a captured card is voided', async () => {
    const w = world();
    await pays(w, { method: 'card', cardToken: 'token-1' });
    const state = { ...(await w.order()), owed: {}, ask: { at: w.now(), count: 0 } };
    const decision = { outcome: 'happened', state, at: w.now(), facts: [] } as const;
    await w.deps.store.transition(orderRef(orderId), () => decision);
    w.pass(1);
    await w.orderWoken();
    expect(await statuses(w)).toEqual(['REVERSED']);
    expect((await w.order()).ask).toBeUndefined();
  });

  it('is promised once, however often the order is woken', async () => {
    const w = await paidTwice('bca_va');
    await w.orderWoken();
    await w.orderWoken();
    await w.orderWoken();
    expect((await w.payment(second)).refunds).toHaveLength(1);
  });
});

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

describe('an order that is woken before its time', () => {
  it('reads nothing', async () => {
    const w = world();
    await pays(w);
    await w.woken({ pk: `ORDER#${orderId}`, sk: 'ORDER', dueAt: w.now() });
    expect(lines.named('Order woken')).toMatchObject([{ orderId, outcome: 'no-money-due' }]);
  });
});
