/** A payment: its reference, its item, when it is due, and its status by the money that went back. */
import { describe, expect, it } from 'vitest';
import { isAtGateway } from '../../functions/payments/commands.ts';
import {
  instructionsOf,
  isPaymentRef,
  type Payment,
  paymentAggregate,
  paymentAt,
} from '../../functions/payments/payment.ts';
import { answer, at, given, intended, orderId, ref, refundOf } from '../support/payments.ts';

const card = { method: 'card' } as const;
const pk = `ORDER#${orderId}`;
const seconds = ref.slice(-10);

describe('the reference of a payment', () => {
  it.each([
    [ref, true],
    ['TNT-20261121-0000042-1795232640', true],
    [`x${ref}`, false],
    [`${ref}1`, false],
    [ref.slice(0, -1), false],
    ['TNT-2026112-0000042-1795232640', false],
    ['TNT-2026112x-0000042-1795232640', false],
    ['TNT-20261121-000004-1795232640', false],
    ['TNT-20261121-000004I-1795232640', false],
    ['TNT-20261121-000004Z-1795232640', true],
    ['TNT-20261121-0000042-179523264x', false],
  ])('%s: %s', (text, is) => {
    expect(isPaymentRef(text)).toBe(is);
  });

  it('is read from the key of its item, and from no other key', () => {
    expect(paymentAt({ pk, sk: `PAYMENT#${seconds}` })).toBe(ref);
    expect(paymentAt({ pk, sk: `PAYMENTS${seconds}` })).toBeUndefined();
    expect(paymentAt({ pk, sk: 'PAYMENT#1' })).toBeUndefined();
    expect(paymentAt({ pk: 'DRIVER#1', sk: `PAYMENT#${seconds}` })).toBeUndefined();
  });

  it('is at the key of its item', () => {
    expect(paymentAggregate.key(ref)).toEqual({ pk, sk: `PAYMENT#${seconds}` });
  });
});

describe('the deadline of an item', () => {
  it.each([
    [`PAYMENT#${seconds}`, true],
    [`EARLY#${seconds}#m`, true],
    ['RIDE', false],
    ['x-PAYMENT#', false],
  ])('at %s is at the gateway: %s', (sk, is) => {
    expect(isAtGateway({ pk, sk })).toBe(is);
  });

  it('is the first of its reads and its open refunds', () => {
    const paid = given(card, answer('settlement'));
    const refund = { key: 'r', amount: paid.amount, reason: '', requestedAt: at(0) };
    const requested = { ...refund, status: 'REQUESTED', ask: { at: at(20), count: 0 } } as const;
    const manual = { ...refund, status: 'MANUAL', owner: 'finance', dueAt: at(10), reminders: 0 } as const;
    const due = (fields: Partial<Payment>) => paymentAggregate.dueAt({ ...paid, ...fields });
    const [early, late] = [
      { at: at(5), count: 0 },
      { at: at(30), count: 0 },
    ];
    expect(due({})).toBeUndefined();
    expect(due({ ask: late, recheck: early })).toBe(at(5));
    expect(due({ ask: early, recheck: late })).toBe(at(5));
    expect(due({ ask: late, refunds: [requested] })).toBe(at(20));
    expect(due({ refunds: [requested, manual] })).toBe(at(10));
    expect(due({ refunds: [{ ...refund, status: 'ACCEPTED' }] })).toBeUndefined();
  });
});

describe('the status of paid money', () => {
  const chargedBack = given(card, answer('settlement'), answer('chargeback'));
  const part = answer('partial_refund', { refunds: [refundOf('r1', 20_000)], reportedAt: at(90) });

  it('that was charged back stays so after a refund', () => {
    const inPart = given(
      card,
      answer('settlement'),
      answer('partial_chargeback', { refundAmount: refundOf('r1', 30_000).amount }),
      part,
    );
    expect(inPart).toMatchObject({ standing: { status: 'PARTIALLY_CHARGED_BACK' }, refunds: [{ amount: 20_000 }] });
    expect(given(card, answer('settlement'), answer('chargeback'), part).standing).toEqual(chargedBack.standing);
  });

  it('follows from what went back', () => {
    const all = answer('refund', { refunds: [refundOf('r1', 120_000)], reportedAt: at(90) });
    expect(given(card, answer('settlement'), part).standing.status).toBe('PARTIALLY_REFUNDED');
    expect(given(card, answer('settlement'), all).standing.status).toBe('REFUNDED');
  });
});

describe('what the gateway has shown of where to pay', () => {
  it('is known under a hold, and nothing of a payment that is not pending', () => {
    const pending = answer('pending', { instructions: { vaNumber: '7' } });
    const held = given({}, pending, answer('settlement', { grossAmount: '125000.00' }));
    expect([held.standing.status, instructionsOf(held)]).toEqual(['HELD', { vaNumber: '7' }]);
    expect(instructionsOf(intended())).toEqual({});
  });
});
