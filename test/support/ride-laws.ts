/** What holds of rides and drivers whatever the order of their commands. Each law returns a text when it is broken. */
import { assignedTo, isAssigned, isOpen, type Ride } from '../../functions/dispatch/ride.ts';
import type { DriverId, OrderId } from '../../functions/kernel/types.ts';
import type { Order } from '../../functions/orders/commands.ts';

/** A ride as one write left it. */
export type RideRow = {
  readonly version: number;
  readonly state: Ride;
  readonly outbox: string;
  readonly dueAt?: number;
};
type Law = string | false | undefined;

const withStatus = ({ offers }: Ride, status: string): readonly string[] =>
  Object.entries(offers).flatMap(([driverId, offer]) => (offer.status === status ? [driverId] : []));

const ofOneWrite = ({ version, state, outbox, dueAt }: RideRow): readonly Law[] => {
  const changes = (JSON.parse(outbox) as { type: string; version: number }[]).filter(({ type }) =>
    type.startsWith('ride.'),
  );
  const accepted = withStatus(state, 'ACCEPTED');
  return [
    (changes.length !== 1 || changes[0]?.version !== version) && `version ${version} has ${changes.length} changes`,
    !isOpen(state) && withStatus(state, 'PENDING').length > 0 && `${state.status} with pending offers`,
    accepted.length > 1 && 'one ride has two drivers',
    isAssigned(state) && accepted[0] !== state.driverId && 'the ride and its offers name different drivers',
    (isOpen(state) || isAssigned(state)) !== (dueAt !== undefined) && `${state.status} with the deadline ${dueAt}`,
  ];
};

const next: Readonly<Record<string, readonly string[]>> = {
  ACCEPTED: ['ACCEPTED', 'PICKED_UP', 'SEARCHING', 'CANCELLED'],
  PICKED_UP: ['PICKED_UP', 'COMPLETED', 'CANCELLED'],
};

const ofTwoWrites = (before: RideRow, { version, state, outbox }: RideRow): readonly Law[] => [
  version !== before.version + 1 && `version ${version} follows ${before.version}`,
  !isOpen(before.state) &&
    !next[before.state.status]?.includes(state.status) &&
    `${before.state.status} became ${state.status}`,
  state.pickup.sequence < before.state.pickup.sequence && 'the pickup moved back',
  outbox.includes('"ride.pickup-updated"') &&
    state.pickup.sequence === before.state.pickup.sequence &&
    'the pickup moved without being newer',
  withStatus(before.state, 'DECLINED').some((driverId) => state.offers[driverId as DriverId]?.status !== 'DECLINED') &&
    'a driver who declined was offered the ride again',
];

/** @param rows every write of one ride, in the order the table took them */
export const brokenInHistory = (rows: readonly RideRow[]): readonly string[] =>
  rows
    .flatMap((row, i): readonly Law[] => {
      const before = rows[i - 1];
      return [
        ...ofOneWrite(row),
        ...(before ? ofTwoWrites(before, row) : [row.version !== 1 && `a ride begins with version ${row.version}`]),
      ];
    })
    .filter((law) => typeof law === 'string');

const isOfRide = (ride: Ride, order: Order | undefined): boolean => {
  if (!ride.hasOrder) return order === undefined;
  switch (ride.status) {
    case 'PENDING':
    case 'SEARCHING':
      return order?.status === 'ACTIVE' && order.driverId === undefined;
    case 'ACCEPTED':
      return order?.status === 'ACTIVE' && order.driverId === ride.driverId && order.pickedUpAt === undefined;
    case 'PICKED_UP':
      return order?.status === 'ACTIVE' && order.driverId === ride.driverId && order.pickedUpAt !== undefined;
    case 'COMPLETED':
      return (order?.status === 'FINISHED' || order?.status === 'PAID') && order.driverId === ride.driverId;
    case 'CANCELLED':
    case 'DECLINED':
    case 'EXPIRED':
      return order?.status === 'CANCELLED';
  }
};

export type Trips = {
  readonly rides: ReadonlyMap<OrderId, Ride>;
  readonly orders: ReadonlyMap<OrderId, Order>;
  readonly busy: ReadonlyMap<DriverId, OrderId | undefined>;
};

/** Rides, orders and drivers agree after every write: a driver has a ride if and only if they are busy with it. */
export const disagreements = ({ rides, orders, busy }: Trips): readonly string[] => {
  const broken: string[] = [];
  for (const ride of rides.values()) {
    const order = orders.get(ride.rideId);
    if (isAssigned(ride) && busy.get(ride.driverId) !== ride.rideId)
      broken.push(`${ride.driverId} has ${ride.rideId} and is busy with ${busy.get(ride.driverId)}`);
    if (!isOfRide(ride, order))
      broken.push(`the ride is ${ride.status}, its order ${order?.status} of ${order?.driverId}`);
  }
  for (const [driverId, rideId] of busy) {
    const ride = rideId && rides.get(rideId);
    if (ride && assignedTo(ride) !== driverId) broken.push(`${driverId} is busy with ${rideId}, which is not theirs`);
  }
  return broken;
};
