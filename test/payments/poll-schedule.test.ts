/** [PAY-8] When the gateway's status of a payment is read, and until when. */
import { describe, expect, it } from 'vitest';
import type { Payment } from '../../functions/payments/payment.ts';
import {
  isDue,
  lacksInstructions,
  nextRefundPoll,
  pollAfter,
  recheckAfter,
} from '../../functions/payments/poll-schedule.ts';
import { answer, at, given, intended } from '../support/payments.ts';

const unknown: Payment = { ...intended(), standing: { status: 'UNKNOWN', reason: 'time-out' } };
const minutes = (payment: Payment, reads: number) =>
  Array.from({ length: reads }, (_, count) => ((pollAfter(payment, at(0), count)?.at ?? 0) - at(0)) / 60_000);

describe('the schedule of reads', () => {
  it.each<[string, Payment, readonly number[]]>([
    ['an intent', intended(), [0.5, 0.5]],
    ['an unknown charge', unknown, [5 / 60, 0.5, 2, 10, 60, 360, 1_440, 1_440]],
    ['a card without its page', given({ method: 'card' }, answer('pending')), [5 / 60, 0.5, 2, 5, 10, 20, 40, 120]],
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

  it('begins with the first read', () => {
    expect(pollAfter(intended(), at(0))).toEqual({ at: at(30), count: 0 });
    expect(nextRefundPoll(at(0))).toEqual({ at: at(30), count: 0 });
  });

  it('lacks instructions only while the payment is pending', () => {
    expect([intended(), given({}, answer('pending')), unknown].map(lacksInstructions)).toEqual([false, true, false]);
  });

  it('of an unconfirmed notification ends after five answers, and without an answer never', () => {
    const rechecked = (count: number, isAnswered: boolean) => recheckAfter(at(0), count, isAnswered);
    expect(rechecked(4, true)).toEqual({ at: at(60), count: 4 });
    expect(rechecked(5, true)).toBeUndefined();
    expect(rechecked(5, false)).toEqual({ at: at(300), count: 5 });
  });

  it('is due from its time on', () => {
    const poll = { at: at(10), count: 0 };
    expect([isDue(undefined, at(10)), isDue(poll, at(9)), isDue(poll, at(10)), isDue(poll, at(11))]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});
