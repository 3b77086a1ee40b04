/** At rest: the money that the gateway and people's hands know of is what orders, payments and facts say. */
import type { Transaction } from '../../../local/gateway/transaction.ts';
import type { Order, Payment, Stored } from '../items.ts';
import type { World } from '../world.ts';
import type { Report } from './law.ts';

/** How long a way to pay may stay open after nothing is owed and nothing fails any more. */
const closingMs = 8 * 3_600_000;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What the gateway took and has not given back. */
export const leftOf = ({ state, grossAmount }: Transaction): number => {
  switch (state.status) {
    case 'settlement':
    case 'capture':
      return grossAmount;
    case 'refund':
    case 'partial_refund':
      return grossAmount - sum(state.refunds.map(({ amount }) => amount));
    case 'chargeback':
    case 'partial_chargeback':
      return grossAmount - state.amount;
    default:
      return 0;
  }
};

/** Money that a bank took, which may be more than was there: it does not know what we gave back by hand. */
const isTaken = ({ state }: Transaction): boolean =>
  ['chargeback', 'partial_chargeback', 'cancel', 'deny', 'expire'].includes(state.status);

export const moneyLaws = (world: World, { orders, payments }: Stored, report: Report): void => {
  const { books, coveredSince } = world.guard;
  const transactions = Map.groupBy(world.gateway.transactions(), ({ orderId }) => orderId);
  const transactionsOf = ({ ref }: Payment): readonly Transaction[] => transactions.get(ref) ?? [];
  const leftAt = (payment: Payment): number => sum(transactionsOf(payment).map(leftOf)) - books.paidBack(payment.ref);

  const checkPayment = (payment: Payment): void => {
    const { ref, status, openRefunds } = payment;
    const own = transactionsOf(payment);
    const left = leftAt(payment);
    if (left < 0 && !own.some(isTaken)) report('no more goes back than came', ref, `${left} rupiah left`);
    const open = sum(openRefunds.map(({ amount }) => amount));
    if (open > Math.max(0, left)) report('nobody pays back what is gone', ref, `${open} to pay back, ${left} left`);
    if (own.length === 1 && status !== 'HELD' && books.left(ref) !== Math.max(0, left))
      report('the facts are what happened', ref, `${books.left(ref)} by its facts, ${left} at the gateway`);
  };
  const checkOrder = (pk: string, order: Order): void => {
    const own = payments.filter((payment) => payment.pk === pk);
    const { status, owed, cash } = order;
    const left = sum(own.map((one) => Math.max(0, leftAt(one)))) + cash;
    const open = sum(own.flatMap(({ openRefunds }) => openRefunds.map(({ amount }) => amount)));
    if (status === 'PAID' && left < owed) report('PAID means money', pk, `${left} of ${owed} rupiah`);
    if (status === 'FINISHED' && left >= owed && left > 0)
      report('money means PAID', pk, `FINISHED with ${left} of ${owed} rupiah`);
    // What was taken in cash belongs to a person, who is reminded.
    const surplus = left - open - owed;
    if (surplus > (order.hasDeadline ? cash : 0))
      report('surplus goes back', pk, `${left - open} rupiah held, ${owed} owed`);
    const since = coveredSince.get(`${pk} ORDER`);
    if (since === undefined) return;
    const endBy = Math.max(since, world.quietFrom) + closingMs;
    for (const { transactionId, orderId, createdAt } of own.flatMap(transactionsOf)) {
      const closed = world.gateway.closedAt(transactionId) ?? world.engine.now();
      if (createdAt < since && closed > endBy)
        report('nothing can be paid of a covered order', pk, `${orderId} was open until ${new Date(closed).toJSON()}`);
    }
  };

  for (const payment of payments) checkPayment(payment);
  for (const { pk, ...order } of orders) checkOrder(pk, order);
  const known = new Set(payments.map(({ ref }) => ref));
  for (const ref of transactions.keys())
    if (!known.has(ref)) report('every charge has an item', ref, 'charged at the gateway only');
};
