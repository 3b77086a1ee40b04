/** Takes in a report: decides, and asks the gateway where the rules want it asked; what comes of it is one conditional write. */

import type { Outcome } from '../../kernel/aggregate.ts';
import type { Fact } from '../../kernel/decision.ts';
import { log } from '../../kernel/log.ts';
import type { MetricName, Metrics } from '../../kernel/metrics.ts';
import type { Instant } from '../../kernel/types.ts';
import type { Store } from '../../platform/store.ts';
import type { Gateway } from '../gateway/midtrans.client.ts';
import {
  type Instructions,
  instructionsOf,
  isPaid,
  type Payment,
  type PaymentFact,
  type PaymentRef,
  paymentRef,
  transactionOf,
  underlying,
} from '../payment.ts';
import { unconfirmed } from './instructions.ts';
import { decideReport, isUnconfirmed, pollLater, type ReportDecision } from './payment.decider.ts';
import { type Effect, isPaying, meaningOf, type Report } from './report.ts';

export type ReportDeps = { readonly store: Store; readonly gateway: Gateway; readonly now: () => Instant };

export type Applied = {
  readonly effect: Effect;
  /** Why the gateway's word could not be had, or what of the notification it does not confirm. */
  readonly why?: string | undefined;
  /** The fields by which a notification shows other payment instructions than the gateway. */
  readonly mismatched?: readonly string[] | undefined;
  readonly verified: boolean;
  readonly outcome: Outcome<Payment, PaymentFact>;
};

/** Answers can contradict each other while the gateway moves; then it is left to the deadline. */
const questions = 3;
/** No further question after this long: a question may take 9 s, and the shortest function that asks has 25. */
const enoughMs = 8_000;

type Rule = (report: Report, payment: Payment, at: Instant, claim?: Report) => ReportDecision;

/**
 * @param rule the decider's `release` when a person or a deadline asked: only then a hold can end
 * @returns nothing when there is no such payment
 */
export const applyReport = async (
  deps: ReportDeps,
  ref: PaymentRef,
  said: Report,
  rule: Rule = decideReport,
): Promise<Applied | undefined> => {
  const claim = said.source === 'notification' ? said : undefined;
  let report = said;
  let known: Instructions = {};
  const began = deps.now();
  for (let question = 0; ; question += 1) {
    const { effect, outcome } = await decided(deps, ref, report, (...on) => rule(...on, claim));
    if (!outcome.state) return undefined;
    if (question === 0) known = instructionsOf(outcome.state);
    const told = { effect, verified: question > 0, outcome };
    if (effect !== 'verify_with_get_status')
      return logged(
        claim && question > 0 ? { ...told, ...unexplained(claim, known, report, outcome.state) } : told,
        ref,
        report,
      );
    if (question === questions || deps.now() - began > enoughMs)
      return later(deps, ref, { ...told, why: 'the answers contradict each other' }, said);
    const answer = await deps.gateway.status(ref, idToAsk(outcome.state, report));
    if (answer.outcome !== 'report') {
      const why = answer.outcome === 'unknown' ? answer.reason : answer.outcome;
      return later(deps, ref, { ...told, verified: answer.outcome === 'not-found', why }, said);
    }
    report = answer.report;
  }
};

/** What a notification says that the gateway's answer does not. */
const unexplained = (
  claim: Report,
  known: Instructions,
  answer: Report,
  payment: Payment,
): Pick<Applied, 'why' | 'mismatched'> => {
  if (isUnconfirmed(claim, payment)) return { why: 'the gateway does not confirm it; asked again soon' };
  const mismatched = meaningOf(claim) === 'pending' ? unconfirmed(claim.instructions, known, answer.instructions) : [];
  return mismatched.length > 0
    ? { why: `instructions the gateway does not confirm: ${mismatched.join(', ')}`, mismatched }
    : {};
};

const decided = async (
  { store, now }: ReportDeps,
  ref: PaymentRef,
  report: Report,
  rule: (report: Report, payment: Payment, at: Instant) => ReportDecision,
): Promise<{ readonly effect: Effect; readonly outcome: Outcome<Payment, PaymentFact> }> => {
  let effect: Effect = 'noop_stale';
  const outcome = await store.transition(paymentRef(ref), (payment) => {
    if (!payment) return { outcome: 'nothing', reason: 'unknown-payment' };
    const heard = rule(report, payment, now());
    effect = heard.effect;
    return heard.decision;
  });
  return { effect, outcome };
};

/** By the gateway order id, which leads to its present transaction; a second paid transaction is asked about by its own. */
const idToAsk = (payment: Payment, report: Report): string => {
  const standing = underlying(payment);
  const second = isPaid(standing) && transactionOf(standing) !== report.transactionId && isPaying(meaningOf(report));
  return second && /^[A-Za-z0-9-]{1,64}$/.test(report.transactionId) ? report.transactionId : payment.ref;
};

/** The question is not lost: the payment gets a deadline for it. */
const later = async ({ store, now }: ReportDeps, ref: PaymentRef, told: Applied, said: Report): Promise<Applied> => {
  const how = { claimed: said.source === 'notification', isAnswered: told.verified };
  const outcome = await store.transition(paymentRef(ref), (payment) => pollLater(payment, now(), how));
  return logged({ ...told, outcome }, ref, said);
};

const logged = (told: Applied, ref: PaymentRef, { source, transactionStatus }: Report): Applied => {
  const { effect, why, verified, mismatched, outcome } = told;
  log.info(
    'Payment heard',
    {
      orderId: outcome.state?.orderId,
      paymentRef: ref,
      source,
      said: transactionStatus.slice(0, 30),
      effect,
      why,
      verified,
      status: outcome.state?.standing.status,
    },
    { ...metricsOf(effect, outcome), ...(mismatched ? { InstructionsMismatch: 1 } : {}) },
  );
  return told;
};

const metricNames: Readonly<Record<string, MetricName>> = {
  'payment.settled': 'PaymentSettled',
  'payment.held': 'PaymentHeld',
  'chargeback.held': 'PaymentHeld',
  'payment.reversed': 'PaymentReversed',
  'chargeback.recorded': 'ChargebackRecorded',
};

export const metricsOf = (effect: Effect, { decision }: Outcome<Payment, PaymentFact>): Metrics => {
  const facts: readonly Fact[] = decision.outcome === 'happened' ? decision.facts : [];
  const named = facts.flatMap(({ type }) => (metricNames[type] ? [metricNames[type]] : []));
  const twice: readonly MetricName[] =
    effect === 'hold_for_review' && facts.some(({ type }) => type === 'refund.changed') ? ['PaidTwice'] : [];
  return Object.fromEntries([...named, ...twice].map((name) => [name, 1]));
};
