/** Cancels at the gateway: a payment that waits is over, a captured card is voided. The status shows who won a race. */
import type { Outcome } from '../../kernel/aggregate.ts';
import { nothing, type Refusal, refused } from '../../kernel/decision.ts';
import { Unavailable } from '../../kernel/errors.ts';
import type { Answer } from '../gateway/read-answer.ts';
import type { Payment, PaymentFact, PaymentRef } from '../payment.ts';
import { isFailed, isPaid, paymentRef, underlying } from '../payment.ts';
import { refusals } from '../payments.refusals.ts';
import { applyReport, type ReportDeps } from '../reports/apply-report.ts';
import { release } from '../reports/payment.decider.ts';

/** @returns why it cannot be cancelled, when the payment alone shows it */
const refusalOf = (payment: Payment): Refusal | undefined => {
  const standing = underlying(payment);
  if (standing.status === 'INTENDED' || standing.status === 'UNKNOWN') return refusals.underWay;
  return isPaid(standing) && standing.settled ? refusals.paid : undefined;
};

const isCancelled = (payment: Payment): boolean => {
  const standing = underlying(payment);
  return isFailed(standing) || standing.status === 'REVERSED';
};

const unanswered = (reason: string): Unavailable => new Unavailable(`the gateway did not answer: ${reason}`);

/**
 * What cannot be cancelled and still waits is expired.
 * @throws {Unavailable} when the gateway does not answer: its notification or the next read shows whether it did
 */
export const cancelAt = async (deps: ReportDeps, ref: PaymentRef): Promise<void> => {
  const apply = async (answer: Answer): Promise<Payment | undefined> => {
    if (answer.outcome === 'unknown') throw unanswered(answer.reason);
    return answer.outcome === 'report' ? (await applyReport(deps, ref, answer.report))?.outcome.state : undefined;
  };
  const answer = await deps.gateway.cancel(ref);
  if (answer.outcome === 'report' || answer.outcome === 'unknown') return void (await apply(answer));
  const found = await apply(await deps.gateway.status(ref));
  if (found && underlying(found).status === 'PENDING') await apply(await deps.gateway.expire(ref));
};

export const cancel = async (deps: ReportDeps, ref: PaymentRef): Promise<Outcome<Payment, PaymentFact>> => {
  const loaded = await deps.store.load(paymentRef(ref));
  const { state } = loaded;
  if (!state) return { decision: refused(refusals.unknown), ...loaded };
  if (isCancelled(state)) return { decision: nothing('already-over'), ...loaded };
  const refusal = refusalOf(state);
  if (refusal) return { decision: refused(refusal), ...loaded };
  await cancelAt(deps, ref);
  const after = await deps.store.load(paymentRef(ref));
  if (after.state && isCancelled(after.state))
    return { decision: { outcome: 'happened', state: after.state, at: deps.now(), facts: [] }, ...after };
  return { decision: refused((after.state && refusalOf(after.state)) ?? refusals.notCancelled), ...after };
};

/** Reads the status and applies it as a notification would be (PAY-8). The only end of a hold. */
export const check = async (deps: ReportDeps, ref: PaymentRef): Promise<'applied' | 'not-found'> => {
  const answer = await deps.gateway.status(ref);
  if (answer.outcome === 'not-found') return 'not-found';
  if (answer.outcome !== 'report') throw unanswered(answer.outcome === 'unknown' ? answer.reason : answer.outcome);
  await applyReport(deps, ref, answer.report, release);
  return 'applied';
};
