/** What a report of the gateway does to a payment, whatever the order of arrival. */
import { type Decision, happened, nothing } from '../platform/decision.ts';
import type { Instant } from '../platform/types.ts';
import { askAfter } from './patience.ts';
import { changes, judge, judgeStanding, mismatch } from './payment.effects.ts';
import { factsBetween } from './payment.facts.ts';
import { applied, appliedTo } from './payment.standings.ts';
import { isPaid, type Payment } from './payment.ts';
import type { Effect, Report } from './report.ts';

export type Heard = { readonly effect: Effect; readonly decision: Decision<Payment> };

/** Two facts are taken from a notification alone: that a payment waits, and that an unpaid one failed. All else is asked for first. */
export const hear = (report: Report, payment: Payment, at: Instant): Heard => {
  const effect = judge(report, payment);
  if (!changes(effect)) return unchanged(effect, report, payment, at);
  const { standing, refunds } = applied(effect, report, payment);
  return become(effect, { ...payment, standing, refunds }, report, payment, at);
};

/** An operator or the deadline of a hold has asked the gateway: when its answer fits the payment, the hold ends. */
export const release = (report: Report, payment: Payment, at: Instant): Heard => {
  const { standing } = payment;
  if (standing.status !== 'HELD') return hear(report, payment, at);
  if (mismatch(report, payment)) return unchanged('noop_duplicate', report, payment, at);
  const effect = judgeStanding(report, payment, standing.under);
  if (effect === 'verify_with_get_status') return unchanged(effect, report, payment, at);
  const freed = changes(effect)
    ? appliedTo(effect, report, payment, standing.under)
    : { standing: standing.under, refunds: payment.refunds };
  const shown = isPaid(freed.standing) && !isPaid(standing.before) && !changes(effect) ? 'mark_paid' : effect;
  return become(shown, { ...payment, ...freed }, report, payment, at);
};

const become = (effect: Effect, next: Payment, report: Report, before: Payment, at: Instant): Heard => {
  const heardAt = Math.max(before.heardAt, report.saidAt) as Instant;
  const after: Payment = { ...next, heardAt, ask: askAfter(next.standing, at) };
  return { effect, decision: happened(after, at, ...factsBetween(before, after)) };
};

const unchanged = (effect: Effect, { source }: Report, payment: Payment, at: Instant): Heard => {
  const { ask, standing } = payment;
  if (source === 'notification' || !ask || ask.at > at) return { effect, decision: nothing(effect) };
  return { effect, decision: happened({ ...payment, ask: askAfter(standing, at, ask.count + 1) }, at) };
};
