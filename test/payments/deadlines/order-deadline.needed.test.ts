/** [ORD-4][ORD-6] A surplus that a person was to pay back, and that its order needs again. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { paidBackByHand } from '../../../functions/payments/commands.ts';
import { ref } from '../../support/payments.ts';
import type { World } from '../../support/payments-world.ts';
import { lateMoney, second, settles, statuses } from './order-world.ts';

const key = `surplus-${second}`;
/** Both ways to pay were paid; the second is to be paid back by hand. */
const paidTwice = async (): Promise<World> => {
  const w = await lateMoney('bca_va');
  await settles(w, second);
  await w.orderWoken();
  expect((await w.payment(second)).refunds).toMatchObject([{ key, status: 'MANUAL', amount: 120_000 }]);
  w.pass(1);
  return w;
};
const firstReversed = async (w: World): Promise<void> => {
  await w.notified(w.gateway.moves(ref, 'deny'), 'reversed');
  expect(await statuses(w)).toEqual(['REVERSED', 'PAID']);
};
const firstLoses = async (w: World, amount: number): Promise<void> => {
  w.gateway.transactions[0]?.refunds.push({ key: 'goodwill', amount: rupiah(amount), confirmed: true });
  await w.notified(w.gateway.moves(ref, 'partial_refund'), 'refunded');
};
const transferred = async (w: World) =>
  (await paidBackByHand(w.deps, second, { key, reference: 'BCA 1', by: 'operator-1', at: w.now() })).decision;

describe('when the first payment is reversed', () => {
  it('is not paid back: the order says so ten seconds later, and is paid by the second', async () => {
    const w = await paidTwice();
    await firstReversed(w);
    expect((await w.order()).ask).toEqual({ at: w.now() + 10_000, count: 0 });
    await w.orderWoken();
    expect((await w.payment(second)).refunds).toMatchObject([
      { key, status: 'VOIDED', amount: 120_000, why: 'the order needs the money' },
    ]);
    expect(await w.order()).toMatchObject({ status: 'PAID', paymentRef: second });
    expect((await w.order()).ask).toBeUndefined();
  });

  it('cannot be recorded as paid back before that', async () => {
    const w = await paidTwice();
    await firstReversed(w);
    expect(await transferred(w)).toMatchObject({ outcome: 'refused', refusal: { code: 'NOTHING_LEFT' } });
    expect(await w.order()).toMatchObject({ status: 'PAID', paymentRef: second });
  });
});

describe('when a part of the first payment is gone', () => {
  it('is lowered by it, once', async () => {
    const w = await paidTwice();
    await firstLoses(w, 50_000);
    await w.orderWoken();
    await w.orderWoken();
    const lowered = { key, status: 'MANUAL', amount: 70_000, wanted: 120_000 };
    expect((await w.payment(second)).refunds).toMatchObject([lowered]);
  });

  it('is refused as too large to be paid back before that, then recorded with what is too much', async () => {
    const w = await paidTwice();
    await firstLoses(w, 50_000);
    expect(await transferred(w)).toMatchObject({ refusal: { message: 'At most Rp 70000 can be refunded.' } });
    expect(await transferred(w)).toMatchObject({ outcome: 'happened' });
    expect((await w.payment(second)).refunds).toMatchObject([{ status: 'PAID_BACK', amount: 70_000 }]);
    expect((await w.order()).status).toBe('PAID');
  });
});

it('stays as it is while the order has more than it needs', async () => {
  const w = await paidTwice();
  await w.orderWoken();
  expect((await w.payment(second)).refunds).toMatchObject([{ key, status: 'MANUAL', amount: 120_000 }]);
  expect(await transferred(w)).toMatchObject({ outcome: 'happened' });
  expect((await w.order()).status).toBe('PAID');
});
