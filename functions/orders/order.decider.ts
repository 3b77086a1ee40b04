/** The rules of an order: its trip, and what its payments and its fare make of its money. */
import { orderCancelled, orderFinished, orderOpened, orderPaymentDue } from '../../events/order.ts';
import { type Decision, happened, nothing, refused } from '../kernel/decision.ts';
import { none, type Rupiah, sum } from '../kernel/rupiah.ts';
import type { CarId, DriverId, Instant } from '../kernel/types.ts';
import { askAfter, balanced, isPaymentDue, isReminded, owedOf, shareOf, unpaidOf } from './order.money.ts';
import { fareTooHigh, refusals } from './order.refusals.ts';
import type { Amounts, InStatus, Order, OrderFact, Share, Trip } from './order.ts';

export type OrderDecision = Decision<Order, OrderFact>;

/** @param quote what is owed before the trip */
export const open = (trip: Trip, order: Order | undefined, quote?: Rupiah): OrderDecision => {
  if (order) return nothing('already-open');
  const owed = quote === undefined ? {} : { base: quote };
  const fact = orderOpened({ ...idsOf(trip), serviceLine: trip.serviceLine });
  return happened({ ...trip, status: 'ACTIVE', owed, cash: {}, payments: {} }, trip.openedAt, fact);
};

/** Another driver has accepted the ride that was given back; the first one, when they open it. */
export const assignDriver = (driverId: DriverId, at: Instant, order: Order | undefined): OrderDecision => {
  if (!order) return refused(refusals.unknown);
  if (order.status !== 'ACTIVE') return refused(refusals.over);
  return order.driverId === driverId ? nothing('already-assigned') : happened({ ...order, driverId }, at);
};

/** Its driver has given the ride back; the order waits for another. */
export const unassignDriver = (at: Instant, order: Order | undefined): OrderDecision => {
  if (order?.status !== 'ACTIVE' || order.driverId === undefined) return nothing('has-no-driver');
  return happened({ ...order, driverId: undefined }, at);
};

export const pickUp = (at: Instant, order: Order | undefined): OrderDecision => {
  if (!order) return refused(refusals.unknown);
  if (order.status !== 'ACTIVE') return refused(refusals.over);
  return order.pickedUpAt === undefined ? happened({ ...order, pickedUpAt: at }, at) : nothing('already-picked-up');
};

export type Finish = {
  readonly fare: Rupiah;
  readonly overtime?: Rupiah | undefined;
  readonly extra?: Rupiah | undefined;
  /** The driver who finishes the trip; missing when an operator does. */
  readonly driverId?: DriverId | undefined;
  /** The car that driver drives. */
  readonly car?: CarId | undefined;
  /** The driver took in cash what is left to pay. */
  readonly inCash?: boolean | undefined;
  /** By service line, the most they may enter; missing when an operator finishes the trip. */
  readonly fareLimits?: Readonly<Record<Trip['serviceLine'], Rupiah>> | undefined;
  readonly at: Instant;
};

export const finish = (command: Finish, order: Order | undefined): OrderDecision => {
  const { driverId, inCash, at } = command;
  if (!order) return refused(refusals.unknown);
  if (driverId && !isOfDriver(order, command)) return refused(refusals.notYours);
  if (order.status === 'CANCELLED') return refused(refusals.cancelled);
  if (order.status === 'ACTIVE') return endTrip(command, order);
  if (!isSameFare(command, order)) return refused(refusals.finished);
  if (!inCash || (order.status === 'PAID' && isPaidInCash(order))) return nothing('already-finished');
  if (order.status === 'PAID') return refused(refusals.paid);
  return happened(...balanced(order, inCashPaid(order), at));
};

export const isOfDriver = ({ driverId, car }: Order, by: Pick<Finish, 'driverId' | 'car'>): boolean =>
  driverId === undefined ? car !== undefined && car === by.car : driverId === by.driverId;

