/** What each effect makes of a payment. */
import { applyReading, left } from '../payment.ledger.ts';
import { otherMoney, ownMoney, shownOf } from '../payment.money.ts';
import type { Failed, Hold, Paid, Payment, Standing } from '../payment.ts';
import { hasMoney, instructionsOf, transactionOf, underlying } from '../payment.ts';
import { byHand } from '../refund/refund.ts';
import { merged } from '../refund/refund-report.ts';
import { changes, effectOn, holdReason, instructionsAfter } from './payment.effects.ts';
import { isOther, otherAfter, readingOf } from './reading.ts';
import { type Effect, isFailure, meaningOf, type Report } from './report.ts';

export type Changed = Pick<Payment, 'standing' | 'ledger' | 'refunds' | 'others'>;
type ChangedUnder = Omit<Changed, 'standing'> & { readonly standing: Standing };

/** @param claim the report because of which the status was read */
export const applied = (effect: Effect, report: Report, payment: Payment, claim?: Report): Changed => {
  const { standing, ledger, refunds, others } = payment;
  if (effect !== 'hold_amount_mismatch') return appliedTo(effect, report, payment, claim);
  if (standing.status === 'HELD') {
    const next = appliedTo(effectOn(report, payment, claim), report, payment, claim);
    return { ...next, standing: { ...standing, under: next.standing } };
  }
  const why = holdReason(report, payment, claim) as Omit<Hold, 'at'>;
  const claimed = why.what === 'chargeback-amount' ? claim?.refundAmount : undefined;
  const hold: Hold = { ...why, ...(claimed === undefined ? {} : { claimed }), at: report.reportedAt };
  const { standing: before, ...published } = shownOf(payment);
  return { standing: { status: 'HELD', hold, under: standing, before, published }, ledger, refunds, others };
};

/** On the gateway's own standing of it, held or not. */
export const appliedTo = (effect: Effect, report: Report, payment: Payment, claim?: Report): ChangedUnder => {
  const standing = underlying(payment);
  const { ledger, refunds, others } = payment;
  if (!changes(effect)) return { standing, ledger, refunds, others };
  if (isOther(standing, report, payment)) return withOther(report, payment);
  const { transactionId } = report;
  switch (effect) {
    case 'mark_pending': {
      const known = transactionOf(standing) === transactionId ? instructionsOf({ standing }) : {};
      const instructions = instructionsAfter(report, payment, known);
      return without({ status: 'PENDING', transactionId, instructions }, payment);
    }
    case 'mark_authorized':
      return without({ status: 'AUTHORIZED', transactionId }, payment);
    case 'hold_for_review':
      return without({ status: 'REVIEW', transactionId }, payment);
    case 'mark_denied':
    case 'mark_cancelled':
    case 'mark_expired':
    case 'mark_failed':
      return without({ status: failures[effect], transactionId }, payment);
    case 'mark_paid':
    case 'confirm_settlement':
    case 'record_refund_full':
    case 'record_refund_partial':
    case 'confirm_refund':
    case 'record_chargeback':
    case 'record_chargeback_partial':
    case 'reverse_payment':
      return withMoney(report, payment, claim);
    default:
      return { standing, ledger, refunds, others };
  }
};

const failures = {
  mark_denied: 'DENIED',
  mark_cancelled: 'CANCELLED',
  mark_expired: 'EXPIRED',
  mark_failed: 'FAILED',
} as const satisfies Partial<Record<Effect, Failed['status']>>;

/** Another transaction takes the place of one whose money is gone; that one keeps its ledger and its refunds. */
const placeFor = (transactionId: string, payment: Payment): Pick<Payment, 'ledger' | 'refunds' | 'others'> => {
  const { ledger, refunds, others } = payment;
  const before = underlying(payment);
  if (!hasMoney(before) || before.transactionId === transactionId) return { ledger, refunds, others };
  const { transactionId: of } = before;
  return {
    ledger: undefined,
    refunds: refunds.map((refund) => (refund.of === undefined ? { ...refund, of } : refund)),
    others: { ...others, [of]: ownMoney(payment).ledger },
  };
};

const without = (standing: Exclude<Standing, Paid>, payment: Payment): ChangedUnder => ({
  ...placeFor(transactionOf(standing) ?? '', payment),
  standing,
});

/** A refund, chargeback or reversal may be the first report of the money: it came, and went back. */
const withMoney = (report: Report, payment: Payment, claim?: Report): ChangedUnder => {
  const { transactionId, reportedAt } = report;
  const meaning = meaningOf(report);
  const { others, ...own } = placeFor(transactionId, payment);
  const money = ownMoney(own);
  const before = underlying(payment);
  const known = hasMoney(before) && before.transactionId === transactionId ? before : undefined;
  const first = isFailure(meaning) ? (claim ?? report) : report;
  const settled = known?.settled === true || (isFailure(meaning) && known ? false : meaningOf(first) !== 'captured');
  return {
    others,
    refunds: merged(report, meaning, own),
    ledger: applyReading(money.ledger, readingOf(report, payment.amount, money.refunds)),
    // The status follows from the ledger.
    standing: { status: 'PAID', transactionId, paidAt: known?.paidAt ?? reportedAt, settled },
  };
};

/** What is left of a second transaction is paid back by hand: by the reference the gateway refunds the first only. */
const withOther = (report: Report, payment: Payment): ChangedUnder => {
  const { transactionId: of, reportedAt: requestedAt } = report;
  const key = `twice-${of}`;
  const other = otherAfter(report, payment);
  const amount = left({ ledger: other, refunds: otherMoney(payment, of).refunds });
  const known = payment.refunds.find((refund) => refund.key === key);
  const isMissing = amount > 0 && (known === undefined || known.status === 'VOIDED');
  const twice = byHand({ key, amount, reason: 'paid twice', requestedAt, of }, requestedAt);
  return {
    standing: underlying(payment),
    ledger: payment.ledger,
    refunds: isMissing ? [...payment.refunds.filter((refund) => refund !== known), twice] : payment.refunds,
    others: { ...payment.others, [of]: other },
  };
};
