/** Which payment may follow which, and what an outcome without a report does. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import type { Order } from '../../../functions/orders/order.ts';
import { chargeRefused, outcomeUnknown, turn, type Wish } from '../../../functions/payments/charge/charge.decider.ts';
import { withPayments } from '../../../functions/payments/order-payments.ts';
import { type Payment, paymentRefOf } from '../../../functions/payments/payment.ts';
import { answer, at, finishedOrder, given, intended, orderId, ref, refundOf } from '../../support/payments.ts';

const failed = given({}, answer('expire'));
/** The order once it has taken in what the payments say. */
const orderWith = (payments: readonly Payment[], order: Order = finishedOrder()): Order | undefined =>
  withPayments(
    order,
    payments.map((state) => ({ state, version: 1 })),
    at(100),
  );
const later = (payment: Payment, seconds: number): Payment => ({
  ...payment,
  ref: paymentRefOf(orderId, 1_795_232_640 + seconds),
});
const qris = { method: 'qris' } as const;
const shown = (order: Order | undefined, payments: readonly Payment[], wish: Wish): string => {
  const found = turn(order, payments, wish, at(100));
  if (found.step === 'refuse') return found.refusal.code;
  if (found.step === 'end-first') return `end ${Number(found.ref.slice(-10)) - 1_795_232_640}`;
  return found.step === 'charge' ? `${found.purpose} ${found.amount}` : `${found.step} ${found.amount}`;
};
const nextRef = (payment: Payment | undefined, seconds: number): string | undefined => {
  const payments = payment ? [payment] : [];
  const found = turn(orderWith(payments), payments, qris, at(seconds));
  return found.step === 'charge' ? found.ref : undefined;
};
const unknown = outcomeUnknown('time-out', at(22), intended());

describe('[PAY-3] the next payment of an order', () => {
  it.each<[string, readonly Payment[], string]>([
    ['none', [], 'base 120000'],
    ['one that expired', [failed], 'base 120000'],
    ['one that was reversed', [given({}, answer('settlement'), answer('deny'))], 'base 120000'],
    [
      'one that was refunded',
      [given({ method: 'gopay' }, answer('settlement'), answer('refund', { refunds: [refundOf('r1', 120_000)] }))],
      'base 120000',
    ],
    ['one that waits', [given({}, answer('pending'))], 'end 0'],
    ['one whose charge is under way', [intended()], 'PAYMENT_IN_PROGRESS'],
    ['one whose outcome is unknown', unknown.outcome === 'happened' ? [unknown.state] : [], 'PAYMENT_IN_PROGRESS'],
    ['one that is paid', [given({}, answer('settlement'))], 'ALREADY_PAID'],
    ['one that is paid, before one that expired', [given({}, answer('settlement')), later(failed, 1)], 'ALREADY_PAID'],
    [
      'one that is held, before one that expired',
      [given({}, answer('settlement', { currency: 'USD' })), later(failed, 1)],
      'PAYMENT_HELD',
    ],
  ])('after %s: %s', (_, payments, expected) => {
    expect(shown(orderWith(payments), payments, qris)).toBe(expected);
  });

  it('has a reference later by a second at least', () => {
    expect(nextRef(undefined, 0)).toBe(ref);
    expect(nextRef(failed, 0)).toBe(`${orderId}-${Number(ref.slice(-10)) + 1}`);
    expect(nextRef(failed, 100.9)).toBe(`${orderId}-${Number(ref.slice(-10)) + 100}`);
  });
});