const isSameFare = ({ fare, overtime = none, extra = none }: Finish, order: InStatus<'FINISHED' | 'PAID'>) =>
  order.fare === fare && owedOf(order, 'overtime') === overtime && owedOf(order, 'extra') === extra;

const isPaidInCash = ({ cash }: Order): boolean => Object.keys(cash).length > 0;

const endTrip = (command: Finish, order: InStatus<'ACTIVE'>): OrderDecision => {
  const { fare, overtime = none, extra = none, driverId, inCash, fareLimits, at } = command;
  const limit = fareLimits?.[order.serviceLine];
  if (limit !== undefined && sum([fare, overtime, extra]) > limit) return refused(fareTooHigh(limit));
  const { proposal: _, watchAt: __, ...trip } = order;
  const owed: Amounts = { base: fare, ...(overtime ? { overtime } : {}), ...(extra ? { extra } : {}) };
  const ended: InStatus<'FINISHED'> = {
    ...trip,
    driverId: order.driverId ?? driverId,
    status: 'FINISHED',
    fare,
    owed,
    finishedAt: at,
  };
  if (inCash && unpaidOf(ended) === 0) return refused(refusals.paidBefore);
  const fact = orderFinished({ ...idsOf(ended), fare });
  const [state, , ...facts] = balanced(order, inCash ? inCashPaid(ended) : ended, at);
  return happened(state, at, fact, ...facts);
};

/** Cash pays what is left; a payment that is still open is ended, or comes back as surplus. */
const inCashPaid = <O extends Order>(order: O): O => ({
  ...order,
  cash: { ...order.cash, base: sum([order.cash.base ?? none, unpaidOf(order)]) },
});

/** @param fee what the one who cancelled owes; none of it when nothing is given */
export const cancel = (
  { reason, fee = none, at }: { readonly reason: string; readonly fee?: Rupiah | undefined; readonly at: Instant },
  order: Order | undefined,
): OrderDecision => {
  if (!order) return nothing('never-opened');
  if (order.status === 'CANCELLED') return nothing('already-cancelled');
  if (order.status !== 'ACTIVE') return refused(refusals.finished);
  const { proposal: _, watchAt: __, ...trip } = order;
  const owed = fee > 0 ? { cancellation: fee } : {};
  const cancelled = { ...trip, status: 'CANCELLED', reason, cancelledAt: at, owed } as const;
  const [state, , ...facts] = balanced(order, cancelled, at);
  return happened(state, at, orderCancelled({ ...idsOf(order), reason }), ...facts);
};

/** What some of its payments are worth, by the version of each: an older one, or the same, changes nothing. */
export const takePayments = (
  shares: Readonly<Record<string, Share>>,
  at: Instant,
  order: Order | undefined,
): OrderDecision => {
  if (!order) return refused(refusals.unknown);
  const newer = Object.entries(shares).filter(([ref, { version }]) => (shareOf(order, ref)?.version ?? -1) < version);
  if (newer.length === 0) return nothing('known');
  const payments = { ...order.payments, ...Object.fromEntries(newer) };
  return happened(...balanced(order, { ...order, payments }, at));
};
export const takePayment = (ref: string, share: Share, at: Instant, order: Order | undefined): OrderDecision =>
  takePayments({ [ref]: share }, at, order);

/**
 * A deadline has come and everything was read: what still waits is due later again.
 * @param reminds false when what is missing was given back: then nobody is to pay it
 */
export const paymentsRead = (at: Instant, reminds: boolean, order: Order | undefined): OrderDecision => {
  if (!order?.ask || order.ask.at > at) return nothing('not-due');
  const { count } = order.ask;
  if (!reminds && isPaymentDue(order)) return happened({ ...order, ask: undefined }, at);
  const due = orderPaymentDue({ ...idsOf(order), unpaid: unpaidOf(order), reminder: count + 1 });
  const facts = isReminded(order, count) ? [due] : [];
  return happened({ ...order, ask: askAfter(order, at, count + 1) }, at, ...facts);
};

const idsOf = ({ orderId, riderId, driverId }: Trip) => ({ orderId, riderId, driverId });
