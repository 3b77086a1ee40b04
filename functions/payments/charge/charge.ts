/** The charge: intent, call, answer (PAY-1). One way to pay at a time (PAY-3). */

import type { Refusal } from '../../kernel/decision.ts';
import { log } from '../../kernel/log.ts';
import { after, type Instant } from '../../kernel/types.ts';
import type { Created } from '../../platform/idempotency.ts';
import { changePayment } from '../change-payment.ts';
import type { Answer } from '../gateway/read-answer.ts';
import { type JoinDeps, joinEarly } from '../notifications/join-notification.ts';
import { type Intent, isFailed, type Payment, type PaymentRef, paymentRef, underlying } from '../payment.ts';
import { refusals } from '../payments.refusals.ts';
import type { PaymentsOf } from '../payments.store.ts';
import { applyReport } from '../reports/apply-report.ts';
import { cancelAt } from './cancel.ts';
import { chargeRefused, intend, outcomeUnknown, repeated, turn } from './charge.decider.ts';

export type ChargeDeps = JoinDeps & { readonly paymentsOf: PaymentsOf; readonly merchantId?: string | undefined };
export type Charge = Pick<Intent, 'orderId' | 'riderId' | 'amount' | 'method'> & {
  readonly cardToken?: string | undefined;
  /** The idempotency key of the request, and what distinguishes its repetition from another request under that key. */
  readonly key?: string | undefined;
  readonly fingerprint: string;
};
export type Charged =
  | { readonly outcome: 'charged' | 'repeated'; readonly payment: Payment; readonly version: number }
  | { readonly outcome: 'key-reused' }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** An order's chain of payments is kept as long as anyone may ask about it. */
const chainLifetime = 400 * 24 * 3_600_000;

/** The payment before must be over; if it is not, it is cancelled at the gateway first. */
export const charge = async (deps: ChargeDeps, request: Charge): Promise<Charged> => {
  const { orderId, key, fingerprint } = request;
  const known = (await deps.paymentsOf(orderId)).map(({ state }) => state);
  const before = repeated(known, key, fingerprint);
  if (before === 'reused') return { outcome: 'key-reused' };
  if (before) return charged(deps, before.ref, 'repeated');
  const at = deps.now();
  const next = turn(orderId, known, at);
  switch (next.step) {
    case 'refuse':
      return refused(next.refusal);
    case 'cancel-first':
      return (await isOver(deps, next.payment)) ? charge(deps, request) : refused(await whyNotOver(deps, next.payment));
    case 'charge': {
      const created = await writeIntent(deps, request, next, at);
      if (created.outcome === 'repeated') return charged(deps, created.id as PaymentRef, 'repeated');
      return created.outcome === 'created' ? execute(deps, request, next.ref, at) : refused(refusals.underWay);
    }
  }
};

const refused = (refusal: Refusal): Charged => ({ outcome: 'refused', refusal });

type Next = { readonly ref: PaymentRef; readonly after: PaymentRef | undefined };

/** The payment and its place in the chain are one transaction: of two charges at the same moment one is made. */
const writeIntent = (
  { store, merchantId }: ChargeDeps,
  { orderId, riderId, method, amount, cardToken, key, fingerprint }: Charge,
  { ref, after: previous }: Next,
  at: Instant,
): Promise<Created> => {
  const request = key ? { request: { key, fingerprint } } : {};
  const intent = { ref, orderId, riderId, method, amount, requestedAt: at, merchantId, ...request };
  return store.create(paymentRef(ref), intend(intent, cardToken), {
    scope: `payment-of#${orderId}`,
    id: previous ?? 'first',
    fingerprint: key ? `${key} ${fingerprint}` : ref,
    expiresAt: after(at, chainLifetime),
  });
};

const execute = async (
  deps: ChargeDeps,
  { method, amount, cardToken }: Charge,
  ref: PaymentRef,
  requestedAt: Instant,
): Promise<Charged> => {
  await joinEarly(deps, ref);
  await applyAnswer(deps, { ref, requestedAt }, await deps.gateway.charge({ ref, method, amount, cardToken }));
  return charged(deps, ref, 'charged');
};

const isOver = async (deps: ChargeDeps, { ref }: Payment): Promise<boolean> => {
  await cancelAt(deps, ref);
  const { state } = await deps.store.load(paymentRef(ref));
  return state !== undefined && isFailed(underlying(state));
};

/** A cancel can lose its race with the customer who pays. */
const whyNotOver = async (deps: ChargeDeps, { ref, orderId }: Payment): Promise<Refusal> => {
  const { state } = await deps.store.load(paymentRef(ref));
  const next = turn(orderId, state ? [state] : [], deps.now());
  return next.step === 'refuse' ? next.refusal : refusals.notCancelled;
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
