/** [ORD-6][ORD-7][ORD-8] What the deadline of an order does at the gateway, and what it leaves to people. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { orderRef } from '../../../functions/orders/order.ts';
import type { Charge } from '../../../functions/payments/commands.ts';
import { error } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { orderId, ref } from '../../support/payments.ts';
import { type World, world } from '../../support/payments-world.ts';
import { inCash, lateMoney, pays, second, settles, statuses } from './order-world.ts';

const lines = logLines();
const minute = 60_000;
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
    expect(lines.named('Payment not ended')).toMatchObject(
      [1, 2, 3].map(() => ({ level: 'WARN', paymentRef: second, reason: 'the gateway did not answer: time-out' })),
    );
    expect([gaps, await statuses(w)]).toEqual([
      [10, 30, 120],
      ['PAID', 'PENDING'],
    ]);
    await w.orderWoken();
    expect(await statuses(w)).toEqual(['PAID', 'CANCELLED']);
  });

  it('is one per wake-up when the gateway is slow, the others follow', async () => {
    const w = world();
    await pays(w, { amount: rupiah(50_000) });
    await pays(w, { key: 'request-2' });
    await inCash(w);
    w.gateway.during(async (call, when) => {
      if (call === 'cancel' && when === 'after') w.pass(1);
    });
    await w.orderWoken();
    expect(await statuses(w)).toEqual(['CANCELLED', 'PENDING']);
    await w.orderWoken();
    expect(await statuses(w)).toEqual(['CANCELLED', 'CANCELLED']);
    expect(w.gateway.calls.filter((call) => call.startsWith('cancel'))).toEqual([`cancel ${ref}`, `cancel ${second}`]);
  });

  it('is found by the order itself, however late it learns of the money', async () => {
    const w = await lateMoney();
    const state = { ...(await w.order()), status: 'FINISHED', payments: {}, ask: { at: w.now(), count: 0 } };
    await w.deps.store.transition(orderRef(orderId), () => ({
      outcome: 'happened',
      state: state as never,
      at: w.now(),
      facts: [],
    }));
    await w.orderWoken();
    expect([await statuses(w), (await w.order()).status]).toEqual([['PAID', 'CANCELLED'], 'PAID']);
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
    w.gateway.calls.length = 0;
    await w.orderWoken();
    expect([await statuses(w), w.gateway.calls]).toEqual([['UNKNOWN'], []]);
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
    const line = { command: 'return-surplus', outcome: 'happened', RefundRequested: 1 };
    expect(lines.named('Decided').filter(({ command }) => command === 'return-surplus')).toMatchObject([line]);
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

  it('of a captured card that is a part of it waits until the card is settled', async () => {
    const w = world();
    await pays(w, { method: 'card', cardToken: 'token-1' });
    const state = { ...(await w.order()), owed: { base: rupiah(100_000) }, ask: { at: w.now(), count: 0 } };
    const decision = { outcome: 'happened', state, at: w.now(), facts: [] } as const;
    await w.deps.store.transition(orderRef(orderId), () => decision);
    w.pass(1);
    await w.orderWoken();
    expect([await statuses(w), w.gateway.calls]).toEqual([['PAID'], [`charge ${ref}`]]);
    await settles(w);
    await w.orderWoken();
    expect((await w.payment(ref)).refunds).toMatchObject([{ key: `surplus-${ref}`, amount: 20_000 }]);
  });

  it('of two payments goes back to each as much as it brought', async () => {
    const w = world();
    await pays(w, { amount: rupiah(50_000) });
    await pays(w, { key: 'request-2' });
    await inCash(w);
    await settles(w);
    await settles(w, second);
    await w.orderWoken();
    const refunds = [ref, second].map(async (one) => (await w.payment(one)).refunds);
    expect(await Promise.all(refunds)).toMatchObject([
      [{ key: `surplus-${ref}`, amount: 50_000, status: 'MANUAL' }],
      [{ key: `surplus-${second}`, amount: 70_000, status: 'MANUAL' }],
    ]);
    expect((await w.order()).status).toBe('PAID');
  });

  it('is promised once, however often the order is woken', async () => {
    const w = await paidTwice('bca_va');
    await w.orderWoken();
    await w.orderWoken();
    await w.orderWoken();
    expect((await w.payment(second)).refunds).toHaveLength(1);
  });
});
