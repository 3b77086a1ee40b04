/** Which effect a report has: the transition table of docs/midtrans.md §5.2 and §5.3. */

import {
  type Failed,
  type Hold,
  type Instructions,
  isFailed,
  isPaid,
  type Paid,
  type Payment,
  type Standing,
  transactionOf,
  underlying,
  type Waiting,
} from '../payment.ts';
import { type RefundNews, refundNews } from '../refund/refund-report.ts';
import { differences } from './instructions.ts';
import { type Effect, isFailure, isPaying, type Meaning, meaningOf, type Report } from './report.ts';

type Known = Exclude<Meaning, 'unknown'>;

const noEffect: ReadonlySet<Effect> = new Set(['noop_duplicate', 'noop_stale', 'verify_with_get_status']);
export const changes = (effect: Effect): boolean => !noEffect.has(effect);

/** The word of §5.4 for what the report does. */
export const judge = (report: Report, payment: Payment): Effect => {
  const held = payment.standing.status === 'HELD';
  if (holdReason(report, payment)) {
    if (held) return 'noop_duplicate';
    return report.source === 'answer' ? 'hold_amount_mismatch' : 'verify_with_get_status';
  }
  const effect = judgeStanding(report, payment, underlying(payment));
  return held && changes(effect) ? 'hold_amount_mismatch' : effect;
};

/** Why a report cannot be applied. */
export const holdReason = (report: Report, payment: Payment): Omit<Hold, 'at'> | undefined =>
  mismatch(report, payment) ??
  (lacksAmount(report, payment) ? { what: 'chargeback-amount', expected: 'an amount', said: 'none' } : undefined);

/** A part of the money went back, nobody says how much: that is not nothing. */
const lacksAmount = (report: Report, payment: Payment): boolean =>
  !report.refundAmount && judgeStanding(report, payment, underlying(payment)) === 'record_chargeback_partial';

const mismatch = (report: Report, { amount, merchantId }: Payment): Omit<Hold, 'at'> | undefined => {
  const { currency = 'IDR', merchantId: to = merchantId } = report;
  if (report.amount !== amount) return { what: 'amount', expected: `${amount}.00`, said: report.grossAmount };
  if (currency !== 'IDR') return { what: 'currency', expected: 'IDR', said: currency };
  if (merchantId !== undefined && to !== merchantId) return { what: 'merchant', expected: merchantId, said: to ?? '' };
  return undefined;
};

export const judgeStanding = (report: Report, payment: Payment, standing: Standing): Effect => {
  const meaning = meaningOf(report);
  if (meaning === 'unknown') return 'verify_with_get_status';
  const known = transactionOf(standing);
  if (known !== undefined && known !== report.transactionId) return ofAnother(meaning, report, payment, standing);
  if (isPaid(standing)) return onPaid(meaning, report, payment, standing);
  if (standing.status === 'REVERSED') return onReversed(meaning, report, payment);
  return isFailed(standing)
    ? onFailed(meaning, report, payment, standing)
    : onWaiting(meaning, report, payment, standing);
};

/** The answer to a question asked before our present knowledge was cannot contradict it: the gateway is asked again. */
const isBelieved = ({ source, reportedAt }: Report, { heardAt }: Payment): boolean =>
  source === 'answer' && reportedAt >= heardAt;

/** Another transaction under the same gateway order id: after a denied or expired one, or of a customer who paid twice. */
const ofAnother = (meaning: Known, report: Report, payment: Payment, standing: Standing): Effect => {
  if (isPaid(standing)) {
    if (!isPaying(meaning)) return 'noop_stale';
    if (payment.refunds.some(({ of }) => of === report.transactionId)) return 'noop_duplicate';
    return report.source === 'answer' ? 'hold_for_review' : 'verify_with_get_status';
  }
  if (report.source === 'notification') return 'verify_with_get_status';
  if (!isBelieved(report, payment) || (standing.status === 'REVERSED' && isFailure(meaning))) return 'noop_stale';
  return marking(meaning, report, payment);
};

const failureEffects = {
  denied: 'mark_denied',
  cancelled: 'mark_cancelled',
  expired: 'mark_expired',
  failed: 'mark_failed',
} as const satisfies Record<string, Effect>;

/** The effect on a payment of which nothing is known yet. */
const marking = (meaning: Known, report: Report, payment: Payment): Effect => {
  switch (meaning) {
    case 'pending':
      return 'mark_pending';
    case 'authorized':
      return 'mark_authorized';
    case 'review':
      return 'hold_for_review';
    case 'captured':
    case 'settled':
      return 'mark_paid';
    case 'refunded':
    case 'partially-refunded':
      return refundEffect(refundNews(report, meaning, payment)) ?? 'mark_paid';
    case 'charged-back':
      return 'record_chargeback';
    case 'partially-charged-back':
      return 'record_chargeback_partial';
    default:
      return failureEffects[meaning];
  }
};

