/** The charge: intent, call, answer; and its recovery, whatever became of any of the three (PAY-1, PAY-12). */

import type { Refusal } from '../../kernel/decision.ts';
import { log } from '../../kernel/log.ts';
import type { Rupiah } from '../../kernel/rupiah.ts';
import { after, type Instant, type OrderId, type RiderId } from '../../kernel/types.ts';
import type { Created } from '../../platform/idempotency.ts';
import type { Answer } from '../gateway/read-answer.ts';
import { type JoinDeps, joinEarly } from '../notifications/join-notification.ts';
import { isFailed, type Method, type Payment, type PaymentRef, paymentRef, underlying } from '../payment.ts';
import type { PaymentsOf } from '../payments.store.ts';
import { lacksInstructions, sameKeyMs } from '../poll-schedule.ts';
import { applyReport } from '../reports/apply-report.ts';
import { pollLater } from '../reports/payment.decider.ts';
import { cancelAt } from './cancel.ts';
import { chargeRefused, intend, outcomeUnknown, refusals, repeated, turn } from './charge.decider.ts';
import { isRepeatable } from './charge-request.ts';

export type ChargeDeps = JoinDeps & { readonly paymentsOf: PaymentsOf; readonly merchantId?: string | undefined };
export type Charge = {
  readonly orderId: OrderId;
  readonly riderId: RiderId;
  readonly amount: Rupiah;
  readonly method: Method;
  readonly cardToken?: string | undefined;
  /** The request's own name, and what tells its repetition from another request under that name. */
  readonly key?: string | undefined;
  readonly fingerprint: string;
};
export type Charged =
  | { readonly outcome: 'charged' | 'repeated'; readonly payment: Payment; readonly version: number }
  | { readonly outcome: 'key-reused' }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** An order's chain of payments is kept as long as anyone may ask about it. */
const chainLifetime = 400 * 24 * 3_600_000;

/** One way to pay at a time: the payment before must be over, and if it is not, it is cancelled at the gateway first. */
export const charge = async (deps: ChargeDeps, wanted: Charge): Promise<Charged> => {
  const known = (await deps.paymentsOf(wanted.orderId)).map(({ state }) => state);
  const before = repeated(known, wanted.key, wanted.fingerprint);
  if (before === 'reused') return { outcome: 'key-reused' };
  if (before) return answered(deps, before.ref, 'repeated');
  const at = deps.now();
  const next = turn(wanted.orderId, known, at);
  switch (next.step) {
    case 'refuse':
      return { outcome: 'refused', refusal: next.refusal };
    case 'settle-first':
      return { outcome: 'refused', refusal: refusals.underWay };
    case 'cancel-first':
      return (await isOver(deps, next.payment))
        ? charge(deps, wanted)
        : { outcome: 'refused', refusal: await refusalBy(deps, next.payment) };
    case 'charge': {
      const created = await writeIntent(deps, wanted, next, at);
      if (created.outcome === 'created') return execute(deps, wanted, next.ref, at);
      return created.outcome === 'repeated'
        ? answered(deps, created.id as PaymentRef, 'repeated')
        : { outcome: 'refused', refusal: refusals.underWay };
    }
  }
};

/** The payment and its place in the chain are one transaction: of two charges at the same moment one is made. */
const writeIntent = (
  deps: ChargeDeps,
  wanted: Charge,
  { ref, after: previous }: Next,
  at: Instant,
): Promise<Created> => {
  const { orderId, riderId, method, amount, cardToken, key, fingerprint } = wanted;
  const intent = {
    ref,
    orderId,
    riderId,
    method,
    amount,
    requestedAt: at,
    merchantId: deps.merchantId,
    ...(key ? { request: { key, fingerprint } } : {}),
  };
  return deps.store.create(paymentRef(ref), intend(intent, cardToken), {
    scope: `payment-of#${orderId}`,
    id: previous ?? 'first',
    fingerprint: key ? `${key} ${fingerprint}` : ref,
    expiresAt: after(at, chainLifetime),
  });
};
type Next = { readonly ref: PaymentRef; readonly after: PaymentRef | undefined };

const execute = async (
  deps: ChargeDeps,
  { method, amount, cardToken }: Charge,
  ref: PaymentRef,
  requestedAt: Instant,
): Promise<Charged> => {
  await joinEarly(deps, ref);
  await applyAnswer(deps, { ref, requestedAt }, await deps.gateway.charge({ ref, method, amount, cardToken }));
  return answered(deps, ref, 'charged');
};

const isOver = async (deps: ChargeDeps, payment: Payment): Promise<boolean> => {
  await cancelAt(deps, payment.ref);
  const { state } = await deps.store.load(paymentRef(payment.ref));
  return state !== undefined && state.standing.status !== 'HELD' && isFailed(underlying(state));
};

