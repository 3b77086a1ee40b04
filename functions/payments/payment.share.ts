/** What an order has to know of its payment. */
import { minus, none, sum } from '../kernel/rupiah.ts';
import type { Share } from '../orders/rules.ts';
import { isPaid, type Payment, underlying } from './payment.ts';
import { isOpenRefund, refunded } from './refund/refund.ts';

const waiting: ReadonlySet<Payment['standing']['status']> = new Set([
  'INTENDED',
  'UNKNOWN',
  'PENDING',
  'AUTHORIZED',
  'REVIEW',
]);

/** @param version the version of the payment's item with this state */
export const shareOf = (payment: Payment, version: number): Share => {
  const { method, amount, refunds } = payment;
  const standing = underlying(payment);
  const left = isPaid(standing) ? minus(minus(amount, refunded(refunds)), standing.chargedBack) : none;
  const returning = sum(refunds.filter((one) => isOpenRefund(one) && one.of === undefined).map((one) => one.amount));
  const isOpen = waiting.has(standing.status);
  return { purpose: payment.purpose ?? 'base', method, amount, version, left, returning, isOpen };
};
