/** The rules of an order: opened by a ride or a scan, finished with its fare, paid by a settled payment or in cash. */
import { orderCancelled, orderFinished, orderOpened, orderPaid, orderUnpaid } from '../../events/order.ts';
import { type Decision, happened, nothing, type Refusal, refused } from '../kernel/decision.ts';
import type { Rupiah } from '../kernel/rupiah.ts';
import type { CarId, DriverId, Instant } from '../kernel/types.ts';
import { cashRef, type Order, type OrderFact, type Trip } from './order.ts';

export type OrderDecision = Decision<Order, OrderFact>;
type InStatus<Status extends Order['status']> = Extract<Order, { status: Status }>;

export type Finish = {
  readonly fare: Rupiah;
  /** The driver who finishes the trip; missing when an operator does. */
  readonly driverId?: DriverId | undefined;
  /** The car that driver drives. */
  readonly car?: CarId | undefined;
  /** The driver took the fare in cash. */
  readonly inCash?: boolean | undefined;
  readonly at: Instant;
};
type Settled = { readonly paymentRef: string; readonly method: string; readonly amount: Rupiah; readonly at: Instant };

export const open = (trip: Trip, order: Order | undefined): OrderDecision => {
  if (order) return nothing('already-open');
  const fact = orderOpened({ ...idsOf(trip), serviceLine: trip.serviceLine });
  return happened({ ...trip, status: 'ACTIVE' }, trip.openedAt, fact);
};

export const finish = (command: Finish, order: Order | undefined): OrderDecision => {
  const { fare, driverId, inCash, at } = command;
  if (!order) return refused(refusals.unknown);
  if (driverId && !isOfDriver(order, command)) return refused(refusals.notYours);
  if (order.status === 'CANCELLED') return refused(refusals.cancelled);
  if (order.status === 'ACTIVE') return endTrip(command, order);
  if (order.fare !== fare) return refused(refusals.finished);
  if (order.status === 'PAID' && inCash && !isPaidInCash(order)) return refused(refusals.paid);
  if (order.status === 'PAID' || !inCash) return nothing('already-finished');
  return happened(...paidInCash(order, at));
};

const isOfDriver = ({ driverId, car }: Order, by: Finish): boolean =>
  driverId === undefined ? car !== undefined && car === by.car : driverId === by.driverId;

export const isPaidInCash = ({ paymentRef, orderId }: InStatus<'PAID'>): boolean => paymentRef === cashRef(orderId);

const endTrip = ({ fare, driverId, inCash, at }: Finish, order: InStatus<'ACTIVE'>): OrderDecision => {
  const ended = { ...order, driverId: order.driverId ?? driverId, status: 'FINISHED', fare, finishedAt: at } as const;
  const fact = orderFinished({ ...idsOf(ended), fare });
  if (!inCash) return happened(ended, at, fact);
  const [paid, , paidFact] = paidInCash(ended, at);
  return happened(paid, at, fact, paidFact);
};

const paidInCash = (order: InStatus<'FINISHED'>, at: Instant) =>
  paidBy(order, { paymentRef: cashRef(order.orderId), method: 'cash', at });

const paidBy = (
  order: InStatus<'FINISHED'>,
  { paymentRef, method, at }: Omit<Settled, 'amount'>,
): readonly [Order, Instant, OrderFact] => [
  { ...order, status: 'PAID', paymentRef, paidAt: at },
  at,
  orderPaid({ ...idsOf(order), fare: order.fare, paymentRef, method }),
];

/** The ride was cancelled after it was accepted: there is no trip to pay. */
export const cancel = (
  { reason, at }: { readonly reason: string; readonly at: Instant },
  order: Order | undefined,
): OrderDecision => {
  if (!order) return nothing('never-opened');
  if (order.status === 'CANCELLED') return nothing('already-cancelled');
  if (order.status !== 'ACTIVE') return refused(refusals.finished);
  const fact = orderCancelled({ ...idsOf(order), reason });
  return happened({ ...order, status: 'CANCELLED', reason, cancelledAt: at }, at, fact);
};

/** Money that pays an order a second time is refused, and the refusal alarms: it must be refunded. */
export const markPaid = (settled: Settled, order: Order | undefined): OrderDecision => {
  if (!order) return refused(refusals.unknown);
  if (order.status === 'PAID') {
    if (isPaidInCash(order)) return refused(refusals.paidInCash);
    return order.paymentRef === settled.paymentRef ? nothing('already-paid') : refused(refusals.paidByAnother);
  }
  if (order.status !== 'FINISHED') return refused(refusals.notFinished);
  if (order.fare !== settled.amount) return refused(refusals.otherAmount);
  return happened(...paidBy(order, settled));
};

export const markUnpaid = (
  { paymentRef, at }: { readonly paymentRef: string; readonly at: Instant },
  order: Order | undefined,
): OrderDecision => {
  if (!order) return refused(refusals.unknown);
  if (order.status !== 'PAID' || order.paymentRef !== paymentRef) return nothing('not-paid-by-it');
  const { paymentRef: _, paidAt: __, ...finished } = order;
  const fact = orderUnpaid({ ...idsOf(order), fare: order.fare, paymentRef });
  return happened({ ...finished, status: 'FINISHED' }, at, fact);
};

const idsOf = ({ orderId, riderId, driverId }: Trip) => ({ orderId, riderId, driverId });

const unknown = {
  code: 'ORDER_NOT_FOUND',
  message:
    'There is no order with this id that is yours. Check the id and the token. ' +
    'A ride becomes an order when a driver accepts it, a scan when it is confirmed.',
  status: 404,
} as const;
export const refusals = {
  unknown,
  notYours: { code: 'NOT_YOUR_ORDER', message: 'This order belongs to another user.', status: 403, shownAs: unknown },
  finished: {
    code: 'ALREADY_FINISHED',
    message: 'The order is finished with another fare. An operator can correct it.',
  },
  cancelled: { code: 'ORDER_CANCELLED', message: 'The ride was cancelled. There is no trip to finish.' },
  paid: { code: 'ALREADY_PAID', message: 'The order is paid with the app. Give the cash back.' },
  nothingToPay: { code: 'ALREADY_PAID', message: 'The driver took the fare in cash. There is nothing left to pay.' },
  paidInCash: {
    code: 'PAID_IN_CASH',
    message: 'The driver took the fare in cash. What was paid with the app must be refunded.',
  },
  paidByAnother: { code: 'PAID_TWICE', message: 'Another payment has paid this order. This one must be refunded.' },
  notFinished: { code: 'NOT_FINISHED', message: 'The order has no fare yet. Finish the trip first.' },
  otherAmount: { code: 'OTHER_AMOUNT', message: 'The payment is not of the order’s fare.' },
} as const satisfies Record<string, Refusal>;
