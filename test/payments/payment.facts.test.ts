/** The facts of a payment: each can be read by its event's schema, and none writes over its envelope. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import * as declared from '../../events/payment.ts';
import type { Decision } from '../../functions/kernel/decision.ts';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import { iso } from '../../functions/kernel/types.ts';
import { chargeRefused, intend, outcomeUnknown } from '../../functions/payments/charge/charge.decider.ts';
import type { Payment } from '../../functions/payments/payment.ts';
import { paidBack, refundDenied, requestRefund } from '../../functions/payments/refund/refund.decider.ts';
import { decideReport, release } from '../../functions/payments/reports/payment.decider.ts';
import type { Report } from '../../functions/payments/reports/report.ts';
import { answer, at, given, intended, intent, refundOf, txB } from '../support/payments.ts';

const pending = given({}, answer('pending'));
const paid = given({ method: 'qris' }, answer('settlement'));
const held = given({}, answer('pending'), answer('settlement', { grossAmount: '125000.00' }));
const captured = given({ method: 'card' }, answer('capture'));
const request = { key: 'rf-1', amount: undefined, reason: 'wrong route', at: at(70) };
const refunding = { ...paid, ...stateOf(requestRefund(request, paid)) } as Payment;
const byHand = stateOf(requestRefund(request, given({}, answer('settlement'))));

function stateOf(decision: Decision<Payment>): Payment {
  if (decision.outcome !== 'happened') throw new Error(`nothing happened: ${JSON.stringify(decision)}`);
  return decision.state;
}
const reported = (payment: Payment, one: Report): Decision<Payment> =>
  decideReport({ ...one, reportedAt: at(90) }, payment, at(90)).decision;
const part: Partial<Report> = { refundAmount: rupiah(50_000), refunds: [refundOf('r1', 50_000)] };

const changes: readonly (readonly [string, Decision<Payment>])[] = [
  ['payment.intended', intend(intent())],
  ['payment.unknown', outcomeUnknown('time-out', at(90), intended())],
  ['payment.pending', reported(intended(), answer('pending', { instructions: { expiresAt: at(86_400) } }))],
  ['payment.authorized', reported(intended({ method: 'card' }), answer('authorize'))],
  ['payment.under-review', reported(intended({ method: 'card' }), answer('capture/challenge'))],
  ['payment.settled', reported(pending, answer('settlement'))],
  ['payment.settlement-confirmed', reported(captured, answer('settlement'))],
  ['payment.denied', reported(pending, answer('deny'))],
  ['payment.cancelled', reported(pending, answer('cancel'))],
  ['payment.expired', reported(pending, answer('expire'))],
  ['payment.failed', chargeRefused('gateway-402', at(90), intended())],
  ['payment.failed', reported(pending, answer('failure'))],
  ['payment.reversed', reported(given({ method: 'permata_va' }, answer('settlement')), answer('deny'))],
  ['payment.held', reported(pending, answer('settlement', { grossAmount: '125000.00' }))],
  ['payment.held', reported(pending, answer('settlement', { merchantId: 'G999999999' }))],
  ['payment.released', release({ ...answer('pending'), reportedAt: at(90) }, held, at(90)).decision],
  ['refund.changed', requestRefund(request, paid)],
  ['refund.changed', reported(paid, answer('partial_refund', part))],
  ['refund.changed', refundDenied('rf-1', 'declined by the bank', at(90), refunding)],
  ['refund.changed', paidBack({ key: 'rf-1', reference: 'BCA 0421', by: 'op-1', at: at(90) }, byHand)],
  ['chargeback.held', reported(given({ method: 'card' }, answer('settlement')), answer('partial_chargeback'))],
  ['chargeback.recorded', reported(given({ method: 'card' }, answer('settlement')), answer('chargeback'))],
  ['chargeback.returned', reported(given({ method: 'card' }, answer('chargeback')), answer('settlement'))],
];

const schemas = new Map<string, z.ZodMiniType>(
  Object.values(declared).flatMap((one) => ('schema' in one ? [[one.type, one.schema]] : [])),
);

describe('the facts of a payment', () => {
  it.each(changes)('%s is the event of that name', (type, decision) => {
    if (decision.outcome !== 'happened') throw new Error(`nothing happened: ${JSON.stringify(decision)}`);
    expect(decision.facts.map((fact) => fact.type)).toEqual([type]);
    for (const fact of decision.facts) {
      const envelope = { id: 'x/PAYMENT/2', type: fact.type, version: 2, at: iso(at(90)) };
      const event: unknown = JSON.parse(JSON.stringify({ ...envelope, ...fact.data }));
      expect(event).toMatchObject(envelope);
      expect(z.parse(schemas.get(type) as z.ZodMiniType, event)).toEqual(event);
    }
  });

  it('cover the catalogue', () => {
    expect(new Set(changes.map(([type]) => type))).toEqual(new Set(schemas.keys()));
  });
});

const data = (payment: Payment, one: Report) => {
  const decision = reported(payment, one);
  return decision.outcome === 'happened' ? decision.facts.map(({ type, data: fields }) => ({ type, ...fields })) : [];
};
const settled = given({ method: 'card' }, answer('settlement'));
const chargedInPart = answer('partial_chargeback', { refundAmount: rupiah(30_000) });

describe('a change', () => {
  it('of a captured card to refunded or charged back is no confirmed settlement', () => {
    expect(data(captured, answer('partial_refund', part)).map(({ type }) => type)).toEqual(['refund.changed']);
    expect(data(captured, answer('chargeback')).map(({ type }) => type)).toEqual(['chargeback.recorded']);
  });

  it('of the transaction of a pending payment is published again, of its instructions not', () => {
    const first = given({}, answer('pending', { instructions: { vaNumber: '7' } }));
    const instructions = { vaNumber: '8' };
    expect(data(first, answer('pending', { instructions }))).toEqual([]);
    expect(data(first, answer('pending', { instructions, transactionId: txB }))).toMatchObject([
      { type: 'payment.pending', transactionId: txB },
    ]);
  });

  it('of one refund publishes that one, with what went back by it and altogether', () => {
    const first = given({ method: 'gopay' }, answer('settlement'), answer('partial_refund', part));
    const more = { refunds: [refundOf('r1', 50_000), refundOf('r2', 20_000)] };
    expect(data(first, answer('partial_refund', more))).toMatchObject([
      { refunds: [{ key: 'r2', amount: 20_000 }], refunded: 20_000, refundedTotal: 70_000, full: false },
    ]);
    expect(data(first, answer('partial_refund', { refunds: [refundOf('r1', 60_000)] }))).toMatchObject([
      { refunds: [{ key: 'r1', amount: 60_000 }], refunded: 10_000, refundedTotal: 60_000, full: false },
    ]);
    expect(data(first, answer('refund', { refunds: [refundOf('r1', 120_000)] }))).toMatchObject([
      { refunded: 70_000, refundedTotal: 120_000, full: true },
    ]);
  });

  it('by a second paid transaction names it, another refund names none', () => {
    const [twice] = data(settled, answer('settlement', { transactionId: txB })) as unknown as [{ refunds: object[] }];
    const [once] = data(settled, answer('partial_refund', part)) as unknown as [{ refunds: object[] }];
    expect(twice.refunds).toMatchObject([{ of: txB, amount: 120_000, status: 'MANUAL' }]);
    expect(once.refunds).toStrictEqual([{ key: 'r1', status: 'ACCEPTED', amount: 50_000, reason: 'on request' }]);
  });

  it('of a chargeback publishes what is new of it', () => {
    expect(data(settled, chargedInPart)).toMatchObject([
      { type: 'chargeback.recorded', chargedBack: 30_000, chargedBackTotal: 30_000, full: false },
    ]);
    const inPart = given({ method: 'card' }, answer('settlement'), chargedInPart);
    expect(data(inPart, answer('chargeback'))).toMatchObject([
      { type: 'chargeback.recorded', chargedBack: 90_000, chargedBackTotal: 120_000, full: true },
    ]);
  });

  it('that is the first report of the money publishes it, then what went back of it', () => {
    const types = (one: Report) => data(intended({ method: 'card' }), one).map(({ type }) => type);
    expect(types(answer('partial_refund', part))).toEqual(['payment.settled', 'refund.changed']);
    expect(types(answer('chargeback'))).toEqual(['payment.settled', 'chargeback.recorded']);
  });

  it('under a hold publishes nothing', () => {
    expect(data(held, answer('settlement'))).toEqual([]);
  });
});
