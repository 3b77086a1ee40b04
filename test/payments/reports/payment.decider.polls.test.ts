/** Reads that are planned, and effects at the edges of the table: what is kept, and what comes first. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { chargeRefused } from '../../../functions/payments/charge/charge.decider.ts';
import type { Payment } from '../../../functions/payments/payment.ts';
import { decideReport, pollLater, release } from '../../../functions/payments/reports/payment.decider.ts';
import { answer, at, factsOf, given, intended, refundOf, report, stateAfter, txB } from '../../support/payments.ts';

const card = { method: 'card' } as const;
const instructions = { bank: 'bca', vaNumber: '7' };
const pending = given({}, answer('pending', { instructions }));
const claimed = { claimed: true, isAnswered: true };
const planned: Payment = { ...pending, recheck: { at: at(62), count: 0 } };

describe('a planned read', () => {
  it('of no payment is none', () => {
    expect(pollLater(undefined, at(60), claimed)).toEqual({ outcome: 'nothing', reason: 'unknown-payment' });
  });

  it('that is not due yet does not begin again', () => {
    expect(pollLater(planned, at(61), claimed).outcome).toBe('nothing');
    expect(pollLater(planned, at(62), claimed)).toMatchObject({ state: { recheck: { at: at(67), count: 1 } } });
  });

  it('because of a notification stays when another one changes the payment', () => {
    const denied = stateAfter(planned, decideReport(report('deny', { reportedAt: at(61) }), planned, at(61)));
    expect([denied.standing.status, denied.recheck]).toEqual(['DENIED', { at: at(62), count: 0 }]);
  });

  it('stays when an answer with other instructions comes before it', () => {
    const one = answer('pending', { instructions: { vaNumber: '8' }, reportedAt: at(61) });
    expect(stateAfter(planned, decideReport(one, planned, at(61))).recheck).toEqual({ at: at(62), count: 0 });
    expect(stateAfter(planned, decideReport(one, planned, at(62))).recheck).toEqual({ at: at(67), count: 1 });
  });

  it('that is due is not put off by a notification that says nothing new', () => {
    expect(decideReport(report('pending'), pending, at(86_400)).decision).toEqual({
      outcome: 'nothing',
      reason: 'noop_duplicate',
    });
  });

  it('that would be at the same time begins to count again', () => {
    const payment = { ...pending, ask: { at: at(360), count: 2 } };
    const one = answer('pending', { instructions: { vaNumber: '8' }, reportedAt: at(60) });
    expect(stateAfter(payment, decideReport(one, payment, at(60))).ask).toEqual({ at: at(360), count: 0 });
  });
});

describe('what was heard last', () => {
  const one = (seconds: number) => answer('pending', { instructions: { qrString: '0002' }, reportedAt: at(seconds) });

  it('is never older after an older answer, and newer after a newer one', () => {
    const heard = (seconds: number) => stateAfter(pending, decideReport(one(seconds), pending, at(70))).heardAt;
    expect([heard(10), heard(65)]).toEqual([at(60), at(65)]);
  });

  it('at the same time counts as newer', () => {
    const other = answer('pending', { instructions: { vaNumber: '8' } });
    expect(decideReport(other, pending, at(60)).effect).toBe('mark_pending');
    const paid = given(card, answer('settlement'));
    expect(decideReport(answer('deny'), paid, at(60)).effect).toBe('reverse_payment');
  });
});

describe('another transaction', () => {
  const other = { transactionId: txB, reportedAt: at(90) };

  it('[PAY-5] of an answer older than what is known is read again: a clock that is behind drops no money', () => {
    const one = answer('settlement', { transactionId: txB, reportedAt: at(50) });
    expect(decideReport(one, pending, at(90)).effect).toBe('verify_with_get_status');
  });

  it('that failed after one that failed is taken', () => {
    const denied = given(card, answer('deny'));
    expect(decideReport(answer('expire', other), denied, at(90)).effect).toBe('mark_expired');
  });

  it('paid twice is known beside a refund of the first', () => {
    const refunds = [refundOf('r1', 20_000)];
    const payment = given(card, answer('settlement'), answer('partial_refund', { refunds }), answer('capture', other));
    expect(payment.refunds).toMatchObject([
      { key: 'r1' },
      { key: `twice-${txB}`, amount: 120_000, reason: 'paid twice', requestedAt: at(90), of: txB },
    ]);
    expect(decideReport(answer('settlement', other), payment, at(91)).effect).toBe('noop_duplicate');
  });
});

describe('a refused charge', () => {
  const refused = chargeRefused('gateway-402', at(50), intended());
  if (refused.outcome !== 'happened') throw new Error('not refused');

  it('of which the gateway knows a transaction is what the gateway says', () => {
    expect(decideReport(report('pending'), refused.state, at(90)).effect).toBe('verify_with_get_status');
    expect(decideReport(answer('pending'), refused.state, at(90)).effect).toBe('mark_pending');
  });
});

describe('money', () => {
  const paid = given(card, answer('settlement'));

  it('came when it was first reported, whatever goes back of it', () => {
    const refunds = [refundOf('r1', 20_000)];
    for (const one of [answer('partial_refund', { refunds }), answer('chargeback'), answer('deny')])
      expect(given(card, answer('settlement'), { ...one, reportedAt: at(90) }).standing).toMatchObject({
        paidAt: at(60),
        transactionId: paid.standing.status === 'PAID' ? paid.standing.transactionId : '',
      });
  });

  it('that is reversed is so from the time of the report', () => {
    const reversed = given(card, answer('settlement'), answer('deny', { reportedAt: at(90) }));
    expect(reversed.standing).toMatchObject({ status: 'REVERSED', reversedAt: at(90) });
  });
});

describe('a hold', () => {
  const amounts = answer('partial_chargeback', { refundAmount: rupiah(30_000), reportedAt: at(90) });
  const lacking = given(card, answer('settlement'), answer('partial_chargeback'));

  it('for another amount is not ended by a chargeback', () => {
    const held = given(card, answer('settlement'), answer('settlement', { grossAmount: '125000.00' }));
    expect(stateAfter(held, decideReport(amounts, held, at(90))).standing.status).toBe('HELD');
  });

  it('[PAY-11] for a missing amount is not ended by a notification', () => {
    const notified = decideReport({ ...amounts, source: 'notification' }, lacking, at(90));
    expect([notified.effect, notified.decision.outcome]).toEqual(['verify_with_get_status', 'nothing']);
  });

  it('for a missing amount is not ended by an answer of another amount', () => {
    const odd = { ...amounts, amount: rupiah(5), grossAmount: '5.00' };
    expect(decideReport(odd, lacking, at(90))).toMatchObject({
      effect: 'noop_duplicate',
      decision: { outcome: 'nothing' },
    });
  });

  it('of a payment that waits is released as it was', () => {
    const held = given({}, answer('pending'), answer('settlement', { grossAmount: '125000.00' }));
    const freed = release(answer('pending', { reportedAt: at(90) }), held, at(90));
    expect([freed.effect, stateAfter(held, freed).standing.status]).toEqual(['noop_duplicate', 'PENDING']);
    expect(factsOf(freed).map(({ type }) => type)).toEqual(['payment.released']);
  });

  it('that ends with the first report of the money is named by what went back', () => {
    const first = given(card, answer('partial_chargeback'));
    expect(release(amounts, first, at(90)).effect).toBe('record_chargeback_partial');
  });

  it('of a payment that is not held is an ordinary report', () => {
    expect(release(answer('settlement', { reportedAt: at(90) }), pending, at(90)).effect).toBe('mark_paid');
  });

  it('has the time of its report, and no claim but of a chargeback', () => {
    const wrong = answer('settlement', { grossAmount: '5.00', reportedAt: at(90) });
    const claim = report('settlement', { refundAmount: rupiah(7) });
    expect(stateAfter(pending, decideReport(wrong, pending, at(91), claim)).standing).toMatchObject({
      hold: { what: 'amount', expected: '120000.00', said: '5.00', at: at(90) },
    });
    expect(JSON.stringify(decideReport(wrong, pending, at(91), claim))).not.toContain('claimed');
  });
});

describe('a fraud status', () => {
  it.each([
    [undefined, 'mark_paid'],
    ['ACCEPT', 'mark_paid'],
    ['challenge', 'hold_for_review'],
  ])('%s of a capture: %s', (fraudStatus, effect) => {
    const statusCode = fraudStatus === 'challenge' ? '201' : '200';
    expect(decideReport(answer('capture', { fraudStatus, statusCode }), intended(card), at(60)).effect).toBe(effect);
  });

  it('of a capture that is denied: mark_denied', () => {
    expect(decideReport(answer('capture/deny'), intended(card), at(60)).effect).toBe('mark_denied');
  });
});

describe('the code of an answer', () => {
  it.each(['failure', 'chargeback', 'partial_chargeback'])('does not matter for %s', (status) => {
    const one = answer(status, { statusCode: '999', refundAmount: rupiah(5) });
    expect(decideReport(one, intended(card), at(60)).effect).not.toBe('verify_with_get_status');
    expect(decideReport({ ...one, source: 'notification' }, intended(card), at(60)).effect).toBe(
      'verify_with_get_status',
    );
  });

  it.each([
    ['pending', '200'],
    ['cancel', '200'],
    ['expire', '407'],
  ])('of %s may be %s, which no notification has', (status, statusCode) => {
    expect(decideReport(answer(status, { statusCode }), intended(card), at(60)).effect).toMatch(/^mark_/);
    expect(decideReport(report(status, { statusCode }), intended(card), at(60)).effect).toBe('verify_with_get_status');
  });
});
