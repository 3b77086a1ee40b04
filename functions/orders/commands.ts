/** The commands of orders, for their own routes and worker and for other contexts. Each is load, decide, one write. */
import { carOf, type Ride, rideOf } from '../dispatch/commands.ts';
import { driverOf, type EzPay, ezpayOf } from '../ezpay/commands.ts';
import type { DriverId, Instant, OrderId } from '../kernel/types.ts';
import { type PaymentsOf, shareOf } from '../payments/rules.ts';
import { type Deadline, deadlineOf } from '../platform/deadlines.ts';
import type { Store } from '../platform/store.ts';
import { type Finish, finish as finished, open, takePayment } from './order.decider.ts';
import { type Order, orderAt, orderRef, type Trip } from './order.ts';
import { watchTrip } from './trip-watch.decider.ts';

export { refusals } from './order.refusals.ts';
export { cashRef, type Order } from './order.ts';

export type OrdersDeps = { readonly store: Store };

/** The deadlines of orders. */
export const orderDeadlines = ({ store }: OrdersDeps): readonly Deadline[] => [
  deadlineOf(orderAt, (orderId, at) => store.transition(orderRef(orderId), (order) => watchTrip(at, order))),
];

type Accepted = Extract<Ride, { status: 'ACCEPTED' }>;
type Confirmed = Extract<EzPay, { status: 'CONFIRMED' }>;

const tripOfRide = ({ rideId: orderId, riderId, driverId, serviceLine, at: openedAt }: Accepted): Trip => ({
  orderId,
  riderId,
  driverId,
  serviceLine,
  openedAt,
});

/** A hailed taxi is a regular one. */
const tripOfScan = (scan: Confirmed, driverId: DriverId | undefined): Trip => {
  const { orderId, customerId: riderId, car, paymentMethod, at: openedAt } = scan;
  return { orderId, riderId, ...(driverId ? { driverId } : {}), serviceLine: 'BB', openedAt, car, paymentMethod };
};

const tripOf = async ({ store }: OrdersDeps, orderId: OrderId): Promise<Trip | undefined> => {
  const ride = await rideOf({ store }, orderId);
  if (ride) return ride.status === 'ACCEPTED' ? tripOfRide(ride) : undefined;
  const scan = await ezpayOf({ store }, orderId);
  if (scan?.status !== 'CONFIRMED') return undefined;
  return tripOfScan(scan, scan.witness.by === 'driver' ? scan.witness.driverId : await driverOf({ store }, scan.car));
};

/** For the event, or for a command that needs the order before its event arrives: the same order either way. */
export const openOrder = async (deps: OrdersDeps, orderId: OrderId): Promise<Order | undefined> => {
  const trip = await tripOf(deps, orderId);
  return trip && (await deps.store.transition(orderRef(orderId), (order) => open(trip, order))).state;
};

export const orderOf = async (deps: OrdersDeps, orderId: OrderId): Promise<Order | undefined> =>
  (await deps.store.load(orderRef(orderId))).state ?? openOrder(deps, orderId);

export const finish = async (deps: OrdersDeps, orderId: OrderId, command: Omit<Finish, 'car'>) => {
  const { driverId } = command;
  const known = await orderOf(deps, orderId);
  const car = known && !known.driverId && driverId ? await carOf(deps, driverId) : undefined;
  return deps.store.transition(orderRef(orderId), (order) => finished({ ...command, car }, order));
};

/** The order takes in what its payments say now: whatever became of an event, this is what counts. */
export const readPayments = async (
  { store, paymentsOf }: OrdersDeps & { readonly paymentsOf: PaymentsOf },
  orderId: OrderId,
  at: Instant,
): Promise<void> => {
  for (const { state, version } of await paymentsOf(orderId))
    await store.transition(orderRef(orderId), (order) => takePayment(state.ref, shareOf(state, version), at, order));
};
