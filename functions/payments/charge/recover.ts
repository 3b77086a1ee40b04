/** The recovery of a charge, whatever became of its intent, its call or its answer (PAY-12). */

import type { Instant } from '../../kernel/types.ts';
import { endingOf, orderRef } from '../../orders/rules.ts';
import { changePayment } from '../change-payment.ts';
import type { JoinDeps } from '../notifications/join-notification.ts';
import type { Payment, PaymentRef } from '../payment.ts';
import { lacksInstructions, sameKeyMs } from '../poll-schedule.ts';
import { applyReport } from '../reports/apply-report.ts';
import { pollLater } from '../reports/payment.decider.ts';
import { chargeRefused } from './charge.decider.ts';
import { applyAnswer, applyStatus } from './charge.ts';
import { isRepeatable } from './charge-request.ts';

/** Whether the gateway still answers the same call as it did at first. */
const hasKey = ({ method, requestedAt }: Payment, at: Instant): boolean =>
  isRepeatable(method) && at - requestedAt < sameKeyMs;

/** The charge is known, how to pay it is not: the status of some methods does not contain it. */
export const isCompletable = (payment: Payment, at: Instant): boolean =>
  lacksInstructions(payment) && hasKey(payment, at);

/** The same call again under its key charges nothing and is answered with the instructions. */
export const completeInstructions = async (deps: JoinDeps, payment: Payment): Promise<void> => {
  const { ref, method, amount, requestedAt } = payment;
  const answer = await deps.gateway.charge({ ref, method, amount });
  const how = { claimed: false, isAnswered: false };
  if (answer.outcome === 'report') await applyReport(deps, ref, { ...answer.report, reportedAt: requestedAt });
  else await changePayment(deps.store, ref, (now) => pollLater(now, deps.now(), how));
};

/** Cash, another payment or a cancel came first: what this one would bring is to be returned. */
const isNeeded = async ({ store }: JoinDeps, { ref, orderId }: Payment): Promise<boolean> => {
  const { state } = await store.load(orderRef(orderId));
  return !state || !endingOf(state).includes(ref);
};

/** Nothing is charged any more: what the gateway knows is applied, what it does not know was never made. */
const abandon = async (deps: JoinDeps, ref: PaymentRef): Promise<void> => {
  if ((await applyStatus(deps, ref)) !== 'not-found') return;
  await changePayment(deps.store, ref, (payment) => chargeRefused('not-needed', deps.now(), payment));
};

/**
 * The rule of docs/midtrans.md §1.4 for a charge of which nothing is known: within the life of its idempotency key the
 * same call again, which answers as the first did; later, or without a key, its status; the same call only on 404.
 */
export const recover = async (deps: JoinDeps, payment: Payment): Promise<void> => {
  const { ref, method, amount, standing } = payment;
  if (standing.status !== 'INTENDED' && standing.status !== 'UNKNOWN') return;
  if (!(await isNeeded(deps, payment))) return abandon(deps, ref);
  if (!hasKey(payment, deps.now()) && (await applyStatus(deps, ref)) !== 'not-found') return;
  const answer = await deps.gateway.charge({ ref, method, amount, cardToken: standing.cardToken });
  // A refusal now shows nothing of the call before: only when the gateway does not know the order, nothing was charged.
  const isRefusal = answer.outcome === 'refused' || answer.outcome === 'balance';
  if (isRefusal && (await applyStatus(deps, ref)) !== 'not-found') return;
  await applyAnswer(deps, payment, answer);
};
