/** [PAY-9] Refunds at the gateway: the answer of each call, its line, and what follows. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { after as later } from '../../../functions/kernel/types.ts';
import { charge, paidBackByHand, refund } from '../../../functions/payments/commands.ts';
import { shareOf } from '../../../functions/payments/payment.share.ts';
import { refundDeadlines } from '../../../functions/payments/refund/request-refund.ts';
import { bodyOf, error, jsonOf } from '../../support/gateway.ts';
import { logLines } from '../../support/log.ts';
import { answer, orderId, ref, report, rider } from '../../support/payments.ts';
import { type World, world } from '../../support/payments-world.ts';

const lines = logLines();
const ids = { orderId, paymentRef: ref };
const request = { orderId, riderId: rider, amount: rupiah(120_000), method: 'gopay', fingerprint: 'body-1' } as const;

/** A GoPay payment that is settled. */
const paid = async (): Promise<World> => {
  const w = world();
  await charge(w.deps, request);
  await w.notified(w.gateway.moves(ref, 'settlement'));
  return w;
};
const refunded = async (w: World): Promise<void> => {
  await refund(w.deps, ref, { key: 'rf-1', amount: rupiah(20_000), reason: 'wrong route', at: w.now() });
};

describe('a refund', () => {
  it.each([
    ['an acceptance', undefined, 'report', 'ACCEPTED'],
    ['a refusal', error('400', 'reason is invalid'), 'refused', 'DENIED'],
    ['a wrong server key', error('401'), 'refused', 'REQUESTED'],
    ['a balance too low', error('414'), 'balance', 'REQUESTED'],
    ['no answer', 'unreached', 'unknown', 'REQUESTED'],
    ['a wrong state', error('412'), 'wrong-state', 'MANUAL'],
  ] as const)('with %s has a line with its outcome, and its status', async (_, fault, outcome, status) => {
    const w = await paid();
    if (fault) w.gateway.fails('refund', fault);
    await refunded(w);
    expect(lines.named('Refund requested')).toEqual([
      {
        level: 'INFO',
        message: 'Refund requested',
        ...ids,
        refundKey: 'rf-1',
        outcome,
        ...(outcome === 'balance' ? { RefundWithoutBalance: 1 } : {}),
      },
    ]);
    expect((await w.payment(ref)).refunds).toMatchObject([{ key: 'rf-1', amount: 20_000, status }]);
    expect(lines.metric('PaidTwice')).toEqual([]);
  });

  it('whose answer is about no refund is denied by the bank, and leaves the money', async () => {
    const w = await paid();
    w.gateway.fails('refund', jsonOf(answer('settlement', { transactionId: 'tx-1' }), ref));
    await refunded(w);
    expect((await w.payment(ref)).refunds).toMatchObject([{ status: 'DENIED', why: 'declined by the bank' }]);
  });

  it('[ORD-4] answered with a refund of another transaction is read again later', async () => {
    const w = await paid();
    const other = answer('partial_refund', { transactionId: 'tx-2', refundAmount: rupiah(20_000) });
    w.gateway.fails('refund', jsonOf(other, ref));
    await refunded(w);
    const [one] = (await w.payment(ref)).refunds.filter(({ key }) => key === 'rf-1');
    expect(one).toMatchObject({ status: 'REQUESTED', ask: { count: 1 } });
  });

  it('answered with a wrong state, which the gateway lists, is accepted', async () => {
    const w = await paid();
    w.gateway.fails('refund', error('412'));
    w.gateway.during(async (call, when) => {
      const [transaction] = w.gateway.transactions;
      if (call !== 'refund' || when === 'before' || !transaction) return;
      transaction.status = 'partial_refund';
      transaction.refunds.push({ key: 'rf-1', amount: rupiah(20_000), confirmed: false });
    });
    await refunded(w);
    expect((await w.payment(ref)).refunds).toMatchObject([{ status: 'ACCEPTED', amount: 20_000 }]);
  });

  it('after one by hand of a second payment leaves that one as it is', async () => {
    const w = await paid();
    const [first] = w.gateway.transactions;
    const second = { ...(first as NonNullable<typeof first>), transactionId: 'tx-2', refunds: [] };
    w.gateway.transactions.unshift(second);
    await w.notified(bodyOf(report('settlement', { transactionId: 'tx-2' }), ref), 'second');
    await paidBackByHand(w.deps, ref, { key: 'twice-tx-2', reference: 'BCA 1', by: 'operator-1', at: w.now() });
    await refunded(w);
    const payment = await w.payment(ref);
    expect(payment.refunds).toMatchObject([
      { key: 'twice-tx-2', of: 'tx-2', status: 'PAID_BACK' },
      { key: 'rf-1', status: 'ACCEPTED' },
    ]);
    expect(payment.standing.status).toBe('PARTIALLY_REFUNDED');
  });

  it('refused keeps why, cut to 200 characters', async () => {
    const w = await paid();
    w.gateway.fails('refund', error('400', 'x'.repeat(300)));
    await refunded(w);
    expect((await w.payment(ref)).refunds).toMatchObject([{ why: `400 ${'x'.repeat(196)}` }]);
  });

  it('whose key the gateway lists already is accepted, once', async () => {
    const w = await paid();
    w.gateway.fails('refund', 'no-answer');
    await refunded(w);
    expect((await w.payment(ref)).refunds).toMatchObject([{ status: 'REQUESTED' }]);
    await w.wokenAfter(ref, 120);
    expect((await w.payment(ref)).refunds).toMatchObject([{ status: 'ACCEPTED', amount: 20_000 }]);
    expect(w.gateway.transactions[0]?.refunds).toHaveLength(1);
  });

  it('that the gateway never answers becomes a manual one when its key has expired after seven days', async () => {
    const w = await paid();
    w.gateway.fails('refund', 'unreached');
    await refunded(w);
    w.gateway.fails('refund', 'unreached');
    await w.wokenAfter(ref, 7 * 86_400);
    expect((await w.payment(ref)).refunds).toMatchObject([{ status: 'REQUESTED' }]);
    w.pass(86_400);
    await w.wokenAfter(ref);
    expect((await w.payment(ref)).refunds).toMatchObject([{ status: 'MANUAL', owner: 'finance' }]);
    expect(w.gateway.calls.filter((call) => call.startsWith('refund'))).toHaveLength(2);
  });

  it('by hand that is overdue is a warning each day', async () => {
    const w = world();
    await charge(w.deps, { ...request, method: 'bca_va' });
    await w.notified(w.gateway.moves(ref, 'settlement'));
    await refunded(w);
    await w.wokenAfter(ref, 3 * 86_400 - 1);
    expect(lines.named('Manual refund overdue')).toEqual([]);
    await w.wokenAfter(ref, 1);
    await w.wokenAfter(ref, 86_399);
    await w.wokenAfter(ref, 1);
    expect(lines.named('Manual refund overdue')).toEqual([
      { level: 'WARN', message: 'Manual refund overdue', ...ids, ManualRefundOverdue: 1 },
      { level: 'WARN', message: 'Manual refund overdue', ...ids, ManualRefundOverdue: 1 },
    ]);
  });

  it('after another one leaves that as it is, and both are all of the money', async () => {
    const w = await paid();
    await refunded(w);
    await refund(w.deps, ref, { key: 'rf-2', amount: rupiah(100_000), reason: 'wrong route', at: w.now() });
    const payment = await w.payment(ref);
    expect(payment.standing.status).toBe('REFUNDED');
    expect(payment.refunds.map(({ key, amount, status }) => [key, amount, status])).toEqual([
      ['rf-1', 20_000, 'ACCEPTED'],
      ['rf-2', 100_000, 'ACCEPTED'],
    ]);
  });

  it('after one that was denied, and one paid back by hand, leaves them as they are', async () => {
    const w = await paid();
    const again = (key: string) =>
      refund(w.deps, ref, { key, amount: rupiah(20_000), reason: 'wrong route', at: w.now() });
    w.gateway.fails('refund', error('400'));
    await refunded(w);
    w.gateway.fails('refund', error('412'));
    await again('rf-2');
    await paidBackByHand(w.deps, ref, { key: 'rf-2', reference: 'BCA 1', by: 'operator-1', at: w.now() });
    await again('rf-3');
    const { refunds, standing } = await w.payment(ref);
    expect(refunds.map(({ status }) => status)).toEqual(['DENIED', 'PAID_BACK', 'ACCEPTED']);
    expect(standing.status).toBe('PARTIALLY_REFUNDED');
  });

  it.each([
    ['202', 'partial_refund', 'DENIED'],
    ['200', 'refund_pending', 'DENIED'],
    ['200', 'partial_refund', 'ACCEPTED'],
  ])('answered with code %s and status %s is %s', async (statusCode, status, expected) => {
    const w = await paid();
    w.gateway.fails('refund', jsonOf(answer(status, { transactionId: 'tx-1', statusCode }), ref));
    await refunded(w);
    expect((await w.payment(ref)).refunds).toMatchObject([{ status: expected }]);
  });

  it('that is refused, or asked for again, calls nobody', async () => {
    const w = await paid();
    await refunded(w);
    await refunded(w);
    const refused = await refund(w.deps, ref, { key: 'rf-2', amount: rupiah(100_001), reason: 'x', at: w.now() });
    expect(refused.decision.outcome).toBe('refused');
    expect(w.gateway.calls.filter((call) => call.startsWith('refund'))).toHaveLength(1);
  });

  it('[ORD-3] of 40,000 whose answer is lost, and one of the rest, are all of the money, once', async () => {
    const w = await paid();
    const request = (key: string, amount: number) =>
      refund(w.deps, ref, { key, amount: rupiah(amount), reason: 'wrong route', at: w.now() });
    w.gateway.fails('refund', 'no-answer');
    await request('rf-1', 40_000);
    await request('rf-2', 80_000);
    await w.wokenAfter(ref, 120);
    const payment = await w.payment(ref);
    expect([payment.standing.status, payment.refunds.map(({ amount, status }) => [amount, status])]).toEqual([
      'REFUNDED',
      [
        [40_000, 'ACCEPTED'],
        [80_000, 'ACCEPTED'],
      ],
    ]);
    expect(shareOf(payment, 0)).toMatchObject({ left: 0, returning: 0 });
  });

  it('[ORD-4] of money that was charged back meanwhile is voided: it is not requested again, nor by hand', async () => {
    const w = await paid();
    w.gateway.fails('refund', 'unreached');
    await refunded(w);
    w.gateway.moves(ref, 'chargeback');
    await w.wokenAfter(ref, 120);
    expect((await w.payment(ref)).refunds).toMatchObject([{ status: 'VOIDED', why: 'the money was charged back' }]);
    expect(w.gateway.calls.filter((call) => call.startsWith('refund'))).toHaveLength(1);
    const done = { key: 'rf-1', reference: 'BCA 1', by: 'operator-1', at: w.now() };
    expect((await paidBackByHand(w.deps, ref, done)).decision).toMatchObject({ refusal: { code: 'NOTHING_LEFT' } });
  });

  it('[ORD-4] that a chargeback lowered is requested with what is left', async () => {
    const w = await paid();
    w.gateway.fails('refund', 'unreached');
    await refund(w.deps, ref, { key: 'rf-1', reason: 'wrong route', at: w.now() });
    const chargedBack = answer('partial_chargeback', { transactionId: 'tx-1', refundAmount: rupiah(70_000) });
    w.gateway.fails('status', jsonOf(chargedBack, ref));
    await w.wokenAfter(ref, 120);
    expect(w.gateway.transactions[0]?.refunds).toMatchObject([{ key: 'rf-1', amount: 50_000 }]);
  });

  it('that is not due is not asked about', async () => {
    const w = await paid();
    w.gateway.fails('refund', 'unreached');
    await refunded(w);
    const calls = w.gateway.calls.length;
    await refundDeadlines(w.deps, await w.payment(ref), later(w.now(), 119_999));
    expect(w.gateway.calls).toHaveLength(calls);
    await refundDeadlines(w.deps, await w.payment(ref), later(w.now(), 120_000));
    expect((await w.payment(ref)).refunds).toMatchObject([{ status: 'ACCEPTED' }]);
  });
});
