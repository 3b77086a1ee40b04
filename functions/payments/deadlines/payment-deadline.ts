/** The deadline of a payment: reads its status, recovers an unknown charge, repeats an open refund (PAY-8, PAY-12). */

import { log } from '../../kernel/log.ts';
import type { Instant } from '../../kernel/types.ts';
import { changePayment } from '../change-payment.ts';
import { completeInstructions, isCompletable, recover } from '../charge/recover.ts';
import type { JoinDeps } from '../notifications/join-notification.ts';
import { takeIn } from '../order-payments.ts';
import { type Payment, type PaymentRef, paymentRef } from '../payment.ts';
import { isDue } from '../poll-schedule.ts';
import { refundDeadlines } from '../refund/request-refund.ts';
import { applyReport } from '../reports/apply-report.ts';
import { pollLater, release } from '../reports/payment.decider.ts';

/** @param dueAt the deadline that woke it, for how late it is */
export const paymentDeadline = async (deps: JoinDeps, ref: PaymentRef, dueAt: number): Promise<void> => {
  const { state, version } = await deps.store.load(paymentRef(ref));
  const at = deps.now();
  if (!state) return;
  const { orderId, requestedAt, standing } = state;
  await takeIn(deps.store, orderId, [{ state, version }], at);
  const isPolled = isDue(state.ask, at) || isDue(state.recheck, at);
  if (isPolled) await poll(deps, state, at);
  await refundDeadlines(deps, state, at);
  const pendingAge = standing.status === 'PENDING' ? { PendingAge: Math.round((at - requestedAt) / 1_000) } : {};
  const fields = { orderId, paymentRef: ref, status: standing.status, outcome: isPolled ? 'polled' : 'early' };
  log.info('Payment woken', fields, isPolled ? { DeadlineLate: Math.max(0, at - dueAt), ...pendingAge } : {});
};

/** One call of the gateway at a time: an unknown charge is recovered first, the status of it is due right after. */
const poll = async (deps: JoinDeps, payment: Payment, at: Instant): Promise<void> => {
  const { ref, standing } = payment;
  if (isDue(payment.ask, at)) {
    if (standing.status === 'INTENDED' || standing.status === 'UNKNOWN') return recover(deps, payment);
    if (isCompletable(payment, at)) return completeInstructions(deps, payment);
  }
  const answer = await deps.gateway.status(ref);
  const how = { claimed: false, isAnswered: answer.outcome === 'not-found' };
  if (answer.outcome === 'report') await applyReport(deps, ref, answer.report, release);
  else await changePayment(deps.store, ref, (now) => pollLater(now, at, how));
};
