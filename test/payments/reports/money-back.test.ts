/** [ORD-3] Money that comes back after a dispute or a reversal, and money that was gone before we read its status. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { shareOf } from '../../../functions/payments/payment.share.ts';
import type { Payment } from '../../../functions/payments/payment.ts';
import { decideReport } from '../../../functions/payments/reports/payment.decider.ts';
import type { Report } from '../../../functions/payments/reports/report.ts';
import { sumOf } from '../../support/money-law.ts';
import {
  answer,
  at,
  factsOf,
  given,
  intended,
  refundOf,
  report,
  stateAfter,
  txA,
  txB,
} from '../../support/payments.ts';

const card = { method: 'card' } as const;
const permata = { method: 'permata_va' } as const;
const settled = given(card, answer('settlement', { reportedAt: at(50) }));
const withReports = (payment: Payment, ...reports: readonly Report[]): Payment =>
  reports.reduce((one, next) => stateAfter(one, decideReport(next, one, next.reportedAt)), payment);
const leftOf = (payment: Payment): number => shareOf(payment, 0).left;
const typesOf = (decided: ReturnType<typeof decideReport>) => factsOf(decided).map(({ type }) => type);

describe('a won dispute', () => {
  const part = answer('partial_refund', { refunds: [refundOf('r1', 20_000)], reportedAt: at(60) });
  const chargedBack = withReports(settled, part, answer('chargeback', { reportedAt: at(70) }));

  it('gives back what was charged back, and nothing of what was refunded', () => {
    const won = decideReport(answer('settlement', { reportedAt: at(80) }), chargedBack, at(80));
    const now = stateAfter(chargedBack, won);
    expect([now.standing.status, leftOf(now)]).toEqual(['PARTIALLY_REFUNDED', 100_000]);
    expect(factsOf(won)).toMatchObject([
      { type: 'chargeback.returned', data: { returned: 100_000, chargedBackTotal: 0 } },
    ]);
  });

  it('of a part gives that back', () => {
    const inPart = withReports(
      settled,
      answer('partial_chargeback', { refundAmount: rupiah(30_000), reportedAt: at(70) }),
    );
    const won = decideReport(answer('settlement', { reportedAt: at(80) }), inPart, at(80));
    expect([stateAfter(inPart, won).standing.status, sumOf(factsOf(won))]).toEqual(['PAID', 30_000]);
  });

  it('is believed of an answer that was requested after that of the chargeback, only', () => {
    for (const second of [69, 70])
      expect(decideReport(answer('settlement', { reportedAt: at(second) }), chargedBack, at(80)).effect).toBe(
        'verify_with_get_status',
      );
    expect(decideReport(report('settlement', { reportedAt: at(80) }), chargedBack, at(80)).effect).toBe(
      'verify_with_get_status',
    );
  });

  it('is known by the time of the chargeback, whatever was read since', () => {
    const inPart = withReports(
      settled,
      answer('partial_chargeback', { refundAmount: rupiah(30_000), reportedAt: at(60) }),
      answer('partial_refund', { refunds: [refundOf('r1', 20_000)], reportedAt: at(90) }),
    );
    const won = decideReport(answer('settlement', { reportedAt: at(80) }), inPart, at(91));
    expect([won.effect, leftOf(stateAfter(inPart, won))]).toEqual(['mark_paid', 100_000]);
  });

  it('is not lost by an answer that is older than what is known', () => {
    const refunded = withReports(settled, answer('partial_refund', { refundAmount: rupiah(5), reportedAt: at(90) }));
    for (const status of ['chargeback', 'partial_chargeback'])
      expect(
        decideReport(answer(status, { refundAmount: rupiah(9), reportedAt: at(80) }), refunded, at(91)).effect,
      ).toBe('verify_with_get_status');
  });

  it('can be lost again', () => {
    const lost = withReports(
      chargedBack,
      answer('settlement', { reportedAt: at(80) }),
      answer('chargeback', { reportedAt: at(90) }),
    );
    expect([lost.standing.status, leftOf(lost)]).toEqual(['CHARGED_BACK', 0]);
  });
});

describe('a second partial chargeback without an amount', () => {
  const first = withReports(
    settled,
    answer('partial_chargeback', { refundAmount: rupiah(30_000), reportedAt: at(60) }),
  );
  const silent = answer('partial_chargeback', { reportedAt: at(70) });

  it('is a hold when its notification claims more than is known', () => {
    const claim = report('partial_chargeback', { refundAmount: rupiah(70_000), reportedAt: at(70) });
    expect(decideReport(claim, first, at(70)).effect).toBe('verify_with_get_status');
    const held = stateAfter(first, decideReport(silent, first, at(70), claim));
    expect(held.standing).toMatchObject({ status: 'HELD', hold: { what: 'chargeback-amount', claimed: 70_000 } });
    expect(leftOf(held)).toBe(90_000);
    const known = withReports(held, answer('partial_chargeback', { refundAmount: rupiah(70_000), reportedAt: at(80) }));
    expect([known.standing.status, leftOf(known)]).toEqual(['PARTIALLY_CHARGED_BACK', 50_000]);
  });

  it('is asked about, and changes nothing when nobody claims more', () => {
    expect(decideReport(report('partial_chargeback', { reportedAt: at(70) }), first, at(70)).effect).toBe(
      'verify_with_get_status',
    );
    expect(decideReport(silent, first, at(70)).effect).toBe('noop_duplicate');
  });
});

describe('a reversal that is first read after the money went back', () => {
  const claim = report('settlement', { reportedAt: at(60) });
  const denied = answer('deny', { reportedAt: at(60) });

  it('[PAY-5] is one when a genuine notification of the money caused the read, as it is the other way round', () => {
    const first = decideReport(denied, intended(permata), at(60), claim);
    expect([first.effect, typesOf(first)]).toEqual(['reverse_payment', ['payment.settled', 'payment.reversed']]);
    const late = stateAfter(intended(permata), first);
    const inTime = withReports(intended(permata), answer('settlement', { reportedAt: at(50) }), denied);
    for (const payment of [late, inTime])
      expect([payment.standing.status, payment.ledger, leftOf(payment)]).toEqual([
        'REVERSED',
        { received: 120_000, counted: 0, chargedBack: 0, reversed: 120_000 },
        0,
      ]);
  });

  it('[PAY-5] is one although its own notification came first', () => {
    const over = given(permata, report('deny', { reportedAt: at(55) }));
    expect(over.standing.status).toBe('DENIED');
    const found = decideReport(denied, over, at(60), claim);
    expect([stateAfter(over, found).standing.status, sumOf(factsOf(found))]).toEqual(['REVERSED', 0]);
  });

  it('is one when the answer has the time of the settlement; a card has it before it settles', () => {
    const answered = answer('deny', { settledAt: at(40), reportedAt: at(60) });
    expect(decideReport(answered, intended(permata), at(60)).effect).toBe('reverse_payment');
    expect(decideReport(answered, intended(card), at(60)).effect).toBe('mark_denied');
  });

  it('of a captured card is a void of what was captured', () => {
    const captured = report('capture', { reportedAt: at(60) });
    const voided = decideReport(answer('cancel', { reportedAt: at(60) }), intended(card), at(60), captured);
    expect(stateAfter(intended(card), voided).standing).toMatchObject({ status: 'REVERSED', settled: false });
  });

  it.each([
    ['an authorization', report('authorize', { reportedAt: at(60) })],
    ['a review', report('capture/challenge', { reportedAt: at(60) })],
    ['another transaction', report('settlement', { transactionId: txB, reportedAt: at(60) })],
    ['nothing', undefined],
  ])('is none by the notification of %s', (_, notified) => {
    expect(decideReport(denied, intended(permata), at(60), notified).effect).toBe('mark_denied');
  });

  it('is not read again for the notification that it explains', () => {
    const over = stateAfter(intended(permata), decideReport(denied, intended(permata), at(60), claim));
    expect(over.recheck).toBeUndefined();
    const again = decideReport(answer('deny', { reportedAt: at(70) }), over, at(70), claim);
    expect([again.effect, again.decision.outcome]).toEqual(['noop_duplicate', 'nothing']);
  });
});

describe('money that is there again after a reversal', () => {
  it('is published with what is left of it', () => {
    const part = answer('partial_refund', { refunds: [refundOf('r1', 20_000)], reportedAt: at(60) });
    const reversed = withReports(settled, part, answer('deny', { reportedAt: at(70) }));
    const again = decideReport(answer('settlement', { reportedAt: at(80) }), reversed, at(80));
    expect(factsOf(again)).toMatchObject([
      { type: 'payment.settled', data: { transactionId: txA, amount: 120_000, received: 100_000 } },
    ]);
    const now = stateAfter(reversed, again);
    expect([now.standing.status, leftOf(now)]).toEqual(['PARTIALLY_REFUNDED', 100_000]);
  });
});

describe('a held payment', () => {
  it('[PAY-5] is to its order what it was before the hold, until the hold ends', () => {
    const wrong = answer('settlement', { grossAmount: '125000.00', reportedAt: at(60) });
    const held = given({}, answer('pending'), wrong, answer('settlement', { reportedAt: at(70) }));
    expect(held.standing).toMatchObject({ status: 'HELD', under: { status: 'PAID' } });
    expect(shareOf(held, 3)).toMatchObject({ left: 0, isOpen: true, version: 3 });
    const before = given(
      {},
      answer('settlement'),
      answer('chargeback', { grossAmount: '125000.00', reportedAt: at(70) }),
    );
    expect(shareOf(before, 3)).toMatchObject({ left: 120_000, isOpen: false });
  });
});
