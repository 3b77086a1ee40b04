/** Payments, reports and a gateway that is always right, as the tests of payments name them. */

import type { Fact } from '../../functions/kernel/decision.ts';
import { rupiah, rupiahFrom } from '../../functions/kernel/rupiah.ts';
import {
  after,
  type DriverId,
  type Instant,
  instant,
  type OrderId,
  type RiderId,
} from '../../functions/kernel/types.ts';
import type { InStatus } from '../../functions/orders/order.ts';
import { intend } from '../../functions/payments/charge/charge.decider.ts';
import type { Charge } from '../../functions/payments/charge/charge.ts';
import { type Intent, type Payment, type PaymentRef, paymentRefOf } from '../../functions/payments/payment.ts';
import { decideReport, type ReportDecision } from '../../functions/payments/reports/payment.decider.ts';
import type { Report, ReportedRefund } from '../../functions/payments/reports/report.ts';

/** 10:44 in Jakarta, when the customer pays. */
export const start = instant(Date.parse('2026-11-21T03:44:00.000Z'));
export const at = (seconds: number): Instant => after(start, seconds * 1_000);

export const orderId = 'TNT-20261121-0000042' as OrderId;
export const rider = 'rider-1' as RiderId;
export const ref: PaymentRef = paymentRefOf(orderId, Math.floor(start / 1_000));
export const txA = '0b6f6a3e-5a0e-4a54-9a39-6d2a3f0c7001';
export const txB = 'A120250123494119o1P1fiYNhZID';

export const intent = (fields: Partial<Intent> = {}): Intent => ({
  ref,
  orderId,
  riderId: rider,
  method: 'bca_va',
  amount: rupiah(120_000),
  merchantId: 'G700000001',
  requestedAt: start,
  ...fields,
});
export const intended = (fields: Partial<Intent> = {}): Payment => intend(intent(fields)).state;

/** A finished trip of 120,000 that nobody has paid. */
export const finishedOrder = (fields: Partial<InStatus<'FINISHED'>> = {}): InStatus<'FINISHED'> => ({
  orderId,
  riderId: rider,
  driverId: 'driver-1' as DriverId,
  serviceLine: 'BB',
  openedAt: start,
  status: 'FINISHED',
  fare: rupiah(120_000),
  finishedAt: start,
  owed: { base: rupiah(120_000) },
  cash: {},
  payments: {},
  ...fields,
});

/** The request of the rider to pay the order by virtual account. */
export const wanted = (fields: Partial<Charge> = {}): Charge => ({
  orderId,
  riderId: rider,
  method: 'bca_va',
  key: 'request-1',
  fingerprint: 'body-1',
  ...fields,
});

/** The status code a notification carries with a status, docs/midtrans.md §5.1. */
const codes: Readonly<Record<string, string>> = {
  pending: '201',
  'capture/challenge': '201',
  deny: '202',
  cancel: '202',
  expire: '202',
  failure: '202',
  'capture/deny': '202',
};
/** The codes of the status API where they differ. */
const answerCodes: Readonly<Record<string, string>> = { cancel: '200', expire: '407' };

/** `capture/challenge` is a status with its fraud status. */
export const report = (status: string, fields: Partial<Report> = {}): Report => {
  const [transactionStatus = '', fraudStatus] = status.split('/');
  const grossAmount = fields.grossAmount ?? '120000.00';
  const code = fields.source === 'answer' ? (answerCodes[status] ?? codes[status]) : codes[status];
  return {
    source: 'notification',
    reportedAt: at(60),
    transactionId: txA,
    transactionStatus,
    statusCode: code ?? '200',
    fraudStatus: fraudStatus ?? 'accept',
    grossAmount,
    amount: rupiahFrom(grossAmount),
    currency: 'IDR',
    merchantId: 'G700000001',
    refunds: [],
    instructions: {},
    ...fields,
  };
};
export const answer = (status: string, fields: Partial<Report> = {}): Report =>
  report(status, { ...fields, source: 'answer' });

export const refundOf = (key: string, amount: number, confirmed = false): ReportedRefund => ({
  key,
  amount: rupiah(amount),
  reason: 'on request',
  confirmed,
});

export const stateAfter = (payment: Payment, heard: ReportDecision): Payment =>
  heard.decision.outcome === 'happened' ? heard.decision.state : payment;
export const factsOf = ({ decision }: ReportDecision): readonly Fact[] =>
  decision.outcome === 'happened' ? decision.facts : [];

/** A payment after reports, each an answer of the gateway by default. */
export const given = (fields: Partial<Intent>, ...reports: readonly Report[]): Payment =>
  reports.reduce((payment, one) => stateAfter(payment, decideReport(one, payment, one.reportedAt)), intended(fields));

export type Worked = {
  readonly payment: Payment;
  readonly effects: readonly string[];
  readonly facts: readonly Fact[];
};

/** What the worker does with a report: decides, and reads the status when the decision requires it. */
export const worked = (payment: Payment, one: Report, now: Instant, truth: (one: Report) => Report): Worked => {
  let state = payment;
  let reported = one;
  const effects: string[] = [];
  const facts: Fact[] = [];
  for (let question = 0; question < 3; question += 1) {
    const result = decideReport(reported, state, now, one.source === 'notification' ? one : undefined);
    state = stateAfter(state, result);
    facts.push(...factsOf(result));
    effects.push(result.effect);
    if (result.effect !== 'verify_with_get_status') break;
    reported = { ...truth(reported), source: 'answer', reportedAt: now };
  }
  return { payment: state, effects, facts };
};

/** The money of an order by its facts: what came, less what went back. */
export const booked = (facts: readonly Fact[]): number =>
  facts.reduce((sum, { type, data }) => {
    if (type === 'payment.settled') return sum + Number(data.received ?? data.amount);
    if (type === 'chargeback.returned') return sum + Number(data.returned);
    if (type === 'payment.reversed') return sum - Number(data.reversed);
    if (type === 'refund.changed') return sum - Number(data.refunded);
    if (type === 'chargeback.recorded') return sum - Number(data.chargedBack);
    return sum;
  }, 0);
