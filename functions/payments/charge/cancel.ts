/** Cancels at the gateway: a payment that waits is over, a captured card is voided. Who won a race, the status says. */

import type { Outcome } from '../../kernel/aggregate.ts';
import type { Refusal } from '../../kernel/decision.ts';
import { Unavailable } from '../../kernel/errors.ts';
import {
  isFailed,
  isPaid,
  type Payment,
  type PaymentFact,
  type PaymentRef,
  paymentRef,
  underlying,
} from '../payment.ts';
import { applyReport, type ReportDeps } from '../reports/apply-report.ts';
import { release } from '../reports/payment.decider.ts';
import { refusals } from './charge.decider.ts';

/** @returns why it cannot be cancelled, when the payment alone says so */
const refusalOf = (payment: Payment): Refusal | undefined => {
  const standing = underlying(payment);
  if (standing.status === 'INTENDED' || standing.status === 'UNKNOWN') return refusals.underWay;
  return isPaid(standing) && standing.settled ? refusals.paid : undefined;
};

/** @throws {Unavailable} when the gateway does not answer: the cancel may have happened, its notification or a question will tell */
export const cancelAt = async (deps: ReportDeps, ref: PaymentRef): Promise<void> => {
  const answer = await deps.gateway.cancel(ref);
  if (answer.outcome === 'unknown') throw new Unavailable(`the gateway did not answer: ${answer.reason}`);
  const said = answer.outcome === 'report' ? answer : await deps.gateway.status(ref);
  if (said.outcome === 'report') await applyReport(deps, ref, said.report);
  else if (said.outcome === 'unknown') throw new Unavailable(`the gateway did not answer: ${said.reason}`);
};

export const cancel = async (deps: ReportDeps, ref: PaymentRef): Promise<Outcome<Payment, PaymentFact>> => {
  const loaded = await deps.store.load(paymentRef(ref));
  const { state } = loaded;
  if (!state) return { decision: { outcome: 'refused', refusal: refusals.unknown }, ...loaded };
  if (isCancelled(state)) return { decision: { outcome: 'nothing', reason: 'already-over' }, ...loaded };
  const refusal = refusalOf(state);
  if (refusal) return { decision: { outcome: 'refused', refusal }, ...loaded };
  await cancelAt(deps, ref);
  const after = await deps.store.load(paymentRef(ref));
  if (after.state && isCancelled(after.state))
    return { decision: { outcome: 'happened', state: after.state, at: deps.now(), facts: [] }, ...after };
  return {
    decision: { outcome: 'refused', refusal: (after.state && refusalOf(after.state)) ?? refusals.notCancelled },
    ...after,
  };
};

const isCancelled = (payment: Payment): boolean => {
  const standing = underlying(payment);
  return isFailed(standing) || standing.status === 'REVERSED';
};

/** "Check status": asks the gateway, and goes on as a notification would (PAY-8). The only way out of a hold. */
export const check = async (deps: ReportDeps, ref: PaymentRef): Promise<'applied' | 'not-found'> => {
  const answer = await deps.gateway.status(ref);
  if (answer.outcome === 'not-found') return 'not-found';
  if (answer.outcome !== 'report')
    throw new Unavailable(
      `the gateway did not answer: ${answer.outcome === 'unknown' ? answer.reason : answer.outcome}`,
    );
  await applyReport(deps, ref, answer.report, release);
  return 'applied';
};
