/** The transition table, cell by cell: expected effects are written by hand from docs/midtrans.md §5. */
import { describe, expect, it } from 'vitest';
import { outcomeUnknown } from '../../../functions/payments/charge/charge.decider.ts';
import type { Payment } from '../../../functions/payments/payment.ts';
import { decideReport } from '../../../functions/payments/reports/payment.decider.ts';
import { answer, at, given, intended, refundOf, report, txB } from '../../support/payments.ts';

const card = { method: 'card' } as const;
const refundedInPart = { refundAmount: 50_000, refunds: [refundOf('r1', 50_000)] } as object;
const refundedInFull = { refundAmount: 120_000, refunds: [refundOf('r1', 50_000), refundOf('r2', 70_000)] } as object;

const chargedBackInPart = { refundAmount: 30_000 } as object;

const unanswered = outcomeUnknown('time-out', at(30), intended(card));
if (unanswered.outcome !== 'happened') throw new Error('the outcome is known');
const unknown: Payment = unanswered.state;

const standings: Readonly<Record<string, Payment>> = {
  INTENDED: intended(card),
  UNKNOWN: unknown,
  PENDING: given(card, answer('pending')),
  AUTHORIZED: given(card, answer('authorize')),
  REVIEW: given(card, answer('capture/challenge')),
  CAPTURED: given(card, answer('capture')),
  SETTLED: given(card, answer('settlement')),
  PART_BACK: given(card, answer('settlement'), answer('partial_refund', refundedInPart)),
  ALL_BACK: given(card, answer('settlement'), answer('refund', refundedInFull)),
  PART_CHARGED: given(card, answer('settlement'), answer('partial_chargeback', chargedBackInPart)),
  CHARGED_BACK: given(card, answer('settlement'), answer('chargeback')),
  REVERSED: given(card, answer('settlement'), answer('deny')),
  DENIED: given(card, answer('deny')),
  CANCELLED: given(card, answer('cancel')),
  EXPIRED: given(card, answer('expire')),
  FAILED: given(card, answer('failure')),
};

const reports: Readonly<Record<string, object>> = {
  pending: {},
  authorize: {},
  'capture/challenge': {},
  capture: {},
  settlement: {},
  partial_refund: refundedInPart,
  refund: refundedInFull,
  partial_chargeback: chargedBackInPart,
  chargeback: {},
  deny: {},
  cancel: {},
  expire: {},
  failure: {},
};

const words: Readonly<Record<string, string>> = {
  pend: 'mark_pending',
  paid: 'mark_paid',
  auth: 'mark_authorized',
  revw: 'hold_for_review',
  deny: 'mark_denied',
  canc: 'mark_cancelled',
  expi: 'mark_expired',
  fail: 'mark_failed',
  stld: 'confirm_settlement',
  full: 'record_refund_full',
  part: 'record_refund_partial',
  chbk: 'record_chargeback',
  chpt: 'record_chargeback_partial',
  revs: 'reverse_payment',
  dupl: 'noop_duplicate',
  old: 'noop_stale',
  ask: 'verify_with_get_status',
};

/** Columns in the order of `reports`. */
const fromNotifications = `
  INTENDED      dupl ask  ask  ask  ask  ask  ask  ask  ask  deny canc expi fail
  UNKNOWN       ask  ask  ask  ask  ask  ask  ask  ask  ask  deny canc expi fail
  PENDING       dupl ask  ask  ask  ask  ask  ask  ask  ask  deny canc expi fail
  AUTHORIZED    old  dupl ask  ask  ask  ask  ask  ask  ask  deny canc expi fail
  REVIEW        old  old  dupl ask  ask  ask  ask  ask  ask  deny canc expi fail
  CAPTURED      old  old  old  dupl ask  ask  ask  ask  ask  ask  ask  ask  ask
  SETTLED       old  old  old  old  dupl ask  ask  ask  ask  ask  ask  ask  ask
  PART_BACK     old  old  old  old  old  dupl ask  ask  ask  ask  ask  ask  ask
  ALL_BACK      old  old  old  old  old  old  dupl ask  ask  ask  ask  ask  ask
  PART_CHARGED  old  old  old  old  ask  ask  ask  dupl ask  ask  ask  ask  ask
  CHARGED_BACK  old  old  old  old  ask  ask  ask  old  dupl ask  ask  ask  ask
  REVERSED      old  old  old  ask  ask  ask  ask  ask  ask  dupl dupl dupl dupl
  DENIED        old  old  old  ask  ask  ask  ask  ask  ask  dupl ask  ask  ask
  CANCELLED     old  old  old  ask  ask  ask  ask  ask  ask  ask  dupl ask  ask
  EXPIRED       old  old  old  ask  ask  ask  ask  ask  ask  ask  ask  dupl ask
  FAILED        old  old  old  ask  ask  ask  ask  ask  ask  ask  ask  ask  dupl`;

