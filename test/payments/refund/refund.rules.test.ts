/** [PAY-9] What of a payment can be refunded, and what the gateway's list of refunds makes of ours. */
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../functions/kernel/decision.ts';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { emptyLedger, givenBack, left } from '../../../functions/payments/payment.ledger.ts';
import { ownMoney } from '../../../functions/payments/payment.money.ts';
import type { Payment } from '../../../functions/payments/payment.ts';
import {
  paidBack,
  refundByHand,
  refundDenied,
  refundUnknown,
  remind,
  requestRefund,
} from '../../../functions/payments/refund/refund.decider.ts';
import { isOpenRefund, type Refund, refundDueAt } from '../../../functions/payments/refund/refund.ts';
import { countedIn, merged, refundNews } from '../../../functions/payments/refund/refund-report.ts';
import { refundKeyOf } from '../../../functions/payments/refund/request-refund.ts';
import type { Meaning } from '../../../functions/payments/reports/report.ts';
import { answer, at, given, ref, refundOf, txB } from '../../support/payments.ts';

const card = { method: 'card' } as const;
const paid = given({ method: 'gopay' }, answer('settlement'));
const stateOf = (decision: Decision<Payment>): Payment => {
  if (decision.outcome !== 'happened') throw new Error(JSON.stringify(decision));
  return decision.state;
};
const asked = (payment: Payment, amount?: number, key = 'r1') =>
  requestRefund({ key, amount: amount === undefined ? undefined : rupiah(amount), reason: 'x', at: at(100) }, payment);
const code = (decision: Decision<Payment>) =>
  decision.outcome === 'refused' ? decision.refusal.code : decision.outcome;

const order = { reason: 'x', requestedAt: at(0) };
const one = (key: string, status: Refund['status'], amount = 20_000): Refund =>
  ({ ...order, key, status, amount: rupiah(amount) }) as Refund;
const all: readonly Refund['status'][] = [
  'REQUESTED',
  'ACCEPTED',
  'CONFIRMED',
  'DENIED',
  'MANUAL',
  'PAID_BACK',
  'VOIDED',
];

describe('the refunds of a payment', () => {
  it('are back and open by their status', () => {
    const marks = (counts: (refund: Refund) => boolean) => all.filter((status) => counts(one('r', status)));
    const back = (refund: Refund) => givenBack({ ledger: emptyLedger, refunds: [refund] });
    expect(marks((refund) => back(refund) === 20_000)).toEqual(['ACCEPTED', 'CONFIRMED', 'PAID_BACK']);
    expect(marks(isOpenRefund)).toEqual(['REQUESTED', 'MANUAL']);
  });

  it('of a second transaction are not of its money', () => {
    const second = { ...one('r', 'PAID_BACK'), of: txB };
    const ledger = { ...emptyLedger, received: rupiah(120_000) };
    expect(left(ownMoney({ ledger, refunds: [second, one('s', 'ACCEPTED')] }))).toBe(100_000);
  });

  it('are due at the next question, or at the time of the person', () => {
    const open = stateOf(asked(paid, 20_000)).refunds[0] as Parameters<typeof refundDueAt>[0];
    const manual = stateOf(asked(given({}, answer('settlement')))).refunds[0] as typeof open;
    expect([refundDueAt(open), refundDueAt(manual)]).toEqual([at(130), at(100 + 3 * 86_400)]);
  });
});

