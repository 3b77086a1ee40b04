/** One change of a payment: what its order has to know of it is written in the same transaction. */
import type { Outcome } from '../kernel/aggregate.ts';
import { type Decision, type Nothing, nothing } from '../kernel/decision.ts';
import { Unavailable } from '../kernel/errors.ts';
import { type Order, orderRef, takePayment } from '../orders/rules.ts';
import type { Store } from '../platform/store.ts';
import { orderTook, sharesDiffer } from './order-payments.ts';
import { shareOf } from './payment.share.ts';
import { orderIdOf, type Payment, type PaymentFact, type PaymentRef, paymentRef } from './payment.ts';

type Decide = (payment: Payment | undefined) => Decision<Payment, PaymentFact>;

/** Whether the order has to know: its version alone does not count. */
const differ = (before: Payment | undefined, after: Payment): boolean =>
  sharesDiffer(before && shareOf(before, 0), shareOf(after, 0));

const concernsOrder = 'concerns-the-order';

/** @throws {Unavailable} when the order of a payment does not exist */
export const changePayment = async (
  store: Store,
  ref: PaymentRef,
  decide: Decide,
): Promise<Outcome<Payment, PaymentFact>> => {
  const alone = (payment: Payment | undefined): Decision<Payment, PaymentFact> => {
    const decision = decide(payment);
    return decision.outcome === 'happened' && differ(payment, decision.state) ? nothing(concernsOrder) : decision;
  };
  const outcome = await store.transition(paymentRef(ref), alone);
  return isLeft(outcome.decision) ? withOrder(store, ref, decide) : outcome;
};

const isLeft = (decision: Outcome<Payment, PaymentFact>['decision']): decision is Nothing =>
  decision.outcome === 'nothing' && decision.reason === concernsOrder;

type DecideWithOrder = (payment: Payment | undefined, order: Order | undefined) => Decision<Payment, PaymentFact>;

/** A change that depends on the order, too. */
export const withOrder = async (
  store: Store,
  ref: PaymentRef,
  decide: DecideWithOrder,
): Promise<Outcome<Payment, PaymentFact>> => {
  const orderId = orderIdOf(ref);
  const refs = [paymentRef(ref), orderRef(orderId)] as const;
  const [outcome, order] = await store.transitionAll(refs, ([payment, order], [version]) => {
    const decision = decide(payment, order);
    if (decision.outcome !== 'happened') return [decision, nothing('payment-unchanged')];
    const { state, at } = decision;
    if (!order) throw new Unavailable(`order ${orderId} of payment ${ref} does not exist`);
    return [decision, takePayment(ref, shareOf(state, version + 1), at, order)];
  });
  orderTook(order);
  return outcome;
};