const onWaiting = (meaning: Known, report: Report, payment: Payment, standing: Waiting): Effect => {
  const { status } = standing;
  if (isFailure(meaning)) return failureEffects[meaning];
  if (meaning === 'pending') {
    if (report.source === 'notification') return onPendingNotice(report, standing);
    if (status === 'INTENDED' || status === 'UNKNOWN') return 'mark_pending';
    if (status !== 'PENDING') return 'noop_stale';
    const shown = instructionsAfter(report, payment, standing.instructions);
    return differences(shown, standing.instructions).length > 0 ? 'mark_pending' : 'noop_duplicate';
  }
  if (meaning === 'review' && status === 'REVIEW') return 'noop_duplicate';
  if (meaning === 'authorized' && status === 'AUTHORIZED') return 'noop_duplicate';
  if (meaning === 'authorized' && status === 'REVIEW') return 'noop_stale';
  return report.source === 'answer' ? marking(meaning, report, payment) : 'verify_with_get_status';
};

/**
 * Where to pay is never taken from a notification, whose signature does not cover it. While the charge is under way
 * nothing needs to be asked: its answer says it.
 */
const onPendingNotice = ({ instructions }: Report, standing: Waiting): Effect => {
  switch (standing.status) {
    case 'INTENDED':
      return 'noop_duplicate';
    case 'UNKNOWN':
      return 'verify_with_get_status';
    case 'PENDING':
      return differences(instructions, standing.instructions).length > 0 ? 'verify_with_get_status' : 'noop_duplicate';
    default:
      return 'noop_stale';
  }
};

/** A repeated charge is answered with what was true at the first: it adds, and overwrites nothing newer. */
export const instructionsAfter = (
  { instructions, reportedAt }: Report,
  { heardAt }: Payment,
  known: Instructions,
): Instructions => (reportedAt >= heardAt ? { ...known, ...instructions } : { ...instructions, ...known });

const refundEffect = (news: RefundNews): Effect | undefined =>
  ({
    full: 'record_refund_full',
    partial: 'record_refund_partial',
    confirmed: 'confirm_refund',
    same: undefined,
    older: undefined,
  })[news] as Effect | undefined;

const onPaid = (meaning: Known, report: Report, payment: Payment, standing: Paid): Effect => {
  const { status, settled } = standing;
  const asked = (effect: Effect): Effect => (report.source === 'answer' ? effect : 'verify_with_get_status');
  switch (meaning) {
    case 'captured':
      return status === 'PAID' && !settled ? 'noop_duplicate' : 'noop_stale';
    case 'settled':
      if (status !== 'PAID') return 'noop_stale';
      return settled ? 'noop_duplicate' : asked('confirm_settlement');
    case 'refunded':
    case 'partially-refunded': {
      const news = refundNews(report, meaning, payment);
      const effect = refundEffect(news);
      if (effect) return asked(effect);
      return news === 'same' ? 'noop_duplicate' : 'noop_stale';
    }
    case 'charged-back':
      return status === 'CHARGED_BACK' ? 'noop_duplicate' : asked('record_chargeback');
    case 'partially-charged-back':
      return status === 'CHARGED_BACK' || status === 'PARTIALLY_CHARGED_BACK'
        ? 'noop_duplicate'
        : asked('record_chargeback_partial');
    case 'denied':
    case 'cancelled':
    case 'expired':
    case 'failed':
      if (!isBelieved(report, payment)) return 'verify_with_get_status';
      return status === 'REFUNDED' || status === 'CHARGED_BACK' ? 'noop_stale' : 'reverse_payment';
    default:
      return 'noop_stale';
  }
};

const onReversed = (meaning: Known, report: Report, payment: Payment): Effect => {
  if (isFailure(meaning)) return 'noop_duplicate';
  if (!isPaying(meaning)) return 'noop_stale';
  return isBelieved(report, payment) ? marking(meaning, report, payment) : 'verify_with_get_status';
};

const failedAs = { DENIED: 'denied', CANCELLED: 'cancelled', EXPIRED: 'expired', FAILED: 'failed' } as const;

const onFailed = (meaning: Known, report: Report, payment: Payment, standing: Failed): Effect => {
  const known = standing.transactionId !== undefined;
  if (failedAs[standing.status] === meaning && (known || report.source === 'notification')) return 'noop_duplicate';
  if (known && !isFailure(meaning) && !isPaying(meaning)) return 'noop_stale';
  return isBelieved(report, payment) ? marking(meaning, report, payment) : 'verify_with_get_status';
};
