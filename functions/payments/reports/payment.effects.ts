/** Which effect a report has: the transition table of docs/midtrans.md §5.2 and §5.3. */
import type { Failed, Hold, Instructions, Payment, Standing, Waiting } from '../payment.ts';
import { isFailed, isPaid, transactionOf, underlying } from '../payment.ts';
import { differences } from './instructions.ts';
import { ifCurrent, marking, onOther, onPaid, onReversed, type Read, verified } from './money.effects.ts';
import { hadMoney, isOther } from './reading.ts';
import { type Effect, isFailure, isPaying, meaningOf, type Report } from './report.ts';

const noEffect: ReadonlySet<Effect> = new Set(['noop_duplicate', 'noop_stale', 'verify_with_get_status']);
export const changes = (effect: Effect): boolean => !noEffect.has(effect);

/** The name of §5.4 for what the report does. `claim`: the report because of which the status was read. */
export const effectOf = (report: Report, payment: Payment, claim?: Report): Effect => {
  const isHeld = payment.standing.status === 'HELD';
  if (holdReason(report, payment, claim)) return isHeld ? 'noop_duplicate' : verified(report, 'hold_amount_mismatch');
  const effect = effectOn(report, payment, claim);
  return isHeld && changes(effect) ? 'hold_amount_mismatch' : effect;
};

/** Why a report cannot be applied. */
export const holdReason = (report: Report, payment: Payment, claim?: Report): Omit<Hold, 'at'> | undefined => {
  // A part of the money was charged back and its amount is missing: that is not zero.
  const lacksAmount = !report.refundAmount && effectOn(report, payment, claim) === 'record_chargeback_partial';
  const missing = { what: 'chargeback-amount', expected: 'an amount', said: 'none' } as const;
  return mismatch(report, payment) ?? (lacksAmount ? missing : undefined);
};

const mismatch = (report: Report, { amount, merchantId }: Payment): Omit<Hold, 'at'> | undefined => {
  const { currency = 'IDR', merchantId: to = merchantId } = report;
  if (report.amount !== amount) return { what: 'amount', expected: `${amount}.00`, said: report.grossAmount };
  if (currency !== 'IDR') return { what: 'currency', expected: 'IDR', said: currency };
  if (merchantId !== undefined && to !== merchantId) return { what: 'merchant', expected: merchantId, said: to ?? '' };
  return undefined;
};

/** The effect on the gateway's own standing of the payment, held or not. */
export const effectOn = (report: Report, payment: Payment, claim?: Report): Effect => {
  const standing = underlying(payment);
  const meaning = meaningOf(report);
  if (meaning === 'unknown') return 'verify_with_get_status';
  const read: Read = { report, meaning, claim };
  const known = transactionOf(standing);
  if (isOther(standing, report, payment)) return onOther(read, payment);
  if (known !== undefined && known !== report.transactionId) return instead(read, payment, standing);
  if (isPaid(standing)) return onPaid(read, payment, standing);
  if (standing.status === 'REVERSED') return onReversed(read, payment);
  return isFailed(standing) ? onFailed(read, payment, standing) : onWaiting(read, payment, standing);
};

/** Another transaction under the same gateway order id, after one that has no money. */
const instead = (read: Read, payment: Payment, standing: Standing): Effect => {
  if (read.report.source === 'notification') return 'verify_with_get_status';
  return standing.status === 'REVERSED' && isFailure(read.meaning) ? 'noop_stale' : ifCurrent(read, payment);
};

const onWaiting = (read: Read, payment: Payment, standing: Waiting): Effect => {
  const { report, meaning } = read;
  const { status } = standing;
  if (isFailure(meaning)) return marking(read, payment);
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
  return verified(report, marking(read, payment));
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

const onFailed = (read: Read, payment: Payment, { status, transactionId }: Failed): Effect => {
  const { report, meaning, claim } = read;
  if (isFailure(meaning) && hadMoney(report, claim, payment)) return ifCurrent(read, payment);
  const isKnown = transactionId !== undefined;
  if (status === meaning.toUpperCase() && (isKnown || report.source === 'notification')) return 'noop_duplicate';
  return isKnown && !isFailure(meaning) && !isPaying(meaning) ? 'noop_stale' : ifCurrent(read, payment);
};
