/** [PAY-9] Refunds by key, by hand, and what they leave. */
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../functions/kernel/decision.ts';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { type Payment, paymentAggregate } from '../../../functions/payments/payment.ts';
import {
  paidBack,
  refundByHand,
  refundDenied,
  refundUnknown,
  remind,
  requestRefund,
} from '../../../functions/payments/refund/refund.decider.ts';
import { decideReport } from '../../../functions/payments/reports/payment.decider.ts';
import { answer, at, booked, factsOf, given, refundOf, stateAfter } from '../../support/payments.ts';

const gopay = { method: 'gopay' } as const;
const paid = given(gopay, answer('settlement'));
const request = (amount: number | undefined, key = 'r1', payment: Payment = paid): Decision<Payment> =>
  requestRefund(
    { key, amount: amount === undefined ? undefined : rupiah(amount), reason: 'wrong route', at: at(100) },
    payment,
  );
const stateOf = (decision: Decision<Payment>): Payment => {
  if (decision.outcome !== 'happened') throw new Error(JSON.stringify(decision));
  return decision.state;
};
const code = (decision: Decision<Payment>) =>
  decision.outcome === 'refused' ? decision.refusal.code : decision.outcome;

describe('asking for a refund', () => {
  it('writes its intent before the gateway is called, with a deadline', () => {
    const payment = stateOf(request(50_000));
    expect(payment.refunds).toMatchObject([
      { key: 'r1', amount: 50_000, status: 'REQUESTED', ask: { at: at(130), count: 0 } },
    ]);
    expect(paymentAggregate.dueAt(payment)).toBe(at(130));
    expect(payment.standing.status).toBe('PAID');
  });

  it('is all that is left when there is no amount', () => {
    const payment = stateOf(request(undefined, 'r2', stateOf(request(50_000))));
    expect(payment.refunds.map(({ amount }) => amount)).toEqual([50_000, 70_000]);
  });

  it('is done once for one key, and refused for another amount under it', () => {
    const payment = stateOf(request(50_000));
    expect([
      code(request(50_000, 'r1', payment)),
      code(request(undefined, 'r1', payment)),
      code(request(60_000, 'r1', payment)),
    ]).toEqual(['nothing', 'nothing', 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('never gives back more than came, counting what is promised', () => {
    const payment = stateOf(request(100_000));
    expect([
      code(request(20_001, 'r2', payment)),
      code(request(20_000, 'r2', payment)),
      code(request(0, 'r2', payment)),
    ]).toEqual(['REFUND_TOO_LARGE', 'happened', 'REFUND_TOO_LARGE']);
    expect(code(request(undefined, 'r3', stateOf(request(undefined))))).toBe('NOTHING_LEFT_TO_REFUND');
  });

  it('counts a denied one as never promised', () => {
    const denied = stateOf(refundDenied('r1', 'declined by the bank', at(101), stateOf(request(undefined))));
    expect(denied.refunds).toMatchObject([{ status: 'DENIED', why: 'declined by the bank' }]);
    expect(code(request(undefined, 'r2', denied))).toBe('happened');
  });

  it('is refused without money, and before a card has settled', () => {
    expect(code(request(undefined, 'r1', given(gopay, answer('pending'))))).toBe('NOT_PAID');
    expect(code(request(undefined, 'r1', given(gopay, answer('settlement'), answer('deny'))))).toBe('NOT_PAID');
    expect(code(request(undefined, 'r1', given({ method: 'card' }, answer('capture'))))).toBe('NOT_SETTLED_YET');
    expect(code(request(undefined, 'r1', given(gopay, answer('settlement', { currency: 'USD' }))))).toBe(
      'PAYMENT_HELD',
    );
  });
});

describe('the gateway’s answer to a refund', () => {
  const requested = stateOf(request(50_000));
  const accepted = { refunds: [refundOf('r1', 50_000)], reportedAt: at(101) };

  it('accepts it: the money is back once, and the second notification only confirms', () => {
    const first = decideReport(answer('partial_refund', accepted), requested, at(101));
    const after = stateAfter(requested, first);
    const second = decideReport(
      answer('partial_refund', { refunds: [refundOf('r1', 50_000, true)], reportedAt: at(200) }),
      after,
      at(200),
    );
    expect([first.effect, second.effect]).toEqual(['record_refund_partial', 'confirm_refund']);
    expect(booked([...factsOf(first), ...factsOf(second)])).toBe(-50_000);
    expect(stateAfter(after, second)).toMatchObject({
      standing: { status: 'PARTIALLY_REFUNDED' },
      refunds: [{ status: 'CONFIRMED' }],
    });
  });

  it('leaves it to be requested again when there was no answer', () => {
    expect(stateOf(refundUnknown('r1', at(101), requested)).refunds).toMatchObject([
      { status: 'REQUESTED', ask: { at: at(221), count: 1 } },
    ]);
  });

  it('cannot pay it back any more: a person does', () => {
    expect(stateOf(refundByHand('r1', at(101), requested)).refunds).toMatchObject([
      { status: 'MANUAL', owner: 'finance' },
    ]);
  });

  it('applies a refund that was made at the gateway', () => {
    const { effect } = decideReport(
      answer('refund', { refunds: [refundOf('theirs', 120_000)], reportedAt: at(101) }),
      paid,
      at(101),
    );
    expect(effect).toBe('record_refund_full');
  });

  it('counts a refund that is not listed', () => {
    const after = stateAfter(
      paid,
      decideReport(answer('refund', { refundAmount: rupiah(120_000), reportedAt: at(101) }), paid, at(101)),
    );
    expect(after).toMatchObject({
      standing: { status: 'REFUNDED' },
      ledger: { counted: 120_000 },
      refunds: [],
    });
  });
});

describe('a transfer, which the gateway cannot pay back', () => {
  const manual = stateOf(
    requestRefund({ key: 'r1', reason: 'wrong route', at: at(100) }, given({}, answer('settlement'))),
  );

  it('[PAY-9] becomes a manual refund with a state, an owner and a deadline', () => {
    expect(manual.refunds).toMatchObject([
      { status: 'MANUAL', owner: 'finance', dueAt: at(100 + 3 * 86_400), reminders: 0 },
    ]);
    expect(paymentAggregate.dueAt(manual)).toBe(at(100 + 3 * 86_400));
  });

  it('has a reminder each day once its deadline is over', () => {
    expect(remind(at(200), manual).outcome).toBe('nothing');
    expect(stateOf(remind(at(300_000), manual)).refunds).toMatchObject([{ reminders: 1, dueAt: at(300_000 + 86_400) }]);
  });

  it('is money back only when a person records it, once', () => {
    const done = paidBack({ key: 'r1', reference: 'BCA 0421', by: 'operator-1', at: at(200) }, manual);
    expect(done).toMatchObject({
      outcome: 'happened',
      facts: [{ type: 'refund.changed', data: { refunded: 120_000, full: true } }],
    });
    const payment = stateOf(done);
    expect(payment.standing.status).toBe('REFUNDED');
    expect(paidBack({ key: 'r1', reference: 'BCA 0421', by: 'operator-1', at: at(201) }, payment).outcome).toBe(
      'nothing',
    );
    expect(paymentAggregate.dueAt(payment)).toBeUndefined();
  });

  it('is not for a refund the gateway pays back', () => {
    expect(code(paidBack({ key: 'r1', reference: 'x', by: 'operator-1', at: at(200) }, stateOf(request(50_000))))).toBe(
      'NOT_A_MANUAL_REFUND',
    );
    expect(code(paidBack({ key: 'r9', reference: 'x', by: 'operator-1', at: at(200) }, paid))).toBe('REFUND_NOT_FOUND');
  });
});
