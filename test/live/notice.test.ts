/** What operators are shown of an event of the money. */
import { describe, expect, it } from 'vitest';
import { noticeOf } from '../../functions/live/notice.ts';
import { settled } from './world.ts';

describe('an event of the money', () => {
  it('becomes a notice without personal data', () => {
    expect(noticeOf(settled(7))).toEqual({
      key: 'payment.settled/TNT-20261121-0000007-1795232640/PAYMENT/3',
      type: 'payment.settled',
      orderId: 'TNT-20261121-0000007',
      paymentRef: 'TNT-20261121-0000007-1795232640',
      amount: 120_000,
      method: 'qris',
      at: '2026-11-21T05:00:00.000Z',
    });
  });

  it.each<[string, object, object]>([
    [
      'a payment that is held shows what differs',
      { type: 'payment.held', what: 'amount', expected: '1', said: '2' },
      { what: 'amount', amount: 120_000 },
    ],
    [
      'a reversal shows what is gone',
      { type: 'payment.reversed', transactionId: 't', reversed: 90_000 },
      { amount: 90_000 },
    ],
    [
      'a refund shows what went back with it',
      { type: 'refund.changed', refunds: [], refunded: 20_000, refundedTotal: 50_000, full: false },
      { amount: 20_000 },
    ],
    [
      'a chargeback shows what was taken with it',
      { type: 'chargeback.recorded', chargedBack: 30_000, chargedBackTotal: 40_000, full: false },
      { amount: 30_000 },
    ],
    [
      'a won dispute shows what is back',
      { type: 'chargeback.returned', returned: 30_000, chargedBackTotal: 0 },
      { amount: 30_000 },
    ],
    ['money that is there again shows how much', { type: 'payment.settled', received: 70_000 }, { amount: 70_000 }],
    [
      'a chargeback without an amount shows what its notification claims',
      { type: 'chargeback.held', claimed: 30_000 },
      { amount: 30_000 },
    ],
    ['or all of it, when nothing is claimed', { type: 'chargeback.held' }, { amount: 120_000 }],
    ['a paid order shows its fare', { type: 'order.paid', fare: 60_000 }, { amount: 60_000 }],
  ])('%s', (_, change, shown) => {
    expect(noticeOf(settled(7, change))).toMatchObject(shown);
  });

  it('shows no method where the event names none', () => {
    expect(noticeOf(settled(7, { type: 'order.unpaid', fare: 60_000 }))).not.toHaveProperty('method');
  });
});
