/** The rules of an order: opened by an accepted ride, finished with its fare, paid by the settlement of a payment. */
import { type Decision, type Fact, happened, nothing, type Refusal, refused } from '../platform/decision.ts';
import type { Rupiah } from '../platform/rupiah.ts';
import type { DriverId, Instant } from '../platform/types.ts';
import type { Order, Trip } from './order.ts';

type OrderDecision = Decision<Order>;

export type Finish = {
  readonly fare: Rupiah;
  /** The driver who says so; nothing when an operator does. */
  readonly driverId?: DriverId | undefined;
  readonly at: Instant;
};
export type Settled = { readonly paymentRef: string; readonly method: string; readonly amount: Rupiah; readonly at: Instant };

export const open = (trip: Trip, order: Order | undefined): OrderDecision =>
  order
    ? nothing('already-open')
    : happened<Order>({ ...trip, status: 'ACTIVE' }, trip.openedAt, fact('order.opened', trip, { serviceLine: trip.serviceLine }));

export const finish = ({ fare, driverId, at }: Finish, order: Order | undefined): OrderDecision => {
  if (!order) return refused(refusals.unknown);
  if (driverId && order.driverId !== driverId) return refused(refusals.notYours);
  if (order.status === 'CANCELLED') return refused(refusals.cancelled);
  if (order.status !== 'ACTIVE') return order.fare === fare ? nothing('already-finished') : refused(refusals.finished);
  return happened<Order>({ ...order, status: 'FINISHED', fare, finishedAt: at }, at, fact('order.finished', order, { fare }));
};

/** The ride was cancelled after it was accepted: there is no trip to pay. */
export const cancel = ({ reason, at }: { readonly reason: string; readonly at: Instant }, order: Order | undefined): OrderDecision => {
  if (!order) return nothing('never-opened');
  if (order.status === 'CANCELLED') return nothing('already-cancelled');
  if (order.status !== 'ACTIVE') return refused(refusals.finished);
  const { orderId, riderId, driverId, serviceLine, openedAt } = order;
  return happened<Order>(
    { orderId, riderId, driverId, serviceLine, openedAt, status: 'CANCELLED', reason, cancelledAt: at },
    at,
    fact('order.cancelled', order, { reason }),
  );
};

/** A second payment of a paid order is a case of its own in the context payments; it changes nothing here. */
export const paid = ({ paymentRef, method, amount, at }: Settled, order: Order | undefined): OrderDecision => {
  if (!order) return refused(refusals.unknown);
  if (order.status === 'PAID') return nothing(order.paymentRef === paymentRef ? 'already-paid' : 'paid-by-another');
  if (order.status !== 'FINISHED') return refused(refusals.notFinished);
  if (order.fare !== amount) return refused(refusals.otherAmount);
  return happened<Order>(
    { ...order, status: 'PAID', paymentRef, paidAt: at },
    at,
    fact('order.paid', order, { fare: order.fare, paymentRef, method }),
  );
};

export const unpaid = (
  { paymentRef, at }: { readonly paymentRef: string; readonly at: Instant },
  order: Order | undefined,
): OrderDecision => {
  if (!order) return refused(refusals.unknown);
  if (order.status !== 'PAID' || order.paymentRef !== paymentRef) return nothing('not-paid-by-it');
  const { paymentRef: _, paidAt: __, ...finished } = order;
  return happened<Order>({ ...finished, status: 'FINISHED' }, at, fact('order.unpaid', order, { fare: order.fare, paymentRef }));
};

const fact = (type: string, { orderId, riderId, driverId }: Trip, data: Fact['data']): Fact => ({
  type,
  data: { orderId, riderId, driverId, ...data },
});

export const refusals = {
  unknown: {
    code: 'ORDER_NOT_FOUND',
    message: 'There is no order with this id. A ride becomes an order when a driver accepts it.',
    status: 404,
  },
  notYours: { code: 'NOT_YOUR_ORDER', message: 'This order belongs to somebody else.', status: 403 },
  finished: { code: 'ALREADY_FINISHED', message: 'The order is finished with another fare. An operator can correct it.' },
  cancelled: { code: 'ORDER_CANCELLED', message: 'The ride was cancelled. There is no trip to finish.' },
  notFinished: { code: 'NOT_FINISHED', message: 'The order has no fare yet. Finish the trip first.' },
  otherAmount: { code: 'OTHER_AMOUNT', message: 'The payment is not of the order’s fare.' },
} as const satisfies Record<string, Refusal>;
