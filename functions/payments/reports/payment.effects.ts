/** Which effect a report has: the transition table of docs/midtrans.md §5.2 and §5.3. */
import type { Failed, Hold, Instructions, Paid, Payment, Standing, Waiting } from '../payment.ts';
import { isFailed, isPaid, transactionOf, underlying } from '../payment.ts';
import { refundNews } from '../refund/refund-report.ts';
import { differences } from './instructions.ts';
import { type Effect, isFailure, isPaying, type Meaning, meaningOf, type Report } from './report.ts';

type Known = Exclude<Meaning, 'unknown'>;

const noEffect: ReadonlySet<Effect> = new Set(['noop_duplicate', 'noop_stale', 'verify_with_get_status']);
export const changes = (effect: Effect): boolean => !noEffect.has(effect);

/** The name of §5.4 for what the report does. */
export const effectOf = (report: Report, payment: Payment): Effect => {
  const isHeld = payment.standing.status === 'HELD';
  if (holdReason(report, payment)) return isHeld ? 'noop_duplicate' : verified(report, 'hold_amount_mismatch');
  const effect = effectOn(underlying(payment), report, payment);
  return isHeld && changes(effect) ? 'hold_amount_mismatch' : effect;
};

/** Why a report cannot be applied. */
export const holdReason = (report: Report, payment: Payment): Omit<Hold, 'at'> | undefined =>
  mismatch(report, payment) ??
  (lacksAmount(report, payment) ? { what: 'chargeback-amount', expected: 'an amount', said: 'none' } : undefined);

/** A part of the money was charged back and its amount is missing: that is not zero. */
const lacksAmount = (report: Report, payment: Payment): boolean =>
  !report.refundAmount && effectOn(underlying(payment), report, payment) === 'record_chargeback_partial';

const mismatch = (report: Report, { amount, merchantId }: Payment): Omit<Hold, 'at'> | undefined => {
  const { currency = 'IDR', merchantId: to = merchantId } = report;
  if (report.amount !== amount) return { what: 'amount', expected: `${amount}.00`, said: report.grossAmount };
  if (currency !== 'IDR') return { what: 'currency', expected: 'IDR', said: currency };
  if (merchantId !== undefined && to !== merchantId) return { what: 'merchant', expected: merchantId, said: to ?? '' };
  return undefined;
};

/** The effect on this standing of the payment, held or not. */
export const effectOn = (standing: Standing, report: Report, payment: Payment): Effect => {
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

/** A notification is a hint: the gateway's status is read before it has this effect. */
const verified = ({ source }: Report, effect: Effect): Effect =>
  source === 'answer' ? effect : 'verify_with_get_status';

/** An answer that was requested before the present knowledge cannot contradict it: the status is read again. */
const isCurrent = ({ source, reportedAt }: Report, { heardAt }: Payment): boolean =>
  source === 'answer' && reportedAt >= heardAt;
const ifCurrent = (meaning: Known, report: Report, payment: Payment): Effect =>
  isCurrent(report, payment) ? marking(meaning, report, payment) : 'verify_with_get_status';

/** Another transaction under the same gateway order id: after one that failed, or of a customer who paid twice. */
const ofAnother = (meaning: Known, report: Report, payment: Payment, standing: Standing): Effect => {
  if (isPaid(standing)) {
    if (!isPaying(meaning)) return 'noop_stale';
    if (payment.refunds.some(({ of }) => of === report.transactionId)) return 'noop_duplicate';
    return verified(report, 'hold_for_review');
  }
  if (report.source === 'notification') return 'verify_with_get_status';
  if (!isCurrent(report, payment) || (standing.status === 'REVERSED' && isFailure(meaning))) return 'noop_stale';
  return marking(meaning, report, payment);
};

const marks = {
  pending: 'mark_pending',
  authorized: 'mark_authorized',
  review: 'hold_for_review',
  captured: 'mark_paid',
  settled: 'mark_paid',
  'charged-back': 'record_chargeback',
  'partially-charged-back': 'record_chargeback_partial',
  denied: 'mark_denied',
  cancelled: 'mark_cancelled',
  expired: 'mark_expired',
  failed: 'mark_failed',
} as const satisfies Record<Exclude<Known, 'refunded' | 'partially-refunded'>, Effect>;

/** The effect on a payment of which nothing is known yet. */
const marking = (meaning: Known, report: Report, payment: Payment): Effect =>
  meaning === 'refunded' || meaning === 'partially-refunded'
    ? (recordedRefund(report, meaning, payment) ?? 'mark_paid')
    : marks[meaning];

const onWaiting = (meaning: Known, report: Report, payment: Payment, standing: Waiting): Effect => {
  const { status } = standing;
  if (isFailure(meaning)) return marks[meaning];
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
  return verified(report, marking(meaning, report, payment));
};

/**
 * Where to pay is never taken from a notification, whose signature does not cover it. While the charge is under way
 * nothing needs to be read: its answer contains it.
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

const refundEffects = {
  full: 'record_refund_full',
  partial: 'record_refund_partial',
  confirmed: 'confirm_refund',
  same: undefined,
  older: undefined,
} as const;
const recordedRefund = (report: Report, meaning: Known, payment: Payment): Effect | undefined =>
  refundEffects[refundNews(report, meaning, payment)];

const onPaid = (meaning: Known, report: Report, payment: Payment, standing: Paid): Effect => {
  const { status, settled } = standing;
  switch (meaning) {
    case 'captured':
      return status === 'PAID' && !settled ? 'noop_duplicate' : 'noop_stale';
    case 'settled':
      if (status !== 'PAID') return 'noop_stale';
      return settled ? 'noop_duplicate' : verified(report, 'confirm_settlement');
    case 'refunded':
    case 'partially-refunded': {
      const effect = recordedRefund(report, meaning, payment);
      if (effect) return verified(report, effect);
      return refundNews(report, meaning, payment) === 'same' ? 'noop_duplicate' : 'noop_stale';
    }
    case 'charged-back':
      return status === 'CHARGED_BACK' ? 'noop_duplicate' : verified(report, 'record_chargeback');
    case 'partially-charged-back':
      return status === 'CHARGED_BACK' || status === 'PARTIALLY_CHARGED_BACK'
        ? 'noop_duplicate'
        : verified(report, 'record_chargeback_partial');
    case 'denied':
    case 'cancelled':
    case 'expired':
    case 'failed':
      if (!isCurrent(report, payment)) return 'verify_with_get_status';
      return status === 'REFUNDED' || status === 'CHARGED_BACK' ? 'noop_stale' : 'reverse_payment';
    default:
      return 'noop_stale';
  }
};

const onReversed = (meaning: Known, report: Report, payment: Payment): Effect => {
  if (isFailure(meaning)) return 'noop_duplicate';
  return isPaying(meaning) ? ifCurrent(meaning, report, payment) : 'noop_stale';
};

const onFailed = (meaning: Known, report: Report, payment: Payment, { status, transactionId }: Failed): Effect => {
  const isKnown = transactionId !== undefined;
  if (status === meaning.toUpperCase() && (isKnown || report.source === 'notification')) return 'noop_duplicate';
  return isKnown && !isFailure(meaning) && !isPaying(meaning) ? 'noop_stale' : ifCurrent(meaning, report, payment);
};