const fromAnswers = `
  INTENDED      pend auth revw paid paid part full chpt chbk deny canc expi fail
  UNKNOWN       pend auth revw paid paid part full chpt chbk deny canc expi fail
  PENDING       dupl auth revw paid paid part full chpt chbk deny canc expi fail
  AUTHORIZED    old  dupl revw paid paid part full chpt chbk deny canc expi fail
  REVIEW        old  old  dupl paid paid part full chpt chbk deny canc expi fail
  CAPTURED      old  old  old  dupl stld part full chpt chbk revs revs revs revs
  SETTLED       old  old  old  old  dupl part full chpt chbk revs revs revs revs
  PART_BACK     old  old  old  old  old  dupl full chpt chbk revs revs revs revs
  ALL_BACK      old  old  old  old  old  old  dupl chpt chbk old  old  old  old
  PART_CHARGED  old  old  old  old  paid part full dupl chbk revs revs revs revs
  CHARGED_BACK  old  old  old  old  paid part full old  dupl old  old  old  old
  REVERSED      old  old  old  paid paid part full chpt chbk dupl dupl dupl dupl
  DENIED        old  old  old  paid paid part full chpt chbk dupl canc expi fail
  CANCELLED     old  old  old  paid paid part full chpt chbk deny dupl expi fail
  EXPIRED       old  old  old  paid paid part full chpt chbk deny canc dupl fail
  FAILED        old  old  old  paid paid part full chpt chbk deny canc expi dupl`;

/** Of another transaction: under a paid one, when it is paid itself, and when it was charged back. */
const ofOthers = `
  NEW           old  old  old  revw revw part old  chpt old  old  old  old  old
  PAID          old  old  old  dupl dupl part full chpt chbk revs revs revs revs
  CHARGED_BACK  old  old  old  dupl revw part full dupl dupl revs revs revs revs`;

const cells = (table: string): readonly (readonly [string, string, string])[] =>
  table
    .trim()
    .split('\n')
    .flatMap((row) => {
      const [standing = '', ...effects] = row.trim().split(/\s+/);
      return effects.map(
        (effect, i) => [standing, Object.keys(reports)[i] as string, words[effect] as string] as const,
      );
    });

describe('the transition table', () => {
  it.each(cells(fromNotifications))('[PAY-5][PAY-11] %s, notified of %s: %s', (standing, status, effect) => {
    const payment = standings[standing] as Payment;
    expect(decideReport(report(status, { ...reports[status], reportedAt: at(90) }), payment, at(90)).effect).toBe(
      effect,
    );
  });

  it.each(cells(fromAnswers))('[PAY-5][PAY-11] %s, the gateway answers %s: %s', (standing, status, effect) => {
    const payment = standings[standing] as Payment;
    expect(decideReport(answer(status, { ...reports[status], reportedAt: at(90) }), payment, at(90)).effect).toBe(
      effect,
    );
  });
});

