/** What each effect makes of a payment. */
import { minus, none, type Rupiah } from '../../kernel/rupiah.ts';
import type { Hold, Paid, Payment, Standing } from '../payment.ts';
import { instructionsOf, isPaid, transactionOf, underlying, withRefunds } from '../payment.ts';
import { byHand, type Refund, refunded } from '../refund/refund.ts';
import { merged } from '../refund/refund-report.ts';
import { effectOn, holdReason, instructionsAfter } from './payment.effects.ts';
import { type Effect, meaningOf, type Report } from './report.ts';

type Changed = Pick<Payment, 'standing' | 'refunds'>;
type ChangedStanding = { readonly standing: Standing; readonly refunds: readonly Refund[] };

/** @param claim the notification because of which the status was read */
export const applied = (effect: Effect, report: Report, payment: Payment, claim?: Report): Changed => {
  const { standing, refunds } = payment;
  if (effect !== 'hold_amount_mismatch') return appliedTo(underlying(payment), effect, report, payment);
  if (standing.status === 'HELD') {
    const { under } = standing;
    const next = appliedTo(under, effectOn(under, report, payment), report, payment);
    return { standing: { ...standing, under: next.standing }, refunds: next.refunds };
  }
  const why = holdReason(report, payment) as Omit<Hold, 'at'>;
  const claimed = why.what === 'chargeback-amount' ? claim?.refundAmount : undefined;
  const hold: Hold = { ...why, ...(claimed === undefined ? {} : { claimed }), at: report.reportedAt };
  return { standing: { status: 'HELD', hold, under: standing, before: standing, published: refunds }, refunds };
};

export const appliedTo = (standing: Standing, effect: Effect, report: Report, payment: Payment): ChangedStanding => {
  const { transactionId, reportedAt } = report;
  const { refunds, amount } = payment;
  const to = (next: Standing): ChangedStanding => ({ standing: next, refunds });
  switch (effect) {
    case 'mark_pending': {
      const known = transactionOf(standing) === transactionId ? instructionsOf({ standing }) : {};
      const instructions = instructionsAfter(report, payment, known);
      return to({ status: 'PENDING', transactionId, instructions });
    }
    case 'mark_authorized':
      return to({ status: 'AUTHORIZED', transactionId });
    case 'hold_for_review':
      return isPaid(standing)
        ? { standing, refunds: [...refunds, paidTwice(report, payment)] }
        : to({ status: 'REVIEW', transactionId });
    case 'mark_paid':
      return to(paid(report));
    case 'mark_denied':
      return to({ status: 'DENIED', transactionId });
    case 'mark_cancelled':
      return to({ status: 'CANCELLED', transactionId });
    case 'mark_expired':
      return to({ status: 'EXPIRED', transactionId });
    case 'mark_failed':
      return to({ status: 'FAILED', transactionId });
    case 'confirm_settlement':
      return to({ ...moneyOf(standing, report), settled: true });
    case 'record_refund_full':
    case 'record_refund_partial':
    case 'confirm_refund': {
      const now = merged(report, meaningOf(report), payment);
      return { standing: withRefunds({ ...moneyOf(standing, report), settled: true }, amount, now), refunds: now };
    }
    case 'record_chargeback': {
      const left = minus(amount, refunded(refunds));
      return to(chargedBack(moneyOf(standing, report), left === 0 ? amount : left, 'CHARGED_BACK'));
    }
    case 'record_chargeback_partial':
      return to(chargedBack(moneyOf(standing, report), report.refundAmount ?? none, 'PARTIALLY_CHARGED_BACK'));
    case 'reverse_payment':
      return to({ ...moneyOf(standing, report), status: 'REVERSED', transactionId, reversedAt: reportedAt });
    default:
      return to(standing);
  }
};

const paid = (report: Report): Paid => ({
  status: 'PAID',
  transactionId: report.transactionId,
  paidAt: report.reportedAt,
  settled: report.transactionStatus !== 'capture',
  chargedBack: none,
});

/** A refund or chargeback may be the first report of the money: it came, and went back. */
const moneyOf = (standing: Standing, report: Report): Paid => (isPaid(standing) ? standing : paid(report));

const chargedBack = (money: Paid, amount: Rupiah, status: Paid['status']): Paid => ({
  ...money,
  settled: true,
  chargedBack: amount,
  status,
});

const paidTwice = ({ transactionId: of, reportedAt: at }: Report, { amount }: Payment): Refund =>
  byHand({ key: `twice-${of}`, amount, reason: 'paid twice', requestedAt: at, of }, at);
