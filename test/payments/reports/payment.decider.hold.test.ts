/** [PAY-5] Amount, currency and merchant must match, else the payment is held. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { decideReport, release } from '../../../functions/payments/reports/payment.decider.ts';
import { answer, at, booked, factsOf, given, intended, report, stateAfter } from '../../support/payments.ts';

const other = { grossAmount: '125000.00' };

describe('a report of another amount, currency or merchant', () => {
  const wrong = [
    ['amount', { grossAmount: '120000.50' }, '120000.00', '120000.50'],
    ['amount', other, '120000.00', '125000.00'],
    ['amount', { grossAmount: '1e5' }, '120000.00', '1e5'],
    ['currency', { currency: 'USD' }, 'IDR', 'USD'],
    ['merchant', { merchantId: 'G999999999' }, 'G700000001', 'G999999999'],
  ] as const;

  it.each(wrong)(
    '[PAY-5][PAY-11] holds the payment for its %s when the gateway itself answers it, never by a notification: %o',
    (what, fields, expected, said) => {
      for (const payment of [
        intended(),
        given({}, answer('pending')),
        given({}, answer('settlement')),
        given({}, answer('expire')),
      ]) {
        const notified = decideReport(report('settlement', { ...fields, reportedAt: at(90) }), payment, at(90));
        expect([notified.effect, notified.decision.outcome]).toEqual(['verify_with_get_status', 'nothing']);
        const held = decideReport(answer('settlement', { ...fields, reportedAt: at(90) }), payment, at(90));
        expect(held.effect).toBe('hold_amount_mismatch');
        expect(stateAfter(payment, held).standing).toMatchObject({
          status: 'HELD',
          hold: { what, expected, said },
          under: payment.standing,
        });
        expect(factsOf(held).map(({ type }) => type)).toEqual(['payment.held']);
      }
    },
  );

  it('is a duplicate when it comes again', () => {
    const held = given({}, answer('settlement', other));
    expect(decideReport(answer('settlement', { ...other, reportedAt: at(91) }), held, at(91)).effect).toBe(
      'noop_duplicate',
    );
    expect(decideReport(report('settlement', { ...other, reportedAt: at(92) }), held, at(92)).effect).toBe(
      'noop_duplicate',
    );
  });

  it('an absent currency or merchant is not another one', () => {
    const { effect } = decideReport(
      answer('pending', { currency: undefined, merchantId: undefined }),
      intended(),
      at(90),
    );
    expect(effect).toBe('mark_pending');
  });
});

describe('a held payment', () => {
  const held = given({}, answer('pending'), answer('settlement', other));
  const paidUnderneath = stateAfter(held, decideReport(answer('settlement', { reportedAt: at(95) }), held, at(95)));

  it('applies what the gateway reports without publishing it', () => {
    const settled = decideReport(answer('settlement', { reportedAt: at(95) }), held, at(95));
    expect(settled.effect).toBe('hold_amount_mismatch');
    expect(stateAfter(held, settled).standing).toMatchObject({
      status: 'HELD',
      under: { status: 'PAID' },
      before: { status: 'PENDING' },
    });
    expect(factsOf(settled)).toEqual([]);
  });

  it('verifies before it takes money in', () => {
    expect(decideReport(report('settlement', { reportedAt: at(95) }), held, at(95)).effect).toBe(
      'verify_with_get_status',
    );
  });

  it('is released by the gateway’s own answer that matches, and then publishes what was kept back', () => {
    const freed = release(answer('settlement', { reportedAt: at(99) }), paidUnderneath, at(99));
    expect(freed.effect).toBe('mark_paid');
    expect(stateAfter(paidUnderneath, freed).standing.status).toBe('PAID');
    expect(factsOf(freed).map(({ type }) => type)).toEqual(['payment.settled']);
  });

  it('stays held when the gateway’s own answer does not fit', () => {
    const { effect } = release(answer('settlement', { ...other, reportedAt: at(99) }), paidUnderneath, at(99));
    expect(effect).toBe('noop_duplicate');
  });

  it('publishes nothing twice that was published before it was held', () => {
    const paid = given({}, answer('settlement'), answer('settlement', other));
    const freed = release(answer('settlement', { reportedAt: at(99) }), paid, at(99));
    expect(factsOf(freed).map(({ type }) => type)).toEqual(['payment.released']);
    expect(booked(factsOf(freed))).toBe(0);
  });

  it('keeps back a refund too, and publishes it at the release', () => {
    const refunds = [{ key: 'r1', amount: 20_000, reason: 'x', confirmed: false }] as never;
    const refundedUnder = stateAfter(
      paidUnderneath,
      decideReport(answer('partial_refund', { refunds, reportedAt: at(96) }), paidUnderneath, at(96)),
    );
    const freed = release(answer('partial_refund', { refunds, reportedAt: at(99) }), refundedUnder, at(99));
    expect(booked(factsOf(freed))).toBe(100_000);
  });

  it('[PAY-5] ends the same whether the hold or the settlement came first', () => {
    const first = given({}, answer('settlement', other), answer('settlement', { reportedAt: at(95) }));
    const second = given(
      {},
      answer('settlement', { reportedAt: at(90) }),
      answer('settlement', { ...other, reportedAt: at(95) }),
    );
    const freed = [first, second].map((payment) =>
      stateAfter(payment, release(answer('settlement', { reportedAt: at(99) }), payment, at(99))),
    );
    expect([first, second].map(({ standing }) => standing.status)).toEqual(['HELD', 'HELD']);
    expect(freed.map(({ standing }) => standing.status)).toEqual(['PAID', 'PAID']);
  });
});

describe('a partial chargeback of which the gateway does not say the amount', () => {
  const settled = given({ method: 'card' }, answer('settlement', { reportedAt: at(50) }));
  const claim = report('partial_chargeback', { refundAmount: rupiah(30_000), reportedAt: at(60) });
  const held = decideReport(answer('partial_chargeback', { reportedAt: at(60) }), settled, at(60), claim);
  const payment = stateAfter(settled, held);
  const amounts = answer('partial_chargeback', { refundAmount: rupiah(30_000), reportedAt: at(70) });

  it('[PAY-9] is held with the amount its notification claims, and nothing is recorded', () => {
    expect(held.effect).toBe('hold_amount_mismatch');
    expect(payment.standing).toMatchObject({
      status: 'HELD',
      hold: { what: 'chargeback-amount', claimed: 30_000 },
      under: { status: 'PAID' },
    });
    expect(payment.ledger).toMatchObject({ chargedBack: 0 });
    expect(factsOf(held)).toMatchObject([{ type: 'chargeback.held', data: { claimed: 30_000 } }]);
  });

  it('[PAY-9] is held without a claim too, and an amount of 0 is none', () => {
    for (const refundAmount of [undefined, rupiah(0)]) {
      const found = decideReport(answer('partial_chargeback', { refundAmount, reportedAt: at(60) }), settled, at(60));
      expect(stateAfter(settled, found).standing).toMatchObject({
        status: 'HELD',
        hold: { what: 'chargeback-amount' },
      });
      expect(JSON.stringify(factsOf(found))).not.toContain('claimed');
    }
  });

  it('[PAY-9] stays held while the amount is missing, whatever caused the read', () => {
    const silent = answer('partial_chargeback', { reportedAt: at(70) });
    expect([decideReport(silent, payment, at(70)).effect, release(silent, payment, at(70)).effect]).toEqual([
      'noop_duplicate',
      'noop_duplicate',
    ]);
  });

  it('[PAY-9] ends with the answer that brings it, whatever caused the read', () => {
    for (const rule of [decideReport, release]) {
      const freed = rule(amounts, payment, at(70));
      expect(freed.effect).toBe('record_chargeback_partial');
      expect(stateAfter(payment, freed)).toMatchObject({
        standing: { status: 'PARTIALLY_CHARGED_BACK' },
        ledger: { chargedBack: 30_000 },
      });
      expect(booked(factsOf(freed))).toBe(-30_000);
    }
  });

  it('[PAY-9] ends when all of it is charged back', () => {
    const whole = decideReport(answer('chargeback', { reportedAt: at(70) }), payment, at(70));
    expect(stateAfter(payment, whole)).toMatchObject({
      standing: { status: 'CHARGED_BACK' },
      ledger: { chargedBack: 120_000 },
    });
    expect(booked(factsOf(whole))).toBe(-120_000);
  });

  it('[PAY-9] is not ended by an answer that lags behind, only by a check', () => {
    const older = answer('settlement', { reportedAt: at(70) });
    expect(stateAfter(payment, decideReport(older, payment, at(70))).standing.status).toBe('HELD');
    expect(stateAfter(payment, release(older, payment, at(70))).standing.status).toBe('PAID');
  });

  it('[PAY-9] may be the first report of the money: both are published when the amount is there', () => {
    const first = stateAfter(
      intended(),
      decideReport(answer('partial_chargeback', { reportedAt: at(60) }), intended(), at(60)),
    );
    const freed = decideReport(amounts, first, at(70));
    expect(stateAfter(first, freed)).toMatchObject({
      standing: { status: 'PARTIALLY_CHARGED_BACK' },
      ledger: { chargedBack: 30_000 },
    });
    expect(booked(factsOf(freed))).toBe(90_000);
  });
});
