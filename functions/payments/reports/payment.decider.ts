/** What a report of the gateway does to a payment, whatever the order of arrival. */
import { type Decision, happened, nothing } from '../../kernel/decision.ts';
import type { Instant } from '../../kernel/types.ts';
import { factsBetween } from '../payment.facts.ts';
import { adjusted } from '../payment.money.ts';
import { isPaid, type Payment, type PaymentFact, underlying } from '../payment.ts';
import { isDue, lacksInstructions, pollAfter, recheckAfter } from '../poll-schedule.ts';
import { changes, effectOf, effectOn, holdReason } from './payment.effects.ts';
import { applied, appliedTo } from './payment.standings.ts';
import { type Effect, meaningOf, type Report } from './report.ts';

export type ReportDecision = { readonly effect: Effect; readonly decision: Decision<Payment, PaymentFact> };

/** `claim`: the report because of which the status was read, as a rule a notification. */
type Context = {
  readonly report: Report;
  readonly before: Payment;
  readonly at: Instant;
  readonly claim?: Report | undefined;
};

/** One fact is taken from a notification alone: that an unpaid payment failed. All else is verified first. */
export const decideReport = (report: Report, payment: Payment, at: Instant, claim?: Report): ReportDecision => {
  if (bringsMissingAmount(report, payment)) return release(report, payment, at, claim);
  const context = { report, before: payment, at, claim };
  const effect = effectOf(report, payment, claim);
  if (!changes(effect)) return unchanged(effect, context);
  return become(effect, { ...payment, ...applied(effect, report, payment, claim) }, context);
};

/** An operator or the deadline of a hold caused the read: when the answer matches the payment, the hold ends. */
export const release = (report: Report, payment: Payment, at: Instant, claim?: Report): ReportDecision => {
  const { standing } = payment;
  if (standing.status !== 'HELD') return decideReport(report, payment, at, claim);
  const context = { report, before: payment, at, claim };
  if (holdReason(report, payment, claim)) return unchanged('noop_duplicate', context);
  const effect = effectOn(report, payment, claim);
  if (effect === 'verify_with_get_status') return unchanged(effect, context);
  const freed = appliedTo(effect, report, payment, claim);
  const shown = isPaid(freed.standing) && !isPaid(standing.before) && !changes(effect) ? 'mark_paid' : effect;
  return become(shown, { ...payment, ...freed }, context);
};

/** The status could not be read, or the transaction is unknown: what was due is read later, anything else soon. */
export const pollLater = (
  payment: Payment | undefined,
  at: Instant,
  { claimed, isAnswered }: { readonly claimed: boolean; readonly isAnswered: boolean },
): Decision<Payment, PaymentFact> => {
  if (!payment) return nothing('unknown-payment');
  const { ask, recheck } = payment;
  const again = isDue(recheck, at) ? recheckAfter(at, recheck.count + 1, isAnswered) : recheck;
  const starts = !recheck && (claimed || !isDue(ask, at));
  return rescheduled(payment, at, 'polled-soon-anyway', starts ? recheckAfter(at, 0, isAnswered) : again);
};

/** The amount of a chargeback is all that such a hold waits for, whatever caused the read. */
const bringsMissingAmount = (report: Report, payment: Payment): boolean => {
  const { standing } = payment;
  if (standing.status !== 'HELD' || standing.hold.what !== 'chargeback-amount' || report.source !== 'answer')
    return false;
  return effectOn(report, payment).startsWith('record_chargeback');
};

const become = (effect: Effect, next: Payment, context: Context): ReportDecision => {
  const { report, before, at } = context;
  const heardAt = Math.max(before.heardAt, report.reportedAt) as Instant;
  const kept = adjusted(next, report.reportedAt);
  const polls = { ask: nextPoll(before, kept, at), recheck: nextRecheck(effect, kept, context) };
  const after: Payment = { ...kept, heardAt, ...polls };
  return { effect, decision: happened(after, at, ...factsBetween(before, after)) };
};

const unchanged = (effect: Effect, context: Context): ReportDecision => {
  const { report, before, at } = context;
  if (report.source === 'notification') return { effect, decision: nothing(effect) };
  return { effect, decision: rescheduled(before, at, effect, nextRecheck(effect, before, context)) };
};

/** The status was read and nothing changed but the time of the next read. */
const rescheduled = (
  payment: Payment,
  at: Instant,
  reason: string,
  recheck: Payment['recheck'],
): Decision<Payment, PaymentFact> => {
  const ask = isDue(payment.ask, at) ? pollAfter(payment, at, payment.ask.count + 1) : payment.ask;
  return ask === payment.ask && recheck === payment.recheck
    ? nothing(reason)
    : happened({ ...payment, ask, recheck }, at);
};

/** A read that is planned for the same reason is not put off. */
const nextPoll = (before: Payment, next: Payment, at: Instant): Payment['ask'] => {
  const ask = pollAfter(next, at);
  const isSame =
    lacksInstructions(next) || (before.standing.status === next.standing.status && !lacksInstructions(before));
  return isSame && ask && before.ask && before.ask.at > at && before.ask.at < ask.at ? before.ask : ask;
};

/** The status may lag behind a notification: until it reports the same or more, or the time of a lag is over. */
const nextRecheck = (effect: Effect, next: Payment, { report, before, at, claim }: Context): Payment['recheck'] => {
  const { recheck } = before;
  if (report.source === 'notification') return recheck;
  if (claim?.source === 'notification' && isUnconfirmed(claim, next)) return recheck ?? recheckAfter(at, 0, true);
  if (!recheck || (changes(effect) && effect !== 'mark_pending')) return undefined;
  return isDue(recheck, at) ? recheckAfter(at, recheck.count + 1, true) : recheck;
};

/** Whether a notification reports what is not known of the payment yet. That it waits is never news. */
export const isUnconfirmed = (claim: Report, payment: Payment): boolean => {
  const meaning = meaningOf(claim);
  const standing = underlying(payment);
  // The money came and went; what is reversed is final for its transaction.
  if (standing.status === 'REVERSED' && standing.transactionId === claim.transactionId) return false;
  return meaning !== 'pending' && meaning !== 'unknown' && effectOf(claim, payment) === 'verify_with_get_status';
};
