/** The commands of orders, for their own routes and worker and for other contexts. Each is load, decide, one write. */
import { carOf, rideOf } from '../dispatch/commands.ts';
import { complete, driverRef, type Ride, release, rideRef, tripOf as tripOfRide } from '../dispatch/rules.ts';
import { driverOf, ezpayOf, tripOfScan } from '../ezpay/commands.ts';
import type { Outcome } from '../kernel/aggregate.ts';
import { nothing } from '../kernel/decision.ts';
import type { OrderId } from '../kernel/types.ts';
import type { Store } from '../platform/store.ts';
import { type Finish, finish as finished, open } from './order.decider.ts';
import { type Order, type OrderFact, orderRef, type Trip } from './order.ts';
import { openScanned } from './trip-watch.decider.ts';

export { refusals } from './order.refusals.ts';
export { cashRef, type Order } from './order.ts';

export type OrdersDeps = { readonly store: Store };

const tripOf = async ({ store }: OrdersDeps, orderId: OrderId): Promise<Trip | undefined> => {
  const ride = await rideOf({ store }, orderId);
  if (ride) return tripOfRide(ride);
  const scan = await ezpayOf({ store }, orderId);
  if (scan?.status !== 'CONFIRMED') return undefined;
  return tripOfScan(scan, scan.witness.by === 'driver' ? scan.witness.driverId : await driverOf({ store }, scan.car));
};

/** An order opened by an event of before, or needed before that event arrives: the same order either way. */
export const openOrder = async (deps: OrdersDeps, orderId: OrderId): Promise<Order | undefined> => {
  const trip = await tripOf(deps, orderId);
  const opening = trip?.car === undefined ? open : openScanned;
  return trip && (await deps.store.transition(orderRef(orderId), (order) => opening(trip, order))).state;
};

export const orderOf = async (deps: OrdersDeps, orderId: OrderId): Promise<Order | undefined> =>
  (await deps.store.load(orderRef(orderId))).state ?? openOrder(deps, orderId);

/** The order, its ride and its driver in one transaction: the trip is over for all three or for none. */
export const finish = async (
  deps: OrdersDeps,
  orderId: OrderId,
  command: Omit<Finish, 'car'>,
): Promise<Outcome<Order, OrderFact>> => {
  const { driverId, at } = command;
  const known = await orderOf(deps, orderId);
  const car = known && !known.driverId && driverId ? await carOf(deps, driverId) : undefined;
  const driver = known?.driverId ?? driverId;
  const decideBoth = (order: Order | undefined, ride: Ride | undefined) =>
    [finished({ ...command, car }, order), ride ? complete({ at }, ride) : nothing('no-ride')] as const;
  if (!driver) {
    const refs = [orderRef(orderId), rideRef(orderId)] as const;
    const [order, ride] = await deps.store.transitionAll(refs, ([order, ride]) => decideBoth(order, ride));
    return outcomeOf(order, ride);
  }
  const refs = [orderRef(orderId), rideRef(orderId), driverRef(driver)] as const;
  const [order, ride] = await deps.store.transitionAll(refs, ([order, ride, busy]) => {
    // Another driver has it meanwhile: decided again on what is stored then.
    const isTheirs = order?.driverId === undefined || order.driverId === driver;
    return isTheirs
      ? [...decideBoth(order, ride), release({ orderId, at }, busy)]
      : [changedMeanwhile, changedMeanwhile, changedMeanwhile];
  });
  return order.decision === changedMeanwhile ? finish(deps, orderId, command) : outcomeOf(order, ride);
};

const changedMeanwhile = nothing('changed-meanwhile');

/** A ride that cannot be completed refuses the finish. */
const outcomeOf = (order: Outcome<Order, OrderFact>, { decision }: Outcome<unknown>): Outcome<Order, OrderFact> =>
  order.decision.outcome === 'happened' && decision.outcome === 'refused' ? { ...order, decision } : order;
