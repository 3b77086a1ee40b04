/** What a report says of the columns of a transaction. */
import type { Rupiah } from '../../kernel/rupiah.ts';
import { applyReading, type Ledger, type Reading } from '../payment.ledger.ts';
import { otherMoney } from '../payment.money.ts';
import { isPaid, type Payment, type Standing, transactionOf } from '../payment.ts';
import type { Refund } from '../refund/refund.ts';
import { countedIn } from '../refund/refund-report.ts';
import { isFailure, isPaying, meaningOf, type Report } from './report.ts';

/** @param received what the transaction brought, all of it */
export const readingOf = (report: Report, received: Rupiah, refunds: readonly Refund[]): Reading => {
  const meaning = meaningOf(report);
  const { reportedAt: at } = report;
  if (isFailure(meaning)) return { received, at, isReversed: true };
  switch (meaning) {
    case 'settled':
      return { received, at, isWon: true };
    case 'charged-back':
      return { received, at, chargedBack: received };
    case 'partially-charged-back':
      return { received, at, chargedBack: report.refundAmount };
    default:
      return { received, at, counted: countedIn(report, meaning, received, { refunds }) };
  }
};

/** The ledger of another transaction after the report. */
export const otherAfter = (report: Report, payment: Payment): Ledger => {
  const { ledger, refunds } = otherMoney(payment, report.transactionId);
  return applyReading(ledger, readingOf(report, payment.amount, refunds));
};

/** Whether the report is of another transaction than the one that counts, and does not take its place. */
export const isOther = (standing: Standing, { transactionId }: Report, { others }: Pick<Payment, 'others'>): boolean =>
  (isPaid(standing) && standing.transactionId !== transactionId) ||
  (transactionOf(standing) !== transactionId && others !== undefined && Object.hasOwn(others, transactionId));

/**
 * Whether a transaction that is over without money had some: a report of its money caused the read, or the answer has
 * the time of its settlement. A card may have that time before it settles.
 */
export const hadMoney = (report: Report, claim: Report | undefined, { method }: Pick<Payment, 'method'>): boolean => {
  const isClaimed = claim?.transactionId === report.transactionId && isPaying(meaningOf(claim));
  return report.source === 'answer' && (isClaimed || (report.settledAt !== undefined && method !== 'card'));
};
