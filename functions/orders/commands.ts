/** What can be asked of orders, by their own routes and workers and by other contexts. Each command is load, decide, one write. */
import { type Ride, rideOf } from '../dispatch/commands.ts';
import type { Outcome, Store } from '../platform/store.ts';
import type { OrderId } from '../platform/types.ts';
import { cancel, type Finish, finish as finished, open, paid, type Settled, unpaid } from './order.decider.ts';
import { type Order, orderRef, type Trip } from './order.ts';

export { refusals } from './order.decider.ts';
export type { Order } from './order.ts';

export type OrdersDeps = { readonly store: Store };

const tripOf = (ride: Extract<Ride, { status: 'ACCEPTED' }>): Trip => ({
  orderId: ride.rideId,
  riderId: ride.riderId,
  driverId: ride.driverId,
  serviceLine: ride.serviceLine,
  openedAt: ride.at,
});

/** Opened by the event, or by whoever needs the order before the event has come: the same order either way. */
export const openOrder = async ({ store }: OrdersDeps, orderId: OrderId): Promise<Order | undefined> => {
  const ride = await rideOf({ store }, orderId);
  if (ride?.status !== 'ACCEPTED') return undefined;
  return (await store.transition(orderRef(orderId), (order) => open(tripOf(ride), order))).state;
};

export const orderOf = async (deps: OrdersDeps, orderId: OrderId): Promise<Order | undefined> =>
  (await deps.store.load(orderRef(orderId))).state ?? openOrder(deps, orderId);

export const finish = async (deps: OrdersDeps, orderId: OrderId, command: Finish): Promise<Outcome<Order>> => {
  await orderOf(deps, orderId);
  return deps.store.transition(orderRef(orderId), (order) => finished(command, order));
};

export const settle = ({ store }: OrdersDeps, orderId: OrderId, command: Settled): Promise<Outcome<Order>> =>
  store.transition(orderRef(orderId), (order) => paid(command, order));

export const unsettle = ({ store }: OrdersDeps, orderId: OrderId, command: Parameters<typeof unpaid>[0]): Promise<Outcome<Order>> =>
  store.transition(orderRef(orderId), (order) => unpaid(command, order));

export const cancelOrder = ({ store }: OrdersDeps, orderId: OrderId, command: Parameters<typeof cancel>[0]): Promise<Outcome<Order>> =>
  store.transition(orderRef(orderId), (order) => cancel(command, order));
