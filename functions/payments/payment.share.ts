/** What an order has to know of its payment. */
import { minus, type Rupiah, rupiah, sum } from '../kernel/rupiah.ts';
import type { Share } from '../orders/rules.ts';
import { bounded, left } from './payment.ledger.ts';
import { ownMoney, shownOf } from './payment.money.ts';
import type { Payment, Standing } from './payment.ts';
import { isSurplusByHand, type Refund } from './refund/refund.ts';

const waiting: ReadonlySet<Standing['status']> = new Set(['INTENDED', 'UNKNOWN', 'PENDING', 'AUTHORIZED', 'REVIEW']);

const surplusByHand = (refunds: readonly Refund[]): Rupiah =>
  sum(refunds.filter(isSurplusByHand).map(({ amount }) => amount));

/**
 * A held payment is to its order what it was before the hold.
 * @param version the version of the payment's item with this state
 */
export const shareOf = (payment: Payment, version: number): Share => {
  const { method, amount, purpose = 'base' } = payment;
  const { standing, ...money } = shownOf(payment);
  const own = ownMoney(money);
  const returning = minus(left(own), bounded(own).free);
  const byHand = rupiah(Math.min(returning, surplusByHand(own.refunds)));
  const share = { purpose, method, amount, version, left: left(own), returning, isOpen: waiting.has(standing.status) };
  return byHand > 0 ? { ...share, surplusByHand: byHand } : share;
};
