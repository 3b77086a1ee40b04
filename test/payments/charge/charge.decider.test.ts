/** Which payment may follow which, and what an outcome without a report does. */
import { describe, expect, it } from 'vitest';
import { chargeRefused, outcomeUnknown, turn } from '../../../functions/payments/charge/charge.decider.ts';
import type { Payment } from '../../../functions/payments/payment.ts';
import { answer, at, given, intended, orderId, ref, refundOf } from '../../support/payments.ts';

const failed = given({}, answer('expire'));
const next = (...payments: readonly Payment[]) => {
  const found = turn(orderId, payments, at(100));
  return found.step === 'refuse' ? found.refusal.code : found.step;
};
const nextRef = (payment: Payment | undefined, seconds: number): string | undefined => {
  const found = turn(orderId, payment ? [payment] : [], at(seconds));
  return found.step === 'charge' ? found.ref : undefined;
};
const unknown = outcomeUnknown('time-out', at(22), intended());

describe('[PAY-3] the next payment of an order', () => {
  it.each<[string, readonly Payment[], string]>([
    ['none', [], 'charge'],
    ['one that expired', [failed], 'charge'],
    ['one that was reversed', [given({}, answer('settlement'), answer('deny'))], 'charge'],
    [
      'one that was refunded',
      [given({ method: 'gopay' }, answer('settlement'), answer('refund', { refunds: [refundOf('r1', 120_000)] }))],
      'charge',
    ],
    ['one that waits', [given({}, answer('pending'))], 'cancel-first'],
    ['one whose charge is under way', [intended()], 'PAYMENT_IN_PROGRESS'],
    ['one whose outcome is unknown', unknown.outcome === 'happened' ? [unknown.state] : [], 'PAYMENT_IN_PROGRESS'],
    ['one that is paid', [given({}, answer('settlement'))], 'ALREADY_PAID'],
    ['one that is paid, before one that expired', [given({}, answer('settlement')), failed], 'ALREADY_PAID'],
    [
      'one that is held, before one that expired',
      [given({}, answer('settlement', { currency: 'USD' })), failed],
      'PAYMENT_HELD',
    ],
  ])('after %s: %s', (_, payments, expected) => {
    expect(next(...payments)).toBe(expected);
  });

  it('has a reference later by a second at least', () => {
    expect(nextRef(undefined, 0)).toBe(ref);
    expect(nextRef(failed, 0)).toBe(`${orderId}-${Number(ref.slice(-10)) + 1}`);
    expect(nextRef(failed, 100.9)).toBe(`${orderId}-${Number(ref.slice(-10)) + 100}`);
  });
});

describe('an outcome without a report', () => {
  it('never fails or forgets what is known of a payment', () => {
    for (const payment of [given({}, answer('pending')), given({}, answer('settlement')), failed]) {
      expect(chargeRefused('gateway-402', at(90), payment)).toEqual({ outcome: 'nothing', reason: 'known-meanwhile' });
      expect(outcomeUnknown('time-out', at(90), payment)).toEqual({ outcome: 'nothing', reason: 'known-meanwhile' });
    }
    for (const decide of [chargeRefused, outcomeUnknown])
      expect(decide('x', at(90), undefined)).toEqual({ outcome: 'nothing', reason: 'unknown-payment' });
  });

  it('that repeats is read later and later', () => {
    if (unknown.outcome !== 'happened') throw new Error('the outcome is known');
    const again = outcomeUnknown('time-out', at(60), unknown.state);
    expect([unknown.state.ask, again.outcome === 'happened' && again.state.ask]).toEqual([
      { at: at(27), count: 0 },
      { at: at(90), count: 1 },
    ]);
  });
});