describe('the transition table of a second transaction', () => {
  const paid = given(card, answer('settlement'));
  const second = (status: string) => answer(status, { transactionId: txB });
  const others: Readonly<Record<string, Payment>> = {
    NEW: paid,
    PAID: given(card, answer('settlement'), second('settlement')),
    CHARGED_BACK: given(card, answer('settlement'), second('settlement'), second('chargeback')),
  };

  it.each(cells(ofOthers))('[ORD-4][PAY-9] %s, the gateway answers %s: %s', (standing, status, effect) => {
    const one = answer(status, { ...reports[status], transactionId: txB, reportedAt: at(90) });
    expect(decideReport(one, others[standing] as Payment, at(90)).effect).toBe(effect);
  });
});

describe('a report that fits no status', () => {
  const odd = [
    ['an unknown status', { transactionStatus: 'partial_settlement' }],
    ['the name of an object property', { transactionStatus: 'constructor' }],
    ['settlement with the code of a failure', { transactionStatus: 'settlement', statusCode: '202' }],
    ['settlement with the code of pending', { transactionStatus: 'settlement', statusCode: '201' }],
    ['settlement under review', { transactionStatus: 'settlement', fraudStatus: 'challenge' }],
    ['settlement denied by the fraud check', { transactionStatus: 'settlement', fraudStatus: 'deny' }],
    ['pending with the code of success', { transactionStatus: 'pending', statusCode: '200' }],
    ['expire with the code of the API', { transactionStatus: 'expire', statusCode: '407' }],
    ['a refund with the code of a failure', { transactionStatus: 'refund', statusCode: '202' }],
  ] as const;

  it.each(odd)('[PAY-11] %s asks the gateway and changes nothing', (_, fields) => {
    for (const payment of Object.values(standings)) {
      const { effect, decision } = decideReport(
        report('settlement', { ...fields, reportedAt: at(90) }),
        payment,
        at(90),
      );
      expect([effect, decision.outcome]).toEqual(['verify_with_get_status', 'nothing']);
    }
  });

  it('an unknown answer never changes a known state', () => {
    for (const payment of Object.values(standings)) {
      const { decision } = decideReport(answer('partial_settlement', { reportedAt: at(90) }), payment, at(90));
      expect(decision.outcome === 'happened' ? decision.state.standing : payment.standing).toEqual(payment.standing);
    }
  });
});

describe('an answer that was asked for before our knowledge was', () => {
  it('cannot take money back that a later answer showed', () => {
    const paid = given(card, answer('settlement', { reportedAt: at(100) }));
    expect(decideReport(answer('deny', { reportedAt: at(99) }), paid, at(101)).effect).toBe('verify_with_get_status');
  });

  it('cannot bring money back that a later answer took', () => {
    const reversed = given(
      card,
      answer('settlement', { reportedAt: at(100) }),
      answer('deny', { reportedAt: at(110) }),
    );
    expect(decideReport(answer('settlement', { reportedAt: at(105) }), reversed, at(111)).effect).toBe(
      'verify_with_get_status',
    );
  });
});

describe('another transaction under the same gateway order id', () => {
  const other = { transactionId: txB, reportedAt: at(90) };

  it('is asked about while nothing is paid, and the gateway’s present one is taken', () => {
    const pending = given(card, answer('pending'));
    expect(decideReport(report('settlement', other), pending, at(90)).effect).toBe('verify_with_get_status');
    expect(decideReport(answer('settlement', other), pending, at(90)).effect).toBe('mark_paid');
  });

  it('that failed never touches a paid payment', () => {
    const paid = given(card, answer('settlement'));
    for (const status of ['deny', 'cancel', 'expire', 'failure', 'pending'])
      expect(decideReport(report(status, other), paid, at(90)).effect, status).toBe('noop_stale');
  });

  it('[PAY-9] that is paid too becomes one manual refund with an owner and a deadline', () => {
    const paid = given(card, answer('settlement'));
    expect(decideReport(report('settlement', other), paid, at(90)).effect).toBe('verify_with_get_status');
    const twice = given(card, answer('settlement'), answer('settlement', other));
    expect(twice.standing.status).toBe('PAID');
    expect(twice.refunds).toMatchObject([{ of: txB, status: 'MANUAL', amount: 120_000, owner: 'finance' }]);
    expect(decideReport(answer('settlement', other), twice, at(91)).effect).toBe('noop_duplicate');
  });
});
