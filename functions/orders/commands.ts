/** What can be asked of orders, by their own routes and workers and by other contexts. Each command is load, decide, one write. */
import { carOf, type Ride, rideOf } from '../dispatch/commands.ts';
import { driverOf, type EzPay, ezpayOf } from '../ezpay/commands.ts';
import type { Outcome } from '../kernel/aggregate.ts';
import type { DriverId, OrderId } from '../kernel/types.ts';
import type { Store } from '../platform/store.ts';
import { cancel, type Finish, finish as finished, open, paid, type Settled, unpaid } from './order.decider.ts';
import { type Order, type OrderFact, orderRef, type Trip } from './order.ts';

export { refusals } from './order.decider.ts';
export { cashRef, type Order, type OrderFact } from './order.ts';

export type OrdersDeps = { readonly store: Store };

const tripOfRide = (ride: Extract<Ride, { status: 'ACCEPTED' }>): Trip => ({
  orderId: ride.rideId,
  riderId: ride.riderId,
  driverId: ride.driverId,
  serviceLine: ride.serviceLine,
  openedAt: ride.at,
});

/** A hailed taxi is a regular one. */
const tripOfScan = (
  { orderId, customerId, car, paymentMethod, at }: Confirmed,
  driverId: DriverId | undefined,
): Trip => ({
  orderId,
  riderId: customerId,
  ...(driverId ? { driverId } : {}),
  serviceLine: 'BB',
  openedAt: at,
  car,
  paymentMethod,
});
type Confirmed = Extract<EzPay, { status: 'CONFIRMED' }>;

const tripOf = async ({ store }: OrdersDeps, orderId: OrderId): Promise<Trip | undefined> => {
  const ride = await rideOf({ store }, orderId);
  if (ride) return ride.status === 'ACCEPTED' ? tripOfRide(ride) : undefined;
  const scan = await ezpayOf({ store }, orderId);
  if (scan?.status !== 'CONFIRMED') return undefined;
  return tripOfScan(scan, scan.witness.by === 'driver' ? scan.witness.driverId : await driverOf({ store }, scan.car));
};

/** Opened by the event, or by whoever needs the order before the event has come: the same order either way. */
export const openOrder = async (deps: OrdersDeps, orderId: OrderId): Promise<Order | undefined> => {
  const trip = await tripOf(deps, orderId);
  return trip && (await deps.store.transition(orderRef(orderId), (order) => open(trip, order))).state;
};

export const orderOf = async (deps: OrdersDeps, orderId: OrderId): Promise<Order | undefined> =>
  (await deps.store.load(orderRef(orderId))).state ?? openOrder(deps, orderId);

export const finish = async (
  deps: OrdersDeps,
  orderId: OrderId,
  command: Omit<Finish, 'car'>,
): Promise<Outcome<Order, OrderFact>> => {
  const { driverId } = command;
  const known = await orderOf(deps, orderId);
  const car = known && !known.driverId && driverId ? await carOf(deps, driverId) : undefined;
  return deps.store.transition(orderRef(orderId), (order) => finished({ ...command, car }, order));
};

export const settle = ({ store }: OrdersDeps, orderId: OrderId, command: Settled): Promise<Outcome<Order, OrderFact>> =>
  store.transition(orderRef(orderId), (order) => paid(command, order));

export const unsettle = (
  { store }: OrdersDeps,
  orderId: OrderId,
  command: Parameters<typeof unpaid>[0],
): Promise<Outcome<Order, OrderFact>> => store.transition(orderRef(orderId), (order) => unpaid(command, order));

export const cancelOrder = (
  { store }: OrdersDeps,
  orderId: OrderId,
  command: Parameters<typeof cancel>[0],
): Promise<Outcome<Order, OrderFact>> => store.transition(orderRef(orderId), (order) => cancel(command, order));
