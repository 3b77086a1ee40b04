/** The charge: intent, call, answer (PAY-1). Open ways to pay never bring more than is owed (PAY-3, ORD-13). */

import { nothing, type Refusal } from '../../kernel/decision.ts';
import { log } from '../../kernel/log.ts';
import type { Rupiah } from '../../kernel/rupiah.ts';
import type { Instant } from '../../kernel/types.ts';
import { orderRef, takePayments } from '../../orders/rules.ts';
import { changePayment } from '../change-payment.ts';
import type { Answer } from '../gateway/read-answer.ts';
import { type JoinDeps, joinEarly } from '../notifications/join-notification.ts';
import { type Known, orderTook, sharesOf, withPayments } from '../order-payments.ts';
import { shareOf } from '../payment.share.ts';
import { type Intent, type Payment, type PaymentRef, paymentRef } from '../payment.ts';
import { refusals } from '../payments.refusals.ts';
import type { PaymentsOf } from '../payments.store.ts';
import { applyReport } from '../reports/apply-report.ts';
import { cancelAt } from './cancel.ts';
import { chargeRefused, intend, outcomeUnknown, repeated, type Turn, turn, type Wish } from './charge.decider.ts';

export type ChargeDeps = JoinDeps & { readonly paymentsOf: PaymentsOf; readonly merchantId?: string | undefined };
export type Charge = Pick<Intent, 'orderId' | 'riderId'> &
  Wish & {
    readonly cardToken?: string | undefined;
    /** The idempotency key of the request, and what distinguishes its repetition from another one under that key. */
    readonly key?: string | undefined;
    readonly fingerprint: string;
  };
export type Charged =
  | { readonly outcome: 'charged' | 'repeated'; readonly payment: Payment; readonly version: number }
  | { readonly outcome: 'key-reused' }
  /** The method does not take this amount. */
  | { readonly outcome: 'not-taken'; readonly amount: Rupiah }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

type Read = { readonly known: Known; readonly payments: readonly Payment[]; readonly at: Instant };

/** Lost races, and payments ended first. */
const mostTurns = 6;

/** Open ways to pay never bring more than is owed: what does not fit with a request is ended first. */
export const charge = async (deps: ChargeDeps, request: Charge, turns = 1): Promise<Charged> => {
  const { orderId, key, fingerprint } = request;
  const known = await deps.paymentsOf(orderId);
  const payments = known.map(({ state }) => state);
  const before = repeated(payments, key, fingerprint);
  if (before === 'reused') return { outcome: 'key-reused' };
  if (before) return charged(deps, before.ref, 'repeated');
  const at = deps.now();
  const { state } = await deps.store.load(orderRef(orderId));
  const next = turn(withPayments(state, known, at), payments, request, at);
  switch (next.step) {
    case 'refuse':
      return refused(next.refusal);
    case 'not-taken':
      return { outcome: 'not-taken', amount: next.amount };
    case 'end-first':
      if (turns === mostTurns || !(await isEnded(deps, next.ref))) return refused(refusals.notCancelled);
      return charge(deps, request, turns + 1);
    case 'charge': {
      const intent = await writeIntent(deps, request, next, { known, payments, at });
      if (intent) return execute(deps, intent, request.cardToken);
      return turns === mostTurns ? refused(refusals.underWay) : charge(deps, request, turns + 1);
    }
  }
};

const refused = (refusal: Refusal): Charged => ({ outcome: 'refused', refusal });

/**
 * The payment and what its order knows of it are one transaction: of two charges at the same moment that do not fit
 * together one is made. The order names all its payments: one that is not known here came meanwhile.
 * @returns nothing when the order changed meanwhile: everything is read again
 */
