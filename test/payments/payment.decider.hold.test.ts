/** [PAY-5] Amount, currency and merchant must match, else the payment is held. */
import { describe, expect, it } from 'vitest';
import { hear, release } from '../../functions/payments/payment.decider.ts';
import { answer, at, booked, factsOf, given, heard, intended, report } from '../support/payments.ts';

const other = { grossAmount: '125000.00' };

describe('a report of another amount, currency or merchant', () => {
  const wrong = [
    ['amount', { grossAmount: '120000.50' }, '120000.00', '120000.50'],
    ['amount', other, '120000.00', '125000.00'],
    ['amount', { grossAmount: '1e5' }, '120000.00', '1e5'],
    ['currency', { currency: 'USD' }, 'IDR', 'USD'],
    ['merchant', { merchantId: 'G999999999' }, 'G700000001', 'G999999999'],
  ] as const;

  it.each(wrong)('[PAY-5] holds the payment for its %s: %o', (what, wishes, expected, said) => {
    for (const payment of [intended(), given({}, answer('pending')), given({}, answer('settlement')), given({}, answer('expire'))]) {
      const held = hear(report('settlement', { ...wishes, saidAt: at(90) }), payment, at(90));
      expect(held.effect).toBe('hold_amount_mismatch');
      expect(heard(payment, held).standing).toMatchObject({ status: 'HELD', hold: { what, expected, said }, under: payment.standing });
      expect(factsOf(held).map(({ type }) => type)).toEqual(['payment.held']);
    }
  });

  it('is a duplicate when it comes again', () => {
    const held = given({}, report('settlement', other));
    expect(hear(report('settlement', { ...other, saidAt: at(91) }), held, at(91)).effect).toBe('noop_duplicate');
  });

  it('an absent currency or merchant is not another one', () => {
    const { effect } = hear(report('pending', { currency: undefined, merchantId: undefined }), intended(), at(90));
    expect(effect).toBe('mark_pending');
  });
});

describe('a held payment', () => {
  const held = given({}, answer('pending'), report('settlement', other));
  const paidUnderneath = heard(held, hear(answer('settlement', { saidAt: at(95) }), held, at(95)));

  it('takes in what the gateway reports without telling anyone', () => {
    const settled = hear(answer('settlement', { saidAt: at(95) }), held, at(95));
    expect(settled.effect).toBe('hold_amount_mismatch');
    expect(heard(held, settled).standing).toMatchObject({ status: 'HELD', under: { status: 'PAID' }, before: { status: 'PENDING' } });
    expect(factsOf(settled)).toEqual([]);
  });

  it('asks before it takes money in', () => {
    expect(hear(report('settlement', { saidAt: at(95) }), held, at(95)).effect).toBe('verify_with_get_status');
  });

  it('is released by the gateway’s own answer that fits, and then tells what was kept back', () => {
    const freed = release(answer('settlement', { saidAt: at(99) }), paidUnderneath, at(99));
    expect(freed.effect).toBe('mark_paid');
    expect(heard(paidUnderneath, freed).standing.status).toBe('PAID');
    expect(factsOf(freed).map(({ type }) => type)).toEqual(['payment.settled']);
  });

  it('stays held when the gateway’s own answer does not fit', () => {
    const { effect } = release(answer('settlement', { ...other, saidAt: at(99) }), paidUnderneath, at(99));
    expect(effect).toBe('noop_duplicate');
  });

  it('tells nothing twice that was told before it was held', () => {
    const paid = given({}, answer('settlement'), report('settlement', other));
    const freed = release(answer('settlement', { saidAt: at(99) }), paid, at(99));
    expect(factsOf(freed).map(({ type }) => type)).toEqual(['payment.released']);
    expect(booked(factsOf(freed))).toBe(0);
  });

  it('keeps back a refund too, and tells it at the release', () => {
    const refunds = [{ key: 'r1', amount: 20_000, reason: 'x', confirmed: false }] as never;
    const refundedUnder = heard(paidUnderneath, hear(answer('partial_refund', { refunds, saidAt: at(96) }), paidUnderneath, at(96)));
    const freed = release(answer('partial_refund', { refunds, saidAt: at(99) }), refundedUnder, at(99));
    expect(booked(factsOf(freed))).toBe(100_000);
  });

  it('[PAY-5] ends the same whether the hold or the settlement came first', () => {
    const first = given({}, report('settlement', other), answer('settlement', { saidAt: at(95) }));
    const second = given({}, answer('settlement', { saidAt: at(90) }), report('settlement', { ...other, saidAt: at(95) }));
    const freed = [first, second].map((payment) => heard(payment, release(answer('settlement', { saidAt: at(99) }), payment, at(99))));
    expect([first, second].map(({ standing }) => standing.status)).toEqual(['HELD', 'HELD']);
    expect(freed.map(({ standing }) => standing.status)).toEqual(['PAID', 'PAID']);
  });
});
