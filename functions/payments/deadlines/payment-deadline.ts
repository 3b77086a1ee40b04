/** The deadline of a payment: what is not known is asked, what should have come is looked for (PAY-8, PAY-12). */
import { log } from '../../kernel/log.ts';
import type { Instant } from '../../kernel/types.ts';
import { completeInstructions, isCompletable, recover } from '../charge/charge.ts';
import type { JoinDeps } from '../notifications/join-notification.ts';
import { type Payment, type PaymentRef, paymentRef } from '../payment.ts';
import { isDue } from '../poll-schedule.ts';
import { refundDeadlines } from '../refund/request-refund.ts';
import { applyReport } from '../reports/apply-report.ts';
import { pollLater, release } from '../reports/payment.decider.ts';

/** @param dueAt the deadline that woke it, for how late it is */
export const paymentDeadline = async (deps: JoinDeps, ref: PaymentRef, dueAt: number): Promise<void> => {
  const { state } = await deps.store.load(paymentRef(ref));
  const at = deps.now();
  if (!state) return;
  const asked = isDue(state.ask, at) || isDue(state.recheck, at);
  if (asked) await ask(deps, state, at);
  await refundDeadlines(deps, state, at);
  log.info(
    'Payment woken',
    { orderId: state.orderId, paymentRef: ref, status: state.standing.status, outcome: asked ? 'asked' : 'early' },
    asked
      ? {
          DeadlineLate: Math.max(0, at - dueAt),
          ...(state.standing.status === 'PENDING' ? { PendingAge: age(state, at) } : {}),
        }
      : undefined,
  );
};

const age = ({ requestedAt }: Payment, at: Instant): number => Math.round((at - requestedAt) / 1_000);

/** One call of the gateway at a time: a charge to be cleared up comes first, the status of it is due right after. */
const ask = async (deps: JoinDeps, payment: Payment, at: Instant): Promise<void> => {
  const { ref, standing } = payment;
  if (isDue(payment.ask, at)) {
    if (standing.status === 'INTENDED' || standing.status === 'UNKNOWN') return recover(deps, payment);
    if (isCompletable(payment, at)) return completeInstructions(deps, payment);
  }
  const answer = await deps.gateway.status(ref);
  const isAnswered = answer.outcome === 'not-found';
  if (answer.outcome === 'report') await applyReport(deps, ref, answer.report, release);
  else await deps.store.transition(paymentRef(ref), (now) => pollLater(now, at, { claimed: false, isAnswered }));
};
