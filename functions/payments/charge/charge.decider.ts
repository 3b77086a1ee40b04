/** The rules of the charge: the intent before the call, an outcome without a report, which payment may follow which. */
import { type Decision, type Happened, happened, nothing, type Refusal } from '../../kernel/decision.ts';
import { none, type Rupiah } from '../../kernel/rupiah.ts';
import type { Instant } from '../../kernel/types.ts';
import {
  amountTooHigh,
  chargeableFor,
  type Order,
  orderRefusals,
  type Purpose,
  purposes,
  type Share,
  unpaidFor,
} from '../../orders/rules.ts';
import { factsBetween } from '../payment.facts.ts';
import type { Intent, Payment, PaymentFact, PaymentRef } from '../payment.ts';
import { limits, type Method, paymentRefOf, secondsOf } from '../payment.ts';
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

/** What a request wants to pay: all that is to be paid of the first purpose that is owed, unless it says less. */
export type Wish = {
  readonly method: Method;
  readonly purpose?: Purpose | undefined;
  readonly amount?: Rupiah | undefined;
};

/** What comes next for a request to pay. */
export type Turn =
  | { readonly step: 'charge'; readonly ref: PaymentRef; readonly purpose: Purpose; readonly amount: Rupiah }
  | { readonly step: 'end-first'; readonly ref: PaymentRef }
  | { readonly step: 'not-taken'; readonly amount: Rupiah }
  | { readonly step: 'refuse'; readonly refusal: Refusal };

const refuse = (refusal: Refusal): Turn => ({ step: 'refuse', refusal });

/**
 * Open ways to pay never bring more than is owed: what does not fit ends the one before it first.
 * @param order with what its payments say now
 */
export const turn = (order: Order | undefined, payments: readonly Payment[], wish: Wish, at: Instant): Turn => {
  if (!order) return refuse(orderRefusals.unknown);
  if (payments.some(({ standing }) => standing.status === 'HELD')) return refuse(refusals.held);
  const purpose = wish.purpose ?? purposes.find((one) => unpaidFor(order, one) > 0) ?? 'base';
  const refusal = refusalOf(order, purpose, wish);
  if (refusal) return refuse(refusal);
  const open = openOf(order, purpose);
  const amount = wish.amount ?? (chargeableFor(order, purpose) || unpaidFor(order, purpose));
  const [least, most] = limits[wish.method];
  if (amount < least || amount > most) return { step: 'not-taken', amount };
  const before = purpose === 'tip' || amount > chargeableFor(order, purpose) ? open[0] : undefined;
  if (before) return endFirst(before, payments);
  const last = payments.at(-1);
  const seconds = Math.max(Math.floor(at / 1_000), last ? secondsOf(last.ref) + 1 : 0);
  return { step: 'charge', ref: paymentRefOf(order.orderId, seconds), purpose, amount };
};

const refusalOf = (order: Order, purpose: Purpose, { amount }: Wish): Refusal | undefined => {
  const isOver = order.status === 'FINISHED' || order.status === 'PAID';
  if (purpose === 'tip') return isOver ? undefined : orderRefusals.noTip;
  const unpaid = unpaidFor(order, purpose);
  if (amount !== undefined && unpaid > 0 && amount > unpaid) return amountTooHigh(unpaid);
  if (unpaid > 0) return undefined;
  if (order.status === 'ACTIVE' && order.owed[purpose] === undefined) return orderRefusals.notFinished;
  return Object.values(order.payments).some((share) => share.purpose === purpose && share.left > none)
    ? refusals.paid
    : orderRefusals.nothingOwed;
};

/** The open ways to pay that stand in the way, those of the same purpose first, the oldest of them first. */
const openOf = ({ payments }: Order, purpose: Purpose): readonly (readonly [string, Share])[] => {
  const open = Object.entries(payments)
    .filter(([, { isOpen, purpose: other }]) => isOpen && (other === purpose || (other !== 'tip' && purpose !== 'tip')))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return [...open.filter(([, share]) => share.purpose === purpose), ...open.filter(([, s]) => s.purpose !== purpose)];
};

/** What is being charged, or is not known to be, cannot be ended yet. */
const endFirst = ([ref]: readonly [string, Share], payments: readonly Payment[]): Turn => {
  const status = payments.find((payment) => payment.ref === ref)?.standing.status;
  return status === undefined || status === 'INTENDED' || status === 'UNKNOWN'
    ? refuse(refusals.underWay)
    : { step: 'end-first', ref: ref as PaymentRef };
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
