/** The rules of the charge: the intent before the call, an outcome without a report, which payment may follow which. */
import { type Decision, type Happened, happened, nothing, type Refusal } from '../../kernel/decision.ts';
import type { Instant, OrderId } from '../../kernel/types.ts';
import { factsBetween } from '../payment.facts.ts';
import type { Intent, Payment, PaymentFact, PaymentRef } from '../payment.ts';
import { isFailed, isPaid, paymentRefOf, secondsOf, underlying } from '../payment.ts';
import { refusals } from '../payments.refusals.ts';
import { pollAfter } from '../poll-schedule.ts';

type PaymentDecision = Decision<Payment, PaymentFact>;

/** Nothing can be known of a payment before its intent is written: the gateway is called after it. */
export const intend = (intent: Intent, cardToken?: string): Happened<Payment, PaymentFact> => {
  const standing = { status: 'INTENDED', ...(cardToken ? { cardToken } : {}) } as const;
  const { requestedAt: at } = intent;
  const ask = pollAfter({ ...intent, standing }, at);
  const payment: Payment = { ...intent, standing, refunds: [], heardAt: at, ask };
  return happened(payment, at, ...factsBetween(undefined, payment));
};

/** A time-out, a broken answer or an error of the gateway: the charge may have been made. Never "failed". */
export const outcomeUnknown = (reason: string, at: Instant, payment: Payment | undefined): PaymentDecision => {
  if (!payment) return nothing('unknown-payment');
  const { standing, ask } = payment;
  if (standing.status === 'UNKNOWN')
    return happened({ ...payment, ask: pollAfter(payment, at, (ask?.count ?? 0) + 1) }, at);
  if (standing.status !== 'INTENDED') return nothing('known-meanwhile');
  const unknown = { ...standing, status: 'UNKNOWN', reason } as const;
  return become(payment, { ...payment, standing: unknown, ask: pollAfter({ ...payment, standing: unknown }, at) }, at);
};

/** The gateway refused the charge and made no transaction. */
export const chargeRefused = (reason: string, at: Instant, payment: Payment | undefined): PaymentDecision => {
  if (!payment) return nothing('unknown-payment');
  const { status } = payment.standing;
  if (status !== 'INTENDED' && status !== 'UNKNOWN') return nothing('known-meanwhile');
  return become(payment, { ...payment, standing: { status: 'FAILED', reason }, ask: undefined }, at);
};

const become = (before: Payment, next: Payment, at: Instant): PaymentDecision =>
  happened(next, at, ...factsBetween(before, next));

/** What must be done before another charge of the same order can be made. */
type Turn =
  | { readonly step: 'charge'; readonly ref: PaymentRef; readonly after: PaymentRef | undefined }
  | { readonly step: 'cancel-first'; readonly payment: Payment }
  | { readonly step: 'refuse'; readonly refusal: Refusal };

/** Only one payment follows another, and only one that is over: a customer never has two ways to pay at once. */
export const turn = (orderId: OrderId, payments: readonly Payment[], at: Instant): Turn => {
  const last = payments.at(-1);
  const seconds = Math.max(Math.floor(at / 1_000), last ? secondsOf(last.ref) + 1 : 0);
  if (!last) return { step: 'charge', ref: paymentRefOf(orderId, seconds), after: undefined };
  if (payments.some(({ standing }) => standing.status === 'HELD')) return { step: 'refuse', refusal: refusals.held };
  // Also one before the last: a late settlement pays an expired payment after another was made.
  if (payments.some(hasMoney)) return { step: 'refuse', refusal: refusals.paid };
  const standing = underlying(last);
  if (isFailed(standing) || standing.status === 'REVERSED' || standing.status === 'REFUNDED')
    return { step: 'charge', ref: paymentRefOf(orderId, seconds), after: last.ref };
  return standing.status === 'INTENDED' || standing.status === 'UNKNOWN'
    ? { step: 'refuse', refusal: refusals.underWay }
    : { step: 'cancel-first', payment: last };
};

const hasMoney = (payment: Payment): boolean => {
  const standing = underlying(payment);
  return isPaid(standing) && standing.status !== 'REFUNDED';
};

/** @returns the payment this request made before, or `reused` when its key belongs to another request */
export const repeated = (
  payments: readonly Payment[],
  key: string | undefined,
  fingerprint: string,
): Payment | 'reused' | undefined => {
  const before = key === undefined ? undefined : payments.find(({ request }) => request?.key === key);
  if (!before) return undefined;
  return before.request?.fingerprint === fingerprint ? before : 'reused';
};
