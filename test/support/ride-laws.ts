/** What holds of rides and drivers whatever the order of their commands. Each law returns a text when it is broken. */
import { isOpen, type Ride } from '../../functions/dispatch/ride.ts';
import type { DriverId, OrderId } from '../../functions/kernel/types.ts';

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
    state.status === 'ACCEPTED' && accepted[0] !== state.driverId && 'the ride and its offers name different drivers',
    isOpen(state) !== (dueAt !== undefined) && `${state.status} with the deadline ${dueAt}`,
  ];
};

const ofTwoWrites = (before: RideRow, { version, state, outbox }: RideRow): readonly Law[] => [
  version !== before.version + 1 && `version ${version} follows ${before.version}`,
  !isOpen(before.state) &&
    !(before.state.status === 'ACCEPTED' && ['ACCEPTED', 'CANCELLED'].includes(state.status)) &&
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

/** Rides and drivers agree: a driver has a ride if and only if they are busy with it. */
export const disagreements = (
  rides: ReadonlyMap<OrderId, Ride>,
  busy: ReadonlyMap<DriverId, OrderId | undefined>,
): readonly string[] => {
  const broken: string[] = [];
  for (const ride of rides.values())
    if (ride.status === 'ACCEPTED' && busy.get(ride.driverId) !== ride.rideId)
      broken.push(`${ride.driverId} has ${ride.rideId} and is busy with ${busy.get(ride.driverId)}`);
  for (const [driverId, rideId] of busy) {
    const ride = rideId && rides.get(rideId);
    if (ride && !(ride.status === 'ACCEPTED' && ride.driverId === driverId))
      broken.push(`${driverId} is busy with ${rideId}, which is not theirs`);
  }
  return broken;
};
