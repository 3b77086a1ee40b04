/** What an order takes in of its payments, and what became of it. */
import type { Outcome } from '../kernel/aggregate.ts';
import { log } from '../kernel/log.ts';
import type { MetricName } from '../kernel/metrics.ts';
import type { Instant, OrderId } from '../kernel/types.ts';
import { type Order, type OrderFact, orderRef, type Share, takePayments } from '../orders/rules.ts';
import type { Store } from '../platform/store.ts';
import { shareOf } from './payment.share.ts';
import type { PaymentsOf } from './payments.store.ts';

export type Known = Awaited<ReturnType<PaymentsOf>>;
type Shares = Readonly<Record<string, Share>>;

/** Whether they differ in more than their version. */
export const sharesDiffer = (was: Share | undefined, is: Share): boolean =>
  (Object.keys(is) as (keyof Share)[]).some((name) => name !== 'version' && was?.[name] !== is[name]);

export const sharesOf = (known: Known): Shares =>
  Object.fromEntries(known.map(({ state, version }) => [state.ref, shareOf(state, version)]));

/** What the order does not know yet: a version that changed nothing it has to know is not written. */
const newsOf = (known: Known, order: Order | undefined): Shares =>
  Object.fromEntries(Object.entries(sharesOf(known)).filter(([ref, is]) => sharesDiffer(order?.payments[ref], is)));

/** The order as it is once it has taken in what its payments say. Pure. */
export const withPayments = (order: Order | undefined, known: Known, at: Instant): Order | undefined => {
  const decision = takePayments(newsOf(known, order), at, order);
  return decision.outcome === 'happened' ? decision.state : order;
};

type OrderOutcome = Outcome<Order, OrderFact>;

const metricNames: Readonly<Partial<Record<OrderFact['type'], MetricName>>> = {
  'order.paid': 'OrderPaid',
  'order.unpaid': 'OrderUnpaid',
  'order.surplus': 'OrderSurplus',
};

/** Logs and counts what a payment changed in its order. */
export const orderTook = ({ decision, state }: OrderOutcome): void => {
  if (decision.outcome !== 'happened' || decision.facts.length === 0) return;
  const names = decision.facts.flatMap(({ type }) => metricNames[type] ?? []);
  const fields = { orderId: state?.orderId, command: 'take-payment', outcome: decision.outcome, status: state?.status };
  log.info('Decided', fields, Object.fromEntries(names.map((name) => [name, 1])));
};

/** The order takes in what its payments say now: whatever became of an event, this is what counts. */
export const takeIn = async (store: Store, orderId: OrderId, known: Known, at: Instant): Promise<Order | undefined> => {
  const outcome = await store.transition(orderRef(orderId), (order) => takePayments(newsOf(known, order), at, order));
  orderTook(outcome);
  return outcome.state;
};

export const readPayments = async (
  { store, paymentsOf }: { readonly store: Store; readonly paymentsOf: PaymentsOf },
  orderId: OrderId,
  at: Instant,
): Promise<Order | undefined> => takeIn(store, orderId, await paymentsOf(orderId), at);
