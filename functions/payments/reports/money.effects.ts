/** Which effect a report has on a payment that has or had money, and on another transaction of it. */
import { minus, none, sum } from '../../kernel/rupiah.ts';
import { givenBackByGateway, type Ledger, left } from '../payment.ledger.ts';
import { otherMoney, ownMoney } from '../payment.money.ts';
import type { Paid, Payment } from '../payment.ts';
import { refundNews } from '../refund/refund-report.ts';
import { hadMoney, otherAfter } from './reading.ts';
import { type Effect, isFailure, isPaying, type Meaning, type Report } from './report.ts';

type Known = Exclude<Meaning, 'unknown'>;
/** `claim`: the report because of which the status was read. */
export type Read = { readonly report: Report; readonly meaning: Known; readonly claim?: Report | undefined };

/** A notification is a hint: the gateway's status is read before it has this effect. */
export const verified = ({ source }: Report, effect: Effect): Effect =>
  source === 'answer' ? effect : 'verify_with_get_status';

/** An answer that was requested before the present knowledge cannot contradict it: the status is read again. */
const isCurrent = ({ source, reportedAt }: Report, { heardAt }: Payment): boolean =>
  source === 'answer' && reportedAt >= heardAt;
export const ifCurrent = (read: Read, payment: Payment): Effect =>
  isCurrent(read.report, payment) ? marking(read, payment) : 'verify_with_get_status';

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
export const marking = ({ report, meaning, claim }: Read, payment: Payment): Effect => {
  if (meaning === 'refunded' || meaning === 'partially-refunded')
    return recordedRefund(report, meaning, payment) ?? 'mark_paid';
  return isFailure(meaning) && hadMoney(report, claim, payment) ? 'reverse_payment' : marks[meaning];
};

const refundEffects = {
  full: 'record_refund_full',
  partial: 'record_refund_partial',
  confirmed: 'confirm_refund',
  same: undefined,
  older: undefined,
} as const;
const recordedRefund = (report: Report, meaning: Known, payment: Payment): Effect | undefined =>
  refundEffects[refundNews(report, meaning, payment.amount, ownMoney(payment))];

export const onPaid = (read: Read, payment: Payment, { status, settled }: Paid): Effect => {
  const { report, meaning } = read;
  switch (meaning) {
    case 'captured':
      return status === 'PAID' && !settled ? 'noop_duplicate' : 'noop_stale';
    case 'settled':
      if (ownMoney(payment).ledger.chargedBack > 0) return disputeWon(report, payment);
      if (status !== 'PAID') return 'noop_stale';
      return settled ? 'noop_duplicate' : verified(report, 'confirm_settlement');
    case 'refunded':
    case 'partially-refunded': {
      const effect = recordedRefund(report, meaning, payment);
      if (effect) return verified(report, effect);
      const news = refundNews(report, meaning, payment.amount, ownMoney(payment));
      return news === 'same' ? 'noop_duplicate' : 'noop_stale';
    }
    case 'charged-back':
      return status === 'CHARGED_BACK' ? 'noop_duplicate' : ifCurrent(read, payment);
    case 'partially-charged-back':
      return chargedBackInPart(read, payment);
    case 'denied':
    case 'cancelled':
    case 'expired':
    case 'failed':
      if (!isCurrent(report, payment)) return 'verify_with_get_status';
      return isAllGone(payment) ? 'noop_stale' : 'reverse_payment';
    default:
      return 'noop_stale';
  }
};

/** The gateway has nothing left to take: what a person paid back is not known there. */
const isAllGone = (payment: Payment): boolean => {
  const money = ownMoney(payment);
  return minus(money.ledger.received, sum([givenBackByGateway(money), money.ledger.chargedBack])) === 0;
};

/** Only an answer later than that of the chargeback shows that the issuer has given the money back. */
const disputeWon = ({ source, reportedAt }: Report, { ledger, heardAt }: Payment): Effect =>
  source === 'answer' && reportedAt > (ledger?.chargedBackAt ?? heardAt) ? 'mark_paid' : 'verify_with_get_status';

/** The amount is cumulative. Without one nothing more is known than before, unless a notification claims more. */
const chargedBackInPart = (read: Read, payment: Payment): Effect => {
  const { report, claim } = read;
  const { refundAmount: amount = none } = report;
  const { chargedBack: known } = ownMoney(payment).ledger;
  if (amount === known && amount > 0) return 'noop_duplicate';
  if (amount > known || known === 0) return ifCurrent(read, payment);
  if (amount > 0) return 'noop_stale';
  if (report.source === 'notification') return 'verify_with_get_status';
  return (claim?.refundAmount ?? none) > known ? 'record_chargeback_partial' : 'noop_duplicate';
};

export const onReversed = (read: Read, payment: Payment): Effect => {
  if (isFailure(read.meaning)) return 'noop_duplicate';
  return isPaying(read.meaning) ? ifCurrent(read, payment) : 'noop_stale';
};

/** A second transaction that has money is paid back; one whose money has gone back is nobody's task. */
export const onOther = (read: Read, payment: Payment): Effect => {
  const { report, meaning } = read;
  const { others } = payment;
  const known = others && Object.hasOwn(others, report.transactionId) ? others[report.transactionId] : undefined;
  if (!isPaying(meaning) && !(known && isFailure(meaning))) return 'noop_stale';
  if (meaning === 'partially-charged-back' && !report.refundAmount)
    return known && known.chargedBack > 0 ? 'noop_duplicate' : verified(report, 'record_chargeback_partial');
  const money = otherMoney(payment, report.transactionId);
  const after = otherAfter(report, payment);
  if (known && isSame(known, after)) return 'noop_duplicate';
  if (known && left({ ...money, ledger: after }) !== left(money) && !isCurrent(report, payment))
    return 'verify_with_get_status';
  if (!known && report.source === 'answer' && left({ ...money, ledger: after }) === 0) return 'noop_stale';
  return verified(report, otherEffect(meaning));
};

const isSame = (a: Ledger, b: Ledger): boolean =>
  a.received === b.received && a.counted === b.counted && a.chargedBack === b.chargedBack && a.reversed === b.reversed;

const otherEffect = (meaning: Known): Effect => {
  if (meaning === 'refunded') return 'record_refund_full';
  if (meaning === 'partially-refunded') return 'record_refund_partial';
  if (isFailure(meaning)) return 'reverse_payment';
  return meaning === 'captured' || meaning === 'settled' ? 'hold_for_review' : marks[meaning];
};
