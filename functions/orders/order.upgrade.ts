/** Orders stored before they kept their money: carried over when they are read. */
import { none, type Rupiah } from '../kernel/rupiah.ts';
import type { Instant } from '../kernel/types.ts';
import type { Money, Order, Trip } from './order.ts';

export const orderShape = 2;

type Finished = Trip & { readonly fare: Rupiah; readonly finishedAt: Instant };
type Former =
  | (Trip & { readonly status: 'ACTIVE' })
  | (Trip & { readonly status: 'CANCELLED'; readonly reason: string; readonly cancelledAt: Instant })
  | (Finished & { readonly status: 'FINISHED' })
  | (Finished & { readonly status: 'PAID'; readonly paymentRef: string; readonly paidAt: Instant });

/** The payment that paid it is known of no version: whatever it says next is newer. */
const moneyOf = (order: Former): Money => {
  const unpaid = { owed: 'fare' in order ? { base: order.fare } : {}, cash: {}, payments: {} };
  if (order.status !== 'PAID') return unpaid;
  const { paymentRef, fare } = order;
  if (paymentRef === `${order.orderId}-cash`) return { ...unpaid, cash: { base: fare } };
  const share = { purpose: 'base', method: 'unknown', amount: fare, version: 0, left: fare } as const;
  return { ...unpaid, payments: { [paymentRef]: { ...share, returning: none, isOpen: false } } };
};

export const upgraded = (stored: unknown): Order => {
  const order = stored as Former;
  return { ...order, ...moneyOf(order) };
};
