/** What each effect makes of a payment. */
import { minus, none, type Rupiah } from '../../kernel/rupiah.ts';
import type { Instant } from '../../kernel/types.ts';
import {
  type Hold,
  isPaid,
  type Paid,
  type Payment,
  type Reversed,
  type Standing,
  underlying,
  withRefunds,
} from '../payment.ts';
import { manualRefundMs, manualRefundOwner } from '../poll-schedule.ts';
import { type Refund, refunded } from '../refund/refund.ts';
import { merged } from '../refund/refund-report.ts';
import { holdReason, instructionsAfter, judgeStanding } from './payment.effects.ts';
import { type Effect, meaningOf, type Report } from './report.ts';

type Changed = Pick<Payment, 'standing' | 'refunds'>;
type ChangedStanding = { readonly standing: Standing; readonly refunds: readonly Refund[] };

/** @param claim the notification because of which the gateway was asked */
export const applied = (effect: Effect, report: Report, payment: Payment, claim?: Report): Changed => {
  const { standing, refunds } = payment;
  if (effect !== 'hold_amount_mismatch') return appliedTo(effect, report, payment, underlying(payment));
  if (standing.status === 'HELD') {
    const under = appliedTo(judgeStanding(report, payment, standing.under), report, payment, standing.under);
    return { standing: { ...standing, under: under.standing }, refunds: under.refunds };
  }
  const why = holdReason(report, payment) as Omit<Hold, 'at'>;
  const claimed = why.what === 'chargeback-amount' ? claim?.refundAmount : undefined;
  const hold: Hold = { ...why, ...(claimed === undefined ? {} : { claimed }), at: report.reportedAt };
  return { standing: { status: 'HELD', hold, under: standing, before: standing, published: refunds }, refunds };
};

export const appliedTo = (effect: Effect, report: Report, payment: Payment, standing: Standing): ChangedStanding => {
  const { transactionId } = report;
  const { refunds, amount } = payment;
  switch (effect) {
    case 'mark_pending': {
      const known =
        standing.status === 'PENDING' && standing.transactionId === transactionId ? standing.instructions : {};
      return {
        standing: { status: 'PENDING', transactionId, instructions: instructionsAfter(report, payment, known) },
        refunds,
      };
    }
    case 'mark_authorized':
      return { standing: { status: 'AUTHORIZED', transactionId }, refunds };
    case 'hold_for_review':
      return isPaid(standing)
        ? { standing, refunds: [...refunds, paidTwice(report, payment)] }
        : { standing: { status: 'REVIEW', transactionId }, refunds };
    case 'mark_paid':
      return { standing: paid(report), refunds };
    case 'mark_denied':
      return { standing: { status: 'DENIED', transactionId }, refunds };
    case 'mark_cancelled':
      return { standing: { status: 'CANCELLED', transactionId }, refunds };
    case 'mark_expired':
      return { standing: { status: 'EXPIRED', transactionId }, refunds };
    case 'mark_failed':
      return { standing: { status: 'FAILED', transactionId }, refunds };
    case 'confirm_settlement':
      return { standing: { ...moneyOf(standing, report), settled: true }, refunds };
    case 'record_refund_full':
    case 'record_refund_partial':
    case 'confirm_refund': {
      const now = merged(report, meaningOf(report), payment);
      return { standing: withRefunds({ ...moneyOf(standing, report), settled: true }, amount, now), refunds: now };
    }
    case 'record_chargeback': {
      const left = minus(amount, refunded(refunds));
      return charged(moneyOf(standing, report), left === 0 ? amount : left, 'CHARGED_BACK', refunds);
    }
    case 'record_chargeback_partial':
      return charged(moneyOf(standing, report), report.refundAmount ?? none, 'PARTIALLY_CHARGED_BACK', refunds);
    case 'reverse_payment': {
      const { paidAt, settled, chargedBack } = moneyOf(standing, report);
      const reversed: Reversed = {
        status: 'REVERSED',
        transactionId,
        paidAt,
        settled,
        chargedBack,
        reversedAt: report.reportedAt,
      };
      return { standing: reversed, refunds };
    }
    default:
      return { standing, refunds };
  }
};

const paid = (report: Report): Paid => ({
  status: 'PAID',
  transactionId: report.transactionId,
  paidAt: report.reportedAt,
  settled: report.transactionStatus !== 'capture',
  chargedBack: none,
});

/** A refund or chargeback may be the first that is heard of the money: it came, and went back. */
const moneyOf = (standing: Standing, report: Report): Paid => (isPaid(standing) ? standing : paid(report));

const charged = (
  money: Paid,
  chargedBack: Rupiah,
  status: Paid['status'],
  refunds: readonly Refund[],
): ChangedStanding => ({
  standing: { ...money, settled: true, chargedBack, status },
  refunds,
});

const paidTwice = ({ transactionId, reportedAt }: Report, { amount }: Payment): Refund => ({
  key: `twice-${transactionId}`,
  amount,
  reason: 'paid twice',
  requestedAt: reportedAt,
  of: transactionId,
  status: 'MANUAL',
  owner: manualRefundOwner,
  dueAt: (reportedAt + manualRefundMs) as Instant,
  reminders: 0,
});