describe('[ORD-13] what a request may charge', () => {
  const part = (amount: number, seconds: number, ...reports: readonly string[]): Payment => {
    const grossAmount = `${amount}.00`;
    const answers = ['pending', ...reports].map((status) => answer(status, { grossAmount }));
    return later(given({ amount: rupiah(amount) }, ...answers), seconds);
  };
  const tipped = (seconds: number): Payment => ({ ...part(5_000, seconds), purpose: 'tip' });
  const late = (seconds: number): Payment => ({ ...part(20_000, seconds), purpose: 'overtime' });
  const going = (seconds: number): Payment => later(intended({ amount: rupiah(70_000) }), seconds);
  const owing = (owed: Order['owed']): Order => finishedOrder({ owed });
  const both = { base: rupiah(100_000), overtime: rupiah(20_000) };
  const cancelled = (fee: number): Order => {
    const { fare: _, finishedAt: __, ...trip } = finishedOrder();
    const owed = fee > 0 ? { cancellation: rupiah(fee) } : {};
    return { ...trip, status: 'CANCELLED', reason: 'late', cancelledAt: at(0), owed };
  };
  const { fare: _, finishedAt: __, ...rest } = finishedOrder();
  const active: Order = { ...rest, status: 'ACTIVE', owed: {} };
  const prepaid: Order = { ...active, owed: { base: rupiah(90_000) } };

  it.each<[string, Order, readonly Payment[], Partial<Wish>, string]>([
    ['a part', finishedOrder(), [], { amount: rupiah(50_000) }, 'base 50000'],
    ['more than is owed', finishedOrder(), [], { amount: rupiah(120_001) }, 'AMOUNT_TOO_HIGH'],
    ['the rest beside a part that waits', finishedOrder(), [part(50_000, 0)], {}, 'base 70000'],
    ['the rest after a part that is paid', finishedOrder(), [part(50_000, 0, 'settlement')], {}, 'base 70000'],
    [
      'more than the rest after a part that is paid',
      finishedOrder(),
      [part(50_000, 0, 'settlement')],
      { amount: rupiah(70_001) },
      'AMOUNT_TOO_HIGH',
    ],
    [
      'more than the rest beside a part that waits',
      finishedOrder(),
      [part(50_000, 0)],
      { amount: rupiah(70_001) },
      'end 0',
    ],
    ['all, with two parts that wait', finishedOrder(), [part(50_000, 0), part(70_000, 1)], {}, 'end 0'],
    ['the first purpose that is owed', owing(both), [], {}, 'base 100000'],
    ['another purpose', owing(both), [], { purpose: 'overtime' }, 'overtime 20000'],
    ['the second purpose, when the first is paid', owing(both), [part(100_000, 0, 'settlement')], {}, 'overtime 20000'],
    [
      'the second purpose, while the first waits',
      owing(both),
      [part(100_000, 0)],
      { purpose: 'overtime' },
      'overtime 20000',
    ],
    ['a purpose that is not owed', finishedOrder(), [], { purpose: 'extra' }, 'NOTHING_OWED'],
    ['the fee of a cancelled order', cancelled(15_000), [], {}, 'cancellation 15000'],
    ['a cancelled order without a fee', cancelled(0), [], {}, 'NOTHING_OWED'],
    ['a tip of a cancelled order', cancelled(15_000), [], { purpose: 'tip', amount: rupiah(5_000) }, 'NOTHING_OWED'],
    ['a trip without a fare', active, [], {}, 'NOT_FINISHED'],
    ['a trip that is paid in advance', prepaid, [], {}, 'base 90000'],
    ['a tip', finishedOrder(), [part(120_000, 0, 'settlement')], { purpose: 'tip', amount: rupiah(5_000) }, 'tip 5000'],
    [
      'a tip while the fare waits',
      finishedOrder(),
      [part(120_000, 0)],
      { purpose: 'tip', amount: rupiah(5_000) },
      'tip 5000',
    ],
    ['a tip while another tip waits', finishedOrder(), [tipped(0)], { purpose: 'tip', amount: rupiah(5_000) }, 'end 0'],
    ['the fare while it waits, and a tip does', finishedOrder(), [tipped(0), part(120_000, 1)], {}, 'end 1'],
    ['the overtime, while both wait', owing(both), [part(100_000, 0), late(1)], { purpose: 'overtime' }, 'end 1'],
    ['the fare, while both wait', owing(both), [late(0), part(100_000, 1)], { purpose: 'base' }, 'end 1'],
    [
      'the overtime, while the fare waits for too much',
      owing(both),
      [part(110_000, 0)],
      { purpose: 'overtime', amount: rupiah(20_000) },
      'end 0',
    ],
    ['all, while a part waits and another is being charged', finishedOrder(), [part(50_000, 0), going(1)], {}, 'end 0'],
    ['all, while a part is being charged', finishedOrder(), [going(0), part(50_000, 1)], {}, 'PAYMENT_IN_PROGRESS'],
    ['too little for the method', finishedOrder(), [], { method: 'bca_va', amount: rupiah(9_999) }, 'not-taken 9999'],
    ['a fare in cash', finishedOrder({ cash: { base: rupiah(120_000) } }), [], {}, 'NOTHING_OWED'],
  ])('%s', (_, order, payments, wish, expected) => {
    expect(shown(orderWith(payments, order), payments, { ...qris, ...wish })).toBe(expected);
  });

  it('of an order that does not exist is refused', () => {
    expect(shown(undefined, [], qris)).toBe('ORDER_NOT_FOUND');
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
