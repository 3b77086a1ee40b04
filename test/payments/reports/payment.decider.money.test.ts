/** Rules about money that the transition table does not show. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { chargeRefused } from '../../../functions/payments/charge/charge.decider.ts';
import { instructionsOf } from '../../../functions/payments/payment.ts';
import { paymentView } from '../../../functions/payments/payment.view.ts';
import { paidBack, requestRefund } from '../../../functions/payments/refund/refund.decider.ts';
import { decideReport, release } from '../../../functions/payments/reports/payment.decider.ts';
import type { Report } from '../../../functions/payments/reports/report.ts';
import { answer, at, factsOf, given, intended, refundOf, report, stateAfter, txB } from '../../support/payments.ts';

const card = { method: 'card' } as const;
const later = { reportedAt: at(90) };
const chargedBack = (amount: number): Report =>
  answer('partial_chargeback', { ...later, refundAmount: rupiah(amount) });
const listing = (...refunds: Report['refunds']): Report => answer('partial_refund', { ...later, refunds });

describe('a transaction', () => {
  it('that failed under a reversed payment of another one changes nothing; one that is paid brings money', () => {
    const reversed = given(card, answer('settlement'), answer('deny'));
    const effect = (status: string) =>
      decideReport(answer(status, { ...later, transactionId: txB }), reversed, at(90)).effect;
    expect([effect('deny'), effect('settlement')]).toEqual(['noop_stale', 'mark_paid']);
  });

  it('of a refused charge is taken from an answer, and known from a notification', () => {
    const refused = chargeRefused('gateway-402', at(50), intended());
    if (refused.outcome !== 'happened') throw new Error('not refused');
    expect(decideReport(answer('failure', later), refused.state, at(90)).effect).toBe('mark_failed');
    expect(decideReport(report('failure', later), refused.state, at(90)).effect).toBe('noop_duplicate');
  });

  it('has its own instructions, never those of the transaction before it', () => {
    const pending = given({}, answer('pending', { reportedAt: at(10), instructions: { vaNumber: '700' } }));
    const other = answer('pending', { ...later, transactionId: txB, instructions: { bank: 'bca' } });
    expect(instructionsOf(stateAfter(pending, decideReport(other, pending, at(90))))).toEqual({ bank: 'bca' });
  });

  it('of any merchant is taken where the stage names none', () => {
    const payment = intended({ merchantId: undefined });
    expect(decideReport(answer('pending', { merchantId: 'G9' }), payment, at(90)).effect).toBe('mark_pending');
  });
});

describe('a card', () => {
  it('is published as captured, and as settled', () => {
    const facts = (status: string) => factsOf(decideReport(answer(status, later), intended(card), at(90)));
    expect(facts('capture')).toMatchObject([{ type: 'payment.settled', data: { captured: true } }]);
    expect(facts('settlement')).toMatchObject([{ type: 'payment.settled', data: { captured: false } }]);
  });

  it('that is refunded or charged back is settled', () => {
    for (const one of [listing(refundOf('r1', 20_000)), chargedBack(20_000), answer('chargeback', later)])
      expect(given(card, answer('capture'), one).standing).toMatchObject({ settled: true });
  });

  it('[ORD-3] charged back after all of it was refunded, takes nothing that was left, and shows the whole', () => {
    const refunded = given(card, answer('settlement'), answer('refund', { refunds: [refundOf('r1', 120_000)] }));
    const back = decideReport(answer('chargeback', later), refunded, at(90));
    expect(factsOf(back)).toMatchObject([{ data: { chargedBack: 0, chargedBackTotal: 120_000, full: true } }]);
    expect(paymentView(stateAfter(refunded, back), 3, true)).toMatchObject({ left: 0, overdrawn: 120_000 });
  });

  it('[PAY-9] charged back after a part was refunded, is charged back with the rest', () => {
    const refunded = given(card, answer('settlement'), listing(refundOf('r1', 20_000)));
    const back = decideReport(answer('chargeback', later), refunded, at(90));
    expect(factsOf(back)).toMatchObject([{ data: { chargedBack: 100_000, full: true } }]);
  });

  it('[PAY-9] reversed after parts went back, loses the rest only', () => {
    const money = given(card, answer('settlement'), listing(refundOf('r1', 20_000)), chargedBack(30_000));
    const reversed = decideReport(answer('deny', later), money, at(90));
    expect(factsOf(reversed)).toMatchObject([{ type: 'payment.reversed', data: { reversed: 70_000 } }]);
  });
});

describe('a refund', () => {
  it('[PAY-9] is at most what was not charged back', () => {
    const payment = given(card, answer('settlement'), chargedBack(30_000));
    const refund = (amount: number) =>
      requestRefund({ key: 'r1', amount: rupiah(amount), reason: '', at: at(95) }, payment);
    expect(refund(90_001)).toMatchObject({
      refusal: { code: 'REFUND_TOO_LARGE', message: 'At most Rp 90000 can be refunded.' },
    });
    expect(refund(90_000).outcome).toBe('happened');
  });

  it('[ORD-4] of money that was charged back whole is refused, with what to do', () => {
    const payment = given(card, answer('settlement'), answer('chargeback', later));
    expect(requestRefund({ key: 'r1', reason: '', at: at(95) }, payment)).toMatchObject({
      refusal: { code: 'CHARGED_BACK', message: expect.stringContaining('Answer the dispute at the gateway') },
    });
  });

  it('of a captured card is a cancel when it is whole, and has to wait when it is a part', () => {
    const payment = given(card, answer('capture'));
    const message = (amount: number) => {
      const decision = requestRefund({ key: 'r1', amount: rupiah(amount), reason: '', at: at(95) }, payment);
      return decision.outcome === 'refused' ? decision.refusal.message : decision.outcome;
    };
    expect([message(120_000), message(20_000)]).toEqual([
      'The card payment is captured and not settled yet. Cancel it instead.',
      'The card payment is captured and not settled yet. Refund a part of it tomorrow.',
    ]);
  });

  it('once confirmed stays confirmed, whatever a later or longer list says', () => {
    const confirmed = given({ method: 'gopay' }, answer('settlement'), listing(refundOf('r1', 20_000, true)));
    const longer = decideReport(listing(refundOf('r1', 20_000), refundOf('r2', 10_000)), confirmed, at(91));
    expect(stateAfter(confirmed, longer).refunds).toMatchObject([{ status: 'CONFIRMED' }, { status: 'ACCEPTED' }]);
    const twice = listing(refundOf('r1', 20_000, true), refundOf('r1', 20_000));
    expect(given({ method: 'gopay' }, answer('settlement'), twice).refunds).toMatchObject([{ status: 'CONFIRMED' }]);
  });

  it('of the second transaction of a customer who paid twice leaves the money of the first', () => {
    const second = answer('settlement', { ...later, transactionId: txB });
    const twice = given(card, answer('settlement'), second);
    const done = paidBack({ key: `twice-${txB}`, reference: 'BCA 1', by: 'operator-1', at: at(95) }, twice);
    expect(done).toMatchObject({
      outcome: 'happened',
      state: { standing: { status: 'PAID' }, refunds: [{ of: txB, status: 'PAID_BACK' }] },
      facts: [{ data: { refunded: 0, refundedTotal: 0, full: false } }],
    });
  });
});

describe('a held payment', () => {
  const wrong = answer('settlement', { reportedAt: at(70), grossAmount: '125000.00' });

  it('is not released by a status nobody knows', () => {
    const held = given({}, answer('pending'), wrong);
    const result = release(answer('partial_settlement', later), held, at(90));
    expect([result.effect, stateAfter(held, result).standing.status]).toEqual(['verify_with_get_status', 'HELD']);
  });

  it('that was paid before is released as a duplicate: its money is known', () => {
    const held = given({}, answer('settlement'), wrong);
    expect(release(answer('settlement', later), held, at(90)).effect).toBe('noop_duplicate');
  });

  it('takes a manual refund that was paid back', () => {
    const paid = given({}, answer('settlement'));
    const manual = requestRefund({ key: 'r1', reason: '', at: at(65) }, paid);
    if (manual.outcome !== 'happened') throw new Error('refused');
    const held = stateAfter(manual.state, decideReport(wrong, manual.state, at(70)));
    const done = paidBack({ key: 'r1', reference: 'BCA 1', by: 'operator-1', at: at(95) }, held);
    expect(done).toMatchObject({ state: { standing: { status: 'HELD', under: { status: 'REFUNDED' } } }, facts: [] });
  });
});