const writeIntent = async (
  { store, merchantId }: ChargeDeps,
  request: Charge,
  { ref, purpose, amount }: Extract<Turn, { step: 'charge' }>,
  { known, payments, at }: Read,
): Promise<Intent | undefined> => {
  const { orderId, riderId, method, cardToken, key, fingerprint } = request;
  const stamp = key ? { request: { key, fingerprint } } : {};
  const intent = { ref, orderId, riderId, method, amount, purpose, requestedAt: at, merchantId, ...stamp };
  const refs = [paymentRef(ref), orderRef(orderId)] as const;
  const [{ decision }, order] = await store.transitionAll(refs, ([payment, order]) => {
    const changed = [nothing('changed-meanwhile'), nothing('changed-meanwhile')] as const;
    const isKnown = (one: string): boolean => payments.some((payment) => payment.ref === one);
    if (payment || !order || !Object.keys(order.payments).every(isKnown)) return changed;
    const again = turn(withPayments(order, known, at), payments, request, at);
    if (again.step !== 'charge' || again.amount !== amount || again.purpose !== purpose) return changed;
    const made = intend(intent, cardToken);
    return [made, takePayments({ ...sharesOf(known), [ref]: shareOf(made.state, 1) }, at, order)];
  });
  orderTook(order);
  return decision.outcome === 'happened' ? intent : undefined;
};

const execute = async (
  deps: ChargeDeps,
  { ref, method, amount, requestedAt }: Intent,
  cardToken: string | undefined,
): Promise<Charged> => {
  await joinEarly(deps, ref);
  await applyAnswer(deps, { ref, requestedAt }, await deps.gateway.charge({ ref, method, amount, cardToken }));
  return charged(deps, ref, 'charged');
};

/** A cancel can lose its race with the customer who pays: then there is nothing left to end. */
const isEnded = async (deps: ChargeDeps, ref: PaymentRef): Promise<boolean> => {
  await cancelAt(deps, ref);
  const { state } = await deps.store.load(paymentRef(ref));
  return state !== undefined && !shareOf(state, 0).isOpen;
};

const charged = async ({ store }: ChargeDeps, ref: PaymentRef, outcome: 'charged' | 'repeated'): Promise<Charged> => {
  const { state, version } = await store.load(paymentRef(ref));
  return state ? { outcome, payment: state, version } : refused(refusals.unknown);
};

/** Applies the gateway's answer to a charge; after a `conflict` its status is applied. */
export const applyAnswer = async (
  deps: JoinDeps,
  { ref, requestedAt }: Pick<Payment, 'ref' | 'requestedAt'>,
  answer: Answer,
): Promise<void> => {
  switch (answer.outcome) {
    case 'report':
      // A repeated call is answered with what was true at the first: never newer than the request.
      await applyReport(deps, ref, { ...answer.report, reportedAt: requestedAt });
      break;
    case 'conflict':
      await applyStatus(deps, ref);
      break;
    case 'balance':
    case 'refused': {
      const code = answer.outcome === 'refused' ? answer.code : '414';
      log.warn('Charge refused', { paymentRef: ref, code, reason: answer.message.slice(0, 200) }, { ChargeRefused: 1 });
      await changePayment(deps.store, ref, (payment) => chargeRefused(`gateway-${code}`, deps.now(), payment));
      break;
    }
    default:
      await leaveUnknown(deps, ref, answer);
  }
  await joinEarly(deps, ref);
};

const leaveUnknown = async ({ store, now }: JoinDeps, ref: PaymentRef, answer: Answer): Promise<void> => {
  const reason = answer.outcome === 'unknown' ? answer.reason : answer.outcome;
  log.warn('Charge unknown', { paymentRef: ref, reason }, { ChargeUnknown: 1 });
  await changePayment(store, ref, (payment) => outcomeUnknown(reason, now(), payment));
};

/** @returns whether the gateway knows the charge, as far as it answers */
export const applyStatus = async (deps: JoinDeps, ref: PaymentRef): Promise<'known' | 'not-found' | 'unknown'> => {
  const answer = await deps.gateway.status(ref);
  if (answer.outcome === 'not-found') return 'not-found';
  if (answer.outcome === 'report') {
    await applyReport(deps, ref, answer.report);
    return 'known';
  }
  await leaveUnknown(deps, ref, answer);
  return 'unknown';
};
