/** Payments, reports and a gateway that always tells the truth, as the tests of payments speak of them. */

import type { Fact } from '../../functions/kernel/decision.ts';
import { rupiah, rupiahFrom } from '../../functions/kernel/rupiah.ts';
import { after, type Instant, instant, type OrderId, type RiderId } from '../../functions/kernel/types.ts';
import { intend } from '../../functions/payments/charge/charge.decider.ts';
import { type Intent, type Payment, type PaymentRef, paymentRefOf } from '../../functions/payments/payment.ts';
import { decideReport, type ReportDecision } from '../../functions/payments/reports/payment.decider.ts';
import type { Report, ReportedRefund } from '../../functions/payments/reports/report.ts';

/** 10:44 in Jakarta, when the customer asks to pay. */
export const start = instant(Date.parse('2026-11-21T03:44:00.000Z'));
export const at = (seconds: number): Instant => after(start, seconds * 1_000);

export const orderId = 'TNT-20261121-0000042' as OrderId;
export const rider = 'rider-1' as RiderId;
export const ref: PaymentRef = paymentRefOf(orderId, Math.floor(start / 1_000));
export const txA = '0b6f6a3e-5a0e-4a54-9a39-6d2a3f0c7001';
export const txB = 'A120250123494119o1P1fiYNhZID';

export const intent = (wishes: Partial<Intent> = {}): Intent => ({
  ref,
  orderId,
  riderId: rider,
  method: 'bca_va',
  amount: rupiah(120_000),
  merchantId: 'G700000001',
  requestedAt: start,
  ...wishes,
});
export const intended = (wishes: Partial<Intent> = {}): Payment => intend(intent(wishes)).state;

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
export const report = (status: string, wishes: Partial<Report> = {}): Report => {
  const [transactionStatus = '', fraudStatus] = status.split('/');
  const grossAmount = wishes.grossAmount ?? '120000.00';
  const code = wishes.source === 'answer' ? (answerCodes[status] ?? codes[status]) : codes[status];
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
    ...wishes,
  };
};
export const answer = (status: string, wishes: Partial<Report> = {}): Report =>
  report(status, { ...wishes, source: 'answer' });

export const refundOf = (key: string, amount: number, confirmed = false): ReportedRefund => ({
  key,
  amount: rupiah(amount),
  reason: 'asked for',
  confirmed,
});

export const heard = (payment: Payment, heard: ReportDecision): Payment =>
  heard.decision.outcome === 'happened' ? heard.decision.state : payment;
export const factsOf = ({ decision }: ReportDecision): readonly Fact[] =>
  decision.outcome === 'happened' ? decision.facts : [];

/** A payment after reports, each of them the gateway's own answer unless it says otherwise. */
export const given = (wishes: Partial<Intent>, ...reports: readonly Report[]): Payment =>
  reports.reduce((payment, one) => heard(payment, decideReport(one, payment, one.reportedAt)), intended(wishes));

export type Worked = {
  readonly payment: Payment;
  readonly effects: readonly string[];
  readonly facts: readonly Fact[];
};

/** What the worker does with a report: hears it, and asks the gateway when the decider says so. */
export const worked = (payment: Payment, one: Report, now: Instant, ask: (one: Report) => Report): Worked => {
  let state = payment;
  let said = one;
  const effects: string[] = [];
  const facts: Fact[] = [];
  for (let question = 0; question < 3; question += 1) {
    const result = decideReport(said, state, now, one.source === 'notification' ? one : undefined);
    state = heard(state, result);
    facts.push(...factsOf(result));
    effects.push(result.effect);
    if (result.effect !== 'verify_with_get_status') break;
    said = { ...ask(said), source: 'answer', reportedAt: now };
  }
  return { payment: state, effects, facts };
};

/** The money of an order as the facts tell it: what came, less what went back. */
export const booked = (facts: readonly Fact[]): number =>
  facts.reduce((sum, { type, data }) => {
    if (type === 'payment.settled') return sum + Number(data.amount);
    if (type === 'payment.reversed') return sum - Number(data.reversed);
    if (type === 'refund.changed') return sum - Number(data.refunded);
    if (type === 'chargeback.recorded') return sum - Number(data.chargedBack);
    return sum;
  }, 0);
