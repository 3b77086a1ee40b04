/** The commands of dispatch, for its own routes and workers and for other contexts. Each is load, decide, one write. */
import type { Outcome } from '../kernel/aggregate.ts';
import { type Decision, nothing, refused } from '../kernel/decision.ts';
import type { CarId, DriverId, Instant, OrderId } from '../kernel/types.ts';
import { type Deadline, deadlineOf } from '../platform/deadlines.ts';
import { required } from '../platform/env.ts';
import type { Created, IdempotencyKey } from '../platform/idempotency.ts';
import type { Env } from '../platform/ports.ts';
import { type Store, type StorePorts, store } from '../platform/store.ts';
import { type Report, report } from './driver.decider.ts';
import { driverRef, newDriver } from './driver.ts';
import { driversNear, type FindDrivers } from './nearby-drivers.store.ts';
import { busyUntil, occupy, release } from './occupation.decider.ts';
import { type CommandOf, decide, requestRide } from './ride.decider.ts';
import { refusals } from './ride.refusals.ts';
import { assignedTo, isOpen, type Ride, type RideFact, type RideRequest, rideIn, rideRef } from './ride.ts';
import { followArgo } from './running-argo.ts';

export type { Ride } from './ride.ts';
export { type RideRecord, type RideRecords, rideRecords, type Tables } from './ride-records.store.ts';
export { followArgo } from './running-argo.ts';

type StoreDeps = { readonly store: Store };
export type DispatchDeps = StoreDeps & { readonly findDrivers: FindDrivers };
type RideOutcome = Promise<Outcome<Ride, RideFact>>;

export const dispatchDeps = (ports: StorePorts, env: Env): DispatchDeps => {
  const table = required(env, 'STATE_TABLE');
  return { store: store(ports, table), findDrivers: driversNear(ports.dynamo, table) };
};

/** The deadlines of rides. */
export const dispatchDeadlines = (deps: DispatchDeps): readonly Deadline[] => [
  deadlineOf(
    rideIn,
    (rideId, at) => rideDeadline(deps, rideId, at),
    ({ status }) => (status === 'EXPIRED' ? { RideExpired: 1 } : undefined),
  ),
];

/** @param candidates of the caller; without them the matcher finds drivers near the pickup */
export const request = async (
  { store, findDrivers }: DispatchDeps,
  wanted: RideRequest,
  candidates: readonly DriverId[] | undefined,
  key?: IdempotencyKey,
): Promise<{ readonly created: Created; readonly ride: Ride }> => {
  const { rideId, pickup, serviceLine, requestedAt } = wanted;
  const drivers = candidates ?? (await findDrivers({ pickup, serviceLine, ring: 1, at: requestedAt }));
  const decision = requestRide(wanted, drivers);
  return { created: await store.create(rideRef(rideId), decision, key), ride: decision.state };
};

/** The ride and the driver's "busy" are one transaction: one driver never has two rides, nor one ride two drivers. */
export const accept = async ({ store }: StoreDeps, rideId: OrderId, command: CommandOf<'accept'>): RideOutcome => {
  const { driverId, at } = command;
  await followArgo({ store }, driverId, at);
  const [ride, driver] = await store.transitionAll([rideRef(rideId), driverRef(driverId)], ([ride, driver]) => [
    decide({ type: 'accept', ...command }, ride),
    occupy({ by: 'ride', orderId: rideId, until: busyUntil('ride', at), at }, driver ?? newDriver(driverId)),
  ]);
  return ride.decision.outcome === 'happened' && driver.decision.outcome === 'refused'
    ? { ...ride, decision: driver.decision }
    : ride;
};

export const decline = ({ store }: StoreDeps, rideId: OrderId, command: CommandOf<'decline'>): RideOutcome =>
  store.transition(rideRef(rideId), (ride) => decide({ type: 'decline', ...command }, ride));

/** @param mayMove whether the person may move the pickup of this ride */
export const movePickup = (
  { store }: StoreDeps,
  rideId: OrderId,
  command: CommandOf<'move-pickup'>,
  mayMove: (ride: Ride) => boolean,
): RideOutcome =>
  store.transition(rideRef(rideId), (ride) =>
    ride && !mayMove(ride) ? refused(refusals.notYours) : decide({ type: 'move-pickup', ...command }, ride),
  );

/** `by`: as whom the person cancels this ride; nothing when they may not. */
export type CancelRide = Pick<CommandOf<'cancel'>, 'reason' | 'at'> & {
  readonly by: (ride: Ride) => CommandOf<'cancel'>['by'] | undefined;
};

/** Cancels; a driver who has the ride is freed in the same transaction. */
export const cancel = async (deps: StoreDeps, rideId: OrderId, command: CancelRide): RideOutcome => {
  const { store } = deps;
  const decided = (ride: Ride | undefined): Decision<Ride, RideFact> => {
    if (!ride) return refused(refusals.unknown);
    const by = command.by(ride);
    return by ? decide({ type: 'cancel', ...command, by }, ride) : refused(refusals.notYours);
  };
  const loaded = await store.load(rideRef(rideId));
  // Before more is read: the answer for a ride of another user takes no longer than that for an unknown one.
  if (!loaded.state || !command.by(loaded.state)) return { decision: decided(loaded.state), ...loaded };
  const driverId = assignedTo(loaded.state);
  if (driverId) {
    const [ride] = await store.transitionAll([rideRef(rideId), driverRef(driverId)], ([ride, driver]) => [
      decided(ride),
      release({ orderId: rideId, at: command.at }, driver),
    ]);
    return ride;
  }
  const outcome = await store.transition(
    rideRef(rideId),
    (ride) => (assignedTo(ride) ? nothing('accepted-meanwhile') : decided(ride)),
    loaded,
  );
  return assignedTo(outcome.state) ? cancel(deps, rideId, command) : outcome;
};

/** The deadline of a ride: offers time out and the ride is offered to the next drivers, or the search ends. */
export const rideDeadline = async ({ store, findDrivers }: DispatchDeps, rideId: OrderId, at: Instant): RideOutcome => {
  const loaded = await store.load(rideRef(rideId));
  const ride = loaded.state;
  const found =
    ride && isOpen(ride) && ride.candidatesFrom === 'matcher' && at < ride.closesAt && at >= ride.nextSearchAt
      ? await findDrivers({ pickup: ride.pickup, serviceLine: ride.serviceLine, ring: 2, at })
      : [];
  return store.transition(rideRef(rideId), (current) => decide({ type: 'deadline', found, at }, current), loaded);
};

export const reportDriver = ({ store }: StoreDeps, command: Report) =>
  store.transition(driverRef(command.driverId), (driver) => report(command, driver));

/** The present state of a ride. */
export const rideOf = async ({ store }: StoreDeps, rideId: OrderId): Promise<Ride | undefined> =>
  (await store.load(rideRef(rideId))).state;

/** The trip is over: its driver is free for the next one. */
export const freeDriver = ({ store }: StoreDeps, driverId: DriverId, rideId: OrderId, at: Instant) =>
  store.transition(driverRef(driverId), (driver) => release({ orderId: rideId, at }, driver));

/** The car the driver drives, as they last reported it. */
export const carOf = async ({ store }: StoreDeps, driverId: DriverId): Promise<CarId | undefined> =>
  (await store.load(driverRef(driverId))).state?.car;