/** A cancel can lose its race with the customer who pays. */
const refusalBy = async (deps: ChargeDeps, { ref, orderId }: Payment): Promise<Refusal> => {
  const { state } = await deps.store.load(paymentRef(ref));
  const next = turn(orderId, state ? [state] : [], deps.now());
  return next.step === 'refuse' ? next.refusal : refusals.notCancelled;
};

const answered = async ({ store }: ChargeDeps, ref: PaymentRef, outcome: 'charged' | 'repeated'): Promise<Charged> => {
  const { state, version } = await store.load(paymentRef(ref));
  return state ? { outcome, payment: state, version } : { outcome: 'refused', refusal: refusals.unknown };
};

type Asked = Pick<Payment, 'ref' | 'requestedAt'>;

/** What the gateway answered to a charge; `conflict` and everything unclear are cleared up by its status. */
const applyAnswer = async (deps: JoinDeps, { ref, requestedAt }: Asked, answer: Answer): Promise<void> => {
  switch (answer.outcome) {
    case 'report':
      // A repeated call is answered with what was true at the first: never newer than the request.
      await applyReport(deps, ref, { ...answer.report, reportedAt: requestedAt });
      break;
    case 'conflict':
      await adopt(deps, ref);
      break;
    case 'unknown':
      await unknown(deps, ref, answer.reason);
      break;
    case 'not-found':
    case 'wrong-state':
      await unknown(deps, ref, answer.outcome);
      break;
    case 'balance':
    case 'refused': {
      const code = answer.outcome === 'refused' ? answer.code : '414';
      log.warn('Charge refused', { paymentRef: ref, code, reason: answer.message.slice(0, 200) }, { ChargeRefused: 1 });
      await deps.store.transition(paymentRef(ref), (payment) => chargeRefused(`gateway-${code}`, deps.now(), payment));
    }
  }
  await joinEarly(deps, ref);
};

const unknown = async ({ store, now }: JoinDeps, ref: PaymentRef, reason: string): Promise<void> => {
  log.warn('Charge unknown', { paymentRef: ref, reason }, { ChargeUnknown: 1 });
  await store.transition(paymentRef(ref), (payment) => outcomeUnknown(reason, now(), payment));
};

/** @returns whether the gateway knows it */
const adopt = async (deps: JoinDeps, ref: PaymentRef): Promise<'adopted' | 'not-found' | 'unknown'> => {
  const answer = await deps.gateway.status(ref);
  if (answer.outcome === 'report') {
    await applyReport(deps, ref, answer.report);
    return 'adopted';
  }
  if (answer.outcome === 'not-found') return 'not-found';
  await unknown(deps, ref, answer.outcome === 'unknown' ? answer.reason : answer.outcome);
  return 'unknown';
};

/** Whether the gateway still answers the same call as it did at first. */
const hasKey = ({ method, requestedAt }: Payment, at: Instant): boolean =>
  isRepeatable(method) && at - requestedAt < sameKeyMs;

/** The charge is known, how to pay it is not: the status of some methods does not say it. */
export const isCompletable = (payment: Payment, at: Instant): boolean =>
  lacksInstructions(payment) && hasKey(payment, at);

/** The same call again under its key charges nothing and is answered with the instructions. */
export const completeInstructions = async (
  deps: JoinDeps,
  { ref, method, amount, requestedAt }: Payment,
): Promise<void> => {
  const answer = await deps.gateway.charge({ ref, method, amount });
  if (answer.outcome === 'report') await applyReport(deps, ref, { ...answer.report, reportedAt: requestedAt });
  else
    await deps.store.transition(paymentRef(ref), (now) =>
      pollLater(now, deps.now(), { claimed: false, isAnswered: false }),
    );
};

/**
 * The recovery rule of docs/midtrans.md §1.4 for a charge of which nothing is known: within the life of its idempotency key the
 * same call again, which answers as the first did; later, or where there are no keys, its status; the same call again only on 404.
 */
export const recover = async (deps: JoinDeps, payment: Payment): Promise<void> => {
  const { ref, method, amount, standing } = payment;
  if (standing.status !== 'INTENDED' && standing.status !== 'UNKNOWN') return;
  const cardToken = standing.cardToken;
  const again = async (): Promise<void> =>
    applyRecovery(deps, payment, await deps.gateway.charge({ ref, method, amount, cardToken }));
  if (hasKey(payment, deps.now())) return again();
  if ((await adopt(deps, ref)) === 'not-found') await again();
};

/** A refusal now says nothing of the call before: only when the gateway does not know the order, nothing was charged. */
const applyRecovery = async (deps: JoinDeps, payment: Payment, answer: Answer): Promise<void> => {
  const isRefusal = answer.outcome === 'refused' || answer.outcome === 'balance';
  if (isRefusal && (await adopt(deps, payment.ref)) !== 'not-found') return;
  await applyAnswer(deps, payment, answer);
};
