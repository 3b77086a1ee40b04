/** [ORD-4] A second transaction under the reference of a paid one: a ledger apart, and what is left is paid back. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { shareOf } from '../../../functions/payments/payment.share.ts';
import type { Payment } from '../../../functions/payments/payment.ts';
import { paidBack } from '../../../functions/payments/refund/refund.decider.ts';
import { decideReport } from '../../../functions/payments/reports/payment.decider.ts';
import type { Report } from '../../../functions/payments/reports/report.ts';
import { sumOf } from '../../support/money-law.ts';
import { answer, at, factsOf, given, refundOf, report, stateAfter, txA, txB } from '../../support/payments.ts';

const card = { method: 'card' } as const;
const paid = given(card, answer('settlement'));
const other = (status: string, second: number, fields: Partial<Report> = {}) =>
  answer(status, { transactionId: txB, reportedAt: at(second), ...fields });
const withReports = (payment: Payment, ...reports: readonly Report[]): Payment =>
  reports.reduce((one, next) => stateAfter(one, decideReport(next, one, next.reportedAt)), payment);
const twice = ({ refunds }: Payment) => refunds.map(({ key, status, amount }) => [key, status, amount]);
const key = `twice-${txB}`;

describe('a second transaction', () => {
  it.each([
    ['refund', {}],
    ['partial_refund', { refundAmount: rupiah(120_000) }],
    ['chargeback', {}],
    ['partial_chargeback', { refundAmount: rupiah(120_000) }],
  ])('that is first seen as %s has nothing left: nothing is paid back', (status, fields) => {
    const { effect, decision } = decideReport(other(status, 90, fields), paid, at(90));
    expect([effect, decision.outcome]).toEqual(['noop_stale', 'nothing']);
  });

  it.each([
    ['partial_refund', { refundAmount: rupiah(50_000) }, 'record_refund_partial', 70_000],
    ['partial_chargeback', { refundAmount: rupiah(30_000) }, 'record_chargeback_partial', 90_000],
    ['capture', {}, 'hold_for_review', 120_000],
    ['settlement', {}, 'hold_for_review', 120_000],
  ])('that is first seen as %s is paid back as far as it is left', (status, fields, effect, left) => {
    const decided = decideReport(other(status, 90, fields), paid, at(90));
    expect([decided.effect, twice(stateAfter(paid, decided))]).toEqual([effect, [[key, 'MANUAL', left]]]);
  });

  it('that is given back or charged back at the gateway meanwhile is not paid back again', () => {
    const both = withReports(paid, other('settlement', 90));
    expect(twice(withReports(both, other('partial_refund', 91, { refundAmount: rupiah(20_000) })))).toEqual([
      [key, 'MANUAL', 100_000],
    ]);
    const gone = withReports(both, other('chargeback', 91));
    expect(twice(gone)).toEqual([[key, 'VOIDED', 120_000]]);
    const done = { key, reference: 'BCA 1', by: 'operator-1', at: at(92) };
    expect(paidBack(done, gone)).toMatchObject({ outcome: 'refused', refusal: { code: 'NOTHING_LEFT' } });
    expect(twice(withReports(gone, other('settlement', 93)))).toEqual([[key, 'MANUAL', 120_000]]);
  });

  it('that is reversed, which its notification makes us read by its own id, is not paid back', () => {
    const both = withReports(paid, other('settlement', 90));
    const notified = report('deny', { transactionId: txB, reportedAt: at(91) });
    expect(decideReport(notified, both, at(91)).effect).toBe('verify_with_get_status');
    expect(twice(withReports(both, other('deny', 91)))).toEqual([[key, 'VOIDED', 120_000]]);
    expect(decideReport(other('deny', 80), both, at(92)).effect).toBe('verify_with_get_status');
  });

  it('leaves the money of the first, whatever becomes of it', () => {
    const reports = [
      other('settlement', 90),
      other('partial_chargeback', 91, { refundAmount: rupiah(5) }),
      other('deny', 92),
    ];
    let payment = paid;
    for (const one of reports) {
      const decided = decideReport(one, payment, one.reportedAt);
      expect(sumOf(factsOf(decided))).toBe(0);
      payment = stateAfter(payment, decided);
      expect([payment.standing.status, shareOf(payment, 0).left]).toEqual(['PAID', 120_000]);
    }
  });

  it('that is paid back by hand changes nothing of the first, not when it was reversed either', () => {
    const both = withReports(paid, other('settlement', 90), answer('deny', { reportedAt: at(95) }));
    const done = paidBack({ key, reference: 'BCA 1', by: 'operator-1', at: at(200) }, both);
    expect(done).toMatchObject({ state: { standing: { status: 'REVERSED', reversedAt: at(95) } } });
  });

  it('of which a part was charged back without an amount is a hold, not a guess', () => {
    expect(decideReport(other('partial_chargeback', 90), paid, at(90)).effect).toBe('hold_amount_mismatch');
  });

  it('takes the place of one that was reversed, and keeps apart what went back of that', () => {
    const before = withReports(
      paid,
      answer('partial_refund', { refunds: [refundOf('r1', 50_000)], reportedAt: at(70) }),
    );
    const reversed = withReports(before, answer('deny', { reportedAt: at(80) }));
    const decided = decideReport(other('settlement', 90), reversed, at(90));
    const now = stateAfter(reversed, decided);
    expect([decided.effect, now.standing.status, shareOf(now, 0).left]).toEqual(['mark_paid', 'PAID', 120_000]);
    expect(now.refunds).toMatchObject([{ key: 'r1', of: txA }]);
    expect(sumOf(factsOf(decided))).toBe(120_000);
    // The first one is known, and is never entered as the one that counts again.
    expect(decideReport(answer('deny', { reportedAt: at(95) }), now, at(95)).effect).toBe('noop_duplicate');
  });

  it.each(['__proto__', 'constructor', 'toString'])('may be named %s', (transactionId) => {
    const both = withReports(paid, other('settlement', 90, { transactionId }));
    expect(twice(both)).toEqual([[`twice-${transactionId}`, 'MANUAL', 120_000]]);
    expect(decideReport(other('settlement', 91, { transactionId }), both, at(91)).effect).toBe('noop_duplicate');
  });
});
