/** Applies a report: decides, verifies with the gateway's status where the rules require it, and writes once. */

import type { Outcome } from '../../kernel/aggregate.ts';
import { nothing } from '../../kernel/decision.ts';
import { log } from '../../kernel/log.ts';
import type { MetricName, Metrics } from '../../kernel/metrics.ts';
import type { Instant } from '../../kernel/types.ts';
import type { Store } from '../../platform/store.ts';
import { changePayment } from '../change-payment.ts';
import type { Gateway } from '../gateway/midtrans.client.ts';
import type { Instructions, Payment, PaymentFact, PaymentRef } from '../payment.ts';
import { instructionsOf, underlying } from '../payment.ts';
import { unconfirmed } from './instructions.ts';
import { decideReport, isUnconfirmed, pollLater, type ReportDecision } from './payment.decider.ts';
import { isOther } from './reading.ts';
import { type Effect, isPaying, meaningOf, type Report } from './report.ts';

export type ReportDeps = { readonly store: Store; readonly gateway: Gateway; readonly now: () => Instant };

export type Applied = {
  readonly effect: Effect;
  /** Why the gateway's status is missing, or what of the notification it does not confirm. */
  readonly why?: string | undefined;
  /** The fields by which a notification shows other payment instructions than the gateway. */
  readonly mismatched?: readonly string[] | undefined;
  /** Whether the gateway's status was read. */
  readonly verified: boolean;
  readonly outcome: Outcome<Payment, PaymentFact>;
};

/** Answers can contradict each other while the gateway moves; then it is left to the deadline. */
const mostReads = 3;
/** No further read after this long: one may take 9 s, and the shortest function that reads has 25. */
const enoughMs = 8_000;

type Rule = typeof decideReport;

/**
 * @param rule the decider's `release` when an operator or a deadline caused the read: only then a hold can end
 * @returns nothing when there is no such payment
 */
export const applyReport = async (
  deps: ReportDeps,
  ref: PaymentRef,
  first: Report,
  rule: Rule = decideReport,
): Promise<Applied | undefined> => {
  const claim = first.source === 'notification' ? first : undefined;
  let report = first;
  let known: Instructions = {};
  const began = deps.now();
  for (let reads = 0; ; reads += 1) {
    const cause = reads === 0 ? claim : first;
    const { effect, outcome } = await write(deps, ref, (payment, at) => rule(report, payment, at, cause));
    const { state } = outcome;
    if (!state) return undefined;
    if (reads === 0) known = instructionsOf(state);
    const applied = { effect, verified: reads > 0, outcome };
    if (effect !== 'verify_with_get_status') {
      const open = claim ? notConfirmed(claim, known, report, state) : {};
      return logged({ ...applied, ...open }, ref, report);
    }
    if (reads === mostReads || deps.now() - began > enoughMs)
      return postponed(deps, ref, { ...applied, why: 'the answers contradict each other' }, first);
    const answer = await deps.gateway.status(ref, idToRead(state, report));
    if (answer.outcome !== 'report') {
      const why = answer.outcome === 'unknown' ? answer.reason : answer.outcome;
      return postponed(deps, ref, { ...applied, verified: answer.outcome === 'not-found', why }, first);
    }
    report = answer.report;
  }
};

/** What a notification claims and the gateway's answer does not confirm. */
const notConfirmed = (
  claim: Report,
  known: Instructions,
  answer: Report,
  payment: Payment,
): Pick<Applied, 'why' | 'mismatched'> => {
  if (isUnconfirmed(claim, payment))
    return { why: 'the gateway does not confirm it yet; its status is read again soon' };
  const mismatched = meaningOf(claim) === 'pending' ? unconfirmed(claim.instructions, known, answer.instructions) : [];
  return mismatched.length > 0
    ? { why: `instructions the gateway does not confirm: ${mismatched.join(', ')}`, mismatched }
    : {};
};

const write = async (
  { store, now }: ReportDeps,
  ref: PaymentRef,
  decide: (payment: Payment, at: Instant) => ReportDecision,
): Promise<Pick<Applied, 'effect' | 'outcome'>> => {
  let effect: Effect = 'noop_stale';
  const outcome = await changePayment(store, ref, (payment) => {
    if (!payment) return nothing('unknown-payment');
    const decided = decide(payment, now());
    effect = decided.effect;
    return decided.decision;
  });
  return { effect, outcome };
};

/** The gateway order id leads to its present transaction; a second paid transaction is read by its own id. */
const idToRead = (payment: Payment, report: Report): string => {
  const standing = underlying(payment);
  const { others = {} } = payment;
  const hasMoney = isPaying(meaningOf(report)) || Object.hasOwn(others, report.transactionId);
  const isSecond = isOther(standing, report, payment) && hasMoney;
  return isSecond && /^[A-Za-z0-9-]{1,64}$/.test(report.transactionId) ? report.transactionId : payment.ref;
};

/** The read is not lost: the payment gets a deadline for it. */
const postponed = async (
  { store, now }: ReportDeps,
  ref: PaymentRef,
  applied: Applied,
  first: Report,
): Promise<Applied> => {
  const how = { claimed: first.source === 'notification', isAnswered: applied.verified };
  const outcome = await changePayment(store, ref, (payment) => pollLater(payment, now(), how));
  return logged({ ...applied, outcome }, ref, first);
};

const logged = (applied: Applied, ref: PaymentRef, { source, transactionStatus }: Report): Applied => {
  const { effect, why, verified, mismatched, outcome } = applied;
  const { orderId, standing } = outcome.state ?? {};
  const reported = transactionStatus.slice(0, 30);
  const fields = { orderId, paymentRef: ref, source, reported, effect, why, verified, status: standing?.status };
  const mismatch = mismatched ? { InstructionsMismatch: 1 } : {};
  log.info('Report applied', fields, { ...metricsOf(effect, outcome), ...mismatch });
  return applied;
};

const metricNames: Readonly<Partial<Record<PaymentFact['type'], MetricName>>> = {
  'payment.settled': 'PaymentSettled',
  'payment.held': 'PaymentHeld',
  'chargeback.held': 'PaymentHeld',
  'payment.reversed': 'PaymentReversed',
  'chargeback.recorded': 'ChargebackRecorded',
};

const metricsOf = (effect: Effect, { decision }: Outcome<Payment, PaymentFact>): Metrics => {
  const facts: readonly PaymentFact[] = decision.outcome === 'happened' ? decision.facts : [];
  const isPaidTwice = effect === 'hold_for_review' && facts.some(({ type }) => type === 'refund.changed');
  const names = facts.flatMap(({ type }) => metricNames[type] ?? []);
  return Object.fromEntries([...names, ...(isPaidTwice ? ['PaidTwice'] : [])].map((name) => [name, 1]));
};
