/** [PAY-8] When the gateway's status of a payment is read, and until when. */
import { describe, expect, it } from 'vitest';
import type { Payment } from '../../functions/payments/payment.ts';
import { nextRefundPoll, pollAfter } from '../../functions/payments/poll-schedule.ts';
import { answer, at, given, intended } from '../support/payments.ts';

const minutes = (payment: Payment, reads: number) =>
  Array.from({ length: reads }, (_, count) => ((pollAfter(payment, at(0), count)?.at ?? 0) - at(0)) / 60_000);

describe('the schedule of reads', () => {
  it.each<[string, Payment, readonly number[]]>([
    ['an intent', intended(), [0.5, 0.5]],
    [
      'a pending payment',
      given({}, answer('pending', { instructions: { vaNumber: '7' } })),
      [5, 10, 20, 40, 120, 360, 360],
    ],
    ['an authorized card', given({ method: 'card' }, answer('authorize')), [5, 10, 20, 40, 120, 360, 360]],
    ['a card under review', given({ method: 'card' }, answer('capture/challenge')), [5, 10, 20, 40, 120, 360, 360]],
    ['a captured card', given({ method: 'card' }, answer('capture')), [26 * 60, 24 * 60, 24 * 60]],
    ['a held payment', given({}, answer('settlement', { currency: 'USD' })), [5, 15, 60, 360, 360]],
  ])('of %s', (_, payment, expected) => {
    expect(minutes(payment, expected.length)).toEqual(expected);
  });

  it.each(['settlement', 'deny', 'expire', 'chargeback'])('ends with %s', (status) => {
    expect(pollAfter(given({ method: 'card' }, answer(status)), at(0))).toBeUndefined();
  });

  it('of a refund', () => {
    const gaps = Array.from({ length: 6 }, (_, count) => (nextRefundPoll(at(0), count).at - at(0)) / 60_000);
    expect(gaps).toEqual([0.5, 2, 10, 60, 360, 360]);
  });
});
