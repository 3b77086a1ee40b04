/** What payments, their facts and their order must agree on after each command of the table. */
import type { Books } from '../books.ts';
import { type Item, orderIn, paymentIn } from '../items.ts';
import type { Report } from './law.ts';

type Watched = {
  readonly items: ReadonlyMap<string, Item>;
  readonly ledger: Books;
  /** Since when nothing is to be paid of an order. */
  readonly coveredSince: Map<string, number>;
  readonly now: () => number;
  readonly report: Report;
};

export const moneyWriteLaws = ({ items, ledger, coveredSince, now, report }: Watched) => {
  const checkPayment = (key: string, item: Item): void => {
    const { ref, left } = paymentIn(item);
    const booked = ledger.left(ref);
    if (booked < 0) report('no more goes back than came', key, `the facts leave ${booked} rupiah`);
    if (booked !== left)
      report('the facts of a payment sum to what is left', key, `${booked} by its facts, ${left} in its item`);
  };
  const checkOrder = (key: string, item: Item): void => {
    const order = orderIn(item);
    const isCovered = order.status === 'PAID' || (order.status === 'CANCELLED' && order.owed === 0);
    if (!isCovered) coveredSince.delete(key);
    else if (!coveredSince.has(key)) coveredSince.set(key, now());
    if (order.status === 'PAID' && order.held < order.owed)
      report('PAID is covered at every write', key, `${order.held} of ${order.owed} rupiah`);
    for (const [ref, seen] of Object.entries(order.payments)) {
      const [partition = ''] = key.split(' ');
      const stored = items.get(`${partition} PAYMENT#${ref.slice(ref.lastIndexOf('-') + 1)}`);
      const payment = stored && paymentIn(stored);
      if (payment && payment.left !== seen.left)
        report('order and payment change together', key, `${ref}: ${payment.left} left, the order has ${seen.left}`);
    }
  };
  return { checkPayment, checkOrder };
};