describe('a refund that is asked for', () => {
  it('of no payment is refused', () => {
    expect(code(requestRefund({ key: 'r1', reason: 'x', at: at(100) }, undefined))).toBe('PAYMENT_NOT_FOUND');
  });

  it('is at most what was not charged back, and nothing of what was charged back whole', () => {
    const amount = { refundAmount: rupiah(30_000) };
    const inPart = given(card, answer('settlement'), answer('partial_chargeback', amount));
    expect([code(asked(inPart, 90_001)), code(asked(inPart, 90_000))]).toEqual(['REFUND_TOO_LARGE', 'happened']);
    expect(code(asked(given(card, answer('settlement'), answer('chargeback'))))).toBe('CHARGED_BACK');
  });

  it('of a captured card has to wait when it is a part, and is a cancel when it is whole', () => {
    const captured = given(card, answer('capture'));
    const message = (amount: number) => {
      const decision = asked(captured, amount);
      return decision.outcome === 'refused' ? decision.refusal.message : '';
    };
    expect(message(120_000)).toContain('Cancel it instead');
    expect(message(20_000)).toContain('tomorrow');
  });

  it('is known by its own key beside others', () => {
    const two = stateOf(asked(stateOf(asked(paid, 20_000)), 30_000, 'r2'));
    expect(code(asked(two, 30_000, 'r2'))).toBe('nothing');
    expect(code(asked(two, 20_000, 'r2'))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(stateOf(refundDenied('r2', 'no', at(101), two)).refunds).toMatchObject([
      { key: 'r1', status: 'REQUESTED' },
      { key: 'r2', status: 'DENIED' },
    ]);
  });
});

describe('an answer of the gateway to a refund', () => {
  const requested = stateOf(asked(paid, 20_000));

  it('is known meanwhile when the refund is, or the payment is gone', () => {
    const denied = stateOf(refundDenied('r1', 'no', at(101), requested));
    for (const payment of [denied, paid, undefined]) {
      const known = { outcome: 'nothing', reason: 'known-meanwhile' };
      expect(refundUnknown('r1', at(102), payment)).toEqual(known);
      expect(refundByHand('r1', at(102), payment)).toEqual(known);
      expect(refundDenied('r1', 'no', at(102), payment)).toEqual(known);
    }
  });

  it('that denies it keeps the order and nothing of the question', () => {
    expect(stateOf(refundDenied('r1', 'no', at(101), requested)).refunds).toStrictEqual([
      { key: 'r1', amount: 20_000, reason: 'x', requestedAt: at(100), status: 'DENIED', why: 'no' },
    ]);
  });

  it('that is missing is asked for again, later each time', () => {
    const twice = stateOf(refundUnknown('r1', at(300), stateOf(refundUnknown('r1', at(200), requested))));
    expect(twice.refunds).toMatchObject([{ ask: { at: at(900), count: 2 } }]);
  });
});

describe('a manual refund', () => {
  const manual = stateOf(asked(given({}, answer('settlement')), 20_000));
  const done = { key: 'r1', reference: 'BCA 1', by: 'operator-1', at: at(200) };
  const dueAt = 100 + 3 * 86_400;

  it('of no payment is unknown', () => {
    expect(code(paidBack(done, undefined))).toBe('REFUND_NOT_FOUND');
    expect(remind(at(200), undefined)).toEqual({ outcome: 'nothing', reason: 'nothing-overdue' });
  });

  it('keeps the second transaction it is of, and names none without', () => {
    const twice = given(card, answer('settlement'), answer('settlement', { transactionId: txB }));
    expect(stateOf(paidBack({ ...done, key: `twice-${txB}` }, twice)).refunds).toMatchObject([{ of: txB }]);
    expect(stateOf(paidBack(done, manual)).refunds).toStrictEqual([
      {
        key: 'r1',
        amount: 20_000,
        reason: 'x',
        requestedAt: at(100),
        status: 'PAID_BACK',
        reference: 'BCA 1',
        by: 'operator-1',
      },
    ]);
  });

  it('is overdue from its time on, by itself', () => {
    const two = stateOf(requestRefund({ key: 'r2', amount: rupiah(5), reason: 'x', at: at(500) }, manual));
    expect(remind(at(dueAt - 1), two).outcome).toBe('nothing');
    expect(stateOf(remind(at(dueAt), two)).refunds).toMatchObject([
      { key: 'r1', reminders: 1, dueAt: at(dueAt + 86_400) },
      { key: 'r2', reminders: 0, dueAt: at(dueAt + 400) },
    ]);
    expect(remind(at(dueAt), stateOf(asked(paid, 20_000))).outcome).toBe('nothing');
    expect(remind(at(dueAt + 1), stateOf(paidBack(done, manual))).outcome).toBe('nothing');
  });

  it('paid back under a hold is kept there', () => {
    const wrong = answer('settlement', { grossAmount: '5.00' });
    const held: Payment = {
      ...manual,
      standing: {
        status: 'HELD',
        hold: { what: 'amount', expected: '120000.00', said: wrong.grossAmount, at: at(150) },
        under: given({}, answer('settlement')).standing as never,
        before: given({}, answer('settlement')).standing as never,
        published: { ledger: manual.ledger, refunds: manual.refunds },
      },
    };
    const result = paidBack(done, held);
    expect(result).toMatchObject({
      state: { standing: { status: 'HELD', under: { status: 'PARTIALLY_REFUNDED' } } },
      facts: [],
    });
    expect(code(asked(held, 5, 'r2'))).toBe('PAYMENT_HELD');
  });
});

describe('the list of the gateway', () => {
  const amount = rupiah(120_000);
  const payment = (...refunds: readonly Refund[]) => ({ ledger: { ...emptyLedger, received: amount }, refunds });
  const listing = (...refunds: ReturnType<typeof refundOf>[]) =>
    answer('partial_refund', { refunds, reportedAt: at(90) });

  it('adds what is not known, with the time of the report', () => {
    expect(merged(listing(refundOf('r2', 5)), 'partially-refunded', payment(one('r1', 'REQUESTED')))).toEqual([
      one('r1', 'REQUESTED'),
      { key: 'r2', amount: 5, reason: 'on request', requestedAt: at(90), status: 'ACCEPTED' },
    ]);
  });

  it('accepts what is known, with our reason and time', () => {
    expect(merged(listing(refundOf('r1', 20_000)), 'partially-refunded', payment(one('r1', 'REQUESTED')))).toEqual([
      one('r1', 'ACCEPTED'),
    ]);
  });

  it('confirms once and for all', () => {
    const statuses = (known: Refund['status'], ...refunds: ReturnType<typeof refundOf>[]) =>
      merged(listing(...refunds), 'partially-refunded', payment(one('r1', known))).map(({ status }) => status);
    const [open, confirmed] = [refundOf('r1', 20_000), refundOf('r1', 20_000, true)];
    expect(statuses('ACCEPTED', confirmed)).toEqual(['CONFIRMED']);
    expect(statuses('CONFIRMED', open)).toEqual(['CONFIRMED']);
    expect(statuses('ACCEPTED', confirmed, open)).toEqual(['CONFIRMED']);
    expect(statuses('ACCEPTED', open, open)).toEqual(['ACCEPTED']);
  });

  it('with less of a refund than the one before is older', () => {
    expect(merged(listing(refundOf('r1', 5_000)), 'partially-refunded', payment(one('r1', 'ACCEPTED')))).toEqual([
      one('r1', 'ACCEPTED'),
    ]);
  });

  it('may leave out what the total counts', () => {
    const report = answer('partial_refund', { refunds: [refundOf('r1', 20_000)], refundAmount: rupiah(50_000) });
    const counted = (meaning: Meaning) => countedIn(report, meaning, amount, payment());
    expect([counted('partially-refunded'), counted('refunded'), counted('charged-back')]).toEqual([50_000, 120_000, 0]);
    expect(merged(report, 'refunded', payment())).toMatchObject([{ key: 'r1', amount: 20_000 }]);
  });

  it.each([
    ['full', [], [refundOf('r1', 120_000)]],
    ['partial', [], [refundOf('r1', 119_999)]],
    ['confirmed', [one('r1', 'ACCEPTED')], [refundOf('r1', 20_000, true)]],
    ['same', [one('r1', 'ACCEPTED')], [refundOf('r1', 20_000)]],
    ['same', [one('r1', 'CONFIRMED')], [refundOf('r1', 20_000, true)]],
    ['older', [one('r1', 'ACCEPTED'), one('r2', 'CONFIRMED')], [refundOf('r1', 20_000)]],
  ] as const)('is %s', (news, refunds, listed) => {
    expect(refundNews(listing(...listed), 'partially-refunded', amount, payment(...refunds))).toBe(news);
  });
});

describe('the key of a refund', () => {
  it('is of the request, in the characters and the length the gateway takes', () => {
    expect(refundKeyOf(ref, 'Az09_-+/=abcdefghijklmnop')).toBe(`rf-${ref}-Az09_-abcdefghij`);
  });
});
