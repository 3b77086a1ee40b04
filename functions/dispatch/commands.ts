/** What can be asked of dispatch, by its own routes and workers and by other contexts. Each command is load, decide, one write. */

import type { Outcome } from '../kernel/aggregate.ts';
import { type Decision, type Refused, refused } from '../kernel/decision.ts';
import type { CarId, DriverId, Instant, OrderId } from '../kernel/types.ts';
import { type Deadline, deadlineOf } from '../platform/deadlines.ts';
import { required } from '../platform/env.ts';
import type { Created, IdempotencyKey } from '../platform/idempotency.ts';
import type { Env } from '../platform/ports.ts';
import { type Store, type StorePorts, store } from '../platform/store.ts';
import { assign, type Report, release, report } from './driver.decider.ts';
import { driverRef } from './driver.ts';
import { driversNear, type FindDrivers } from './nearby-drivers.store.ts';
import { type Cancel, type Decline, decide, type MovePickup, refusals, requestRide } from './ride.decider.ts';
import { assignedTo, type Canceller, isOpen, type Request, type Ride, type RideFact, rideIn, rideRef } from './ride.ts';

export type DispatchDeps = { readonly store: Store; readonly findDrivers: FindDrivers };

export const dispatchDeps = (ports: StorePorts, env: Env): DispatchDeps => {
  const table = required(env, 'STATE_TABLE');
  return { store: store(ports, table), findDrivers: driversNear(ports.dynamo, table) };
};

/** The deadlines of rides. */
export const dispatchDeadlines = (deps: DispatchDeps): readonly Deadline[] => [
  deadlineOf(rideIn, (rideId, at) => rideDeadline(deps, rideId, at)),
];

/** Asks for a ride; `drivers` are the caller's candidates, nobody when the matcher looks for them. */
export const request = async (
  { store, findDrivers }: DispatchDeps,
  wanted: Request,
  drivers: readonly DriverId[] | undefined,
  key?: IdempotencyKey,
): Promise<{ readonly created: Created; readonly ride: Ride }> => {
  const found =
    drivers ??
    (await findDrivers({ pickup: wanted.pickup, serviceLine: wanted.serviceLine, ring: 1, at: wanted.requestedAt }));
  const decision = requestRide({ type: 'request', request: wanted, drivers: found });
  return { created: await store.create(rideRef(wanted.rideId), decision, key), ride: decision.state };
};

/** The ride and the driver's "busy" are one transaction: one driver never has two rides, nor one ride two drivers. */
export const accept = async (
  { store }: Pick<DispatchDeps, 'store'>,
  rideId: OrderId,
  { driverId, at }: { readonly driverId: DriverId; readonly at: Instant },
): Promise<Outcome<Ride, RideFact>> => {
  const [ride, driver] = await store.transitionAll([rideRef(rideId), driverRef(driverId)], (ride, driver) => [
    decide({ type: 'accept', driverId, at }, ride),
    assign(rideId, at, driverId, driver),
  ]);
  return ride.decision.outcome === 'happened' && driver.decision.outcome === 'refused'
    ? { ...ride, decision: driver.decision }
    : ride;
};

export const decline = (
  { store }: Pick<DispatchDeps, 'store'>,
  rideId: OrderId,
  command: Omit<Decline, 'type'>,
): Promise<Outcome<Ride, RideFact>> =>
  store.transition(rideRef(rideId), (ride) => decide({ type: 'decline', ...command }, ride));

export const movePickup = (
  { store }: Pick<DispatchDeps, 'store'>,
  rideId: OrderId,
  command: Omit<MovePickup, 'type'>,
  allowed: (ride: Ride) => Refused | undefined,
): Promise<Outcome<Ride, RideFact>> =>
  store.transition(
    rideRef(rideId),
    (ride) => (ride && allowed(ride)) ?? decide({ type: 'move-pickup', ...command }, ride),
  );

/** Cancels; a driver who has the ride is freed in the same transaction. */
export const cancel = async (
  deps: Pick<DispatchDeps, 'store'>,
  rideId: OrderId,
  command: Pick<Cancel, 'reason' | 'at'> & { readonly by: (ride: Ride) => Canceller },
  allowed: (ride: Ride) => Refused | undefined,
): Promise<Outcome<Ride, RideFact>> => {
  const { store } = deps;
  const judged = (ride: Ride | undefined): Decision<Ride, RideFact> =>
    ride
      ? (allowed(ride) ?? decide({ type: 'cancel', ...command, by: command.by(ride) }, ride))
      : refused(refusals.unknown);
  const loaded = await store.load(rideRef(rideId));
  // Before more is read: a foreign ride takes no longer than one that is not there.
  const refusal = loaded.state && allowed(loaded.state);
  if (refusal) return { decision: refusal, ...loaded };
  const driverId = assignedTo(loaded.state);
  if (driverId) {
    const [ride] = await store.transitionAll([rideRef(rideId), driverRef(driverId)], (ride, driver) => [
      judged(ride),
      release(rideId, command.at, driver),
    ]);
    return ride;
  }
  let acceptedMeanwhile = false;
  const outcome = await store.transition(
    rideRef(rideId),
    (ride) => {
      acceptedMeanwhile = assignedTo(ride) !== undefined;
      return acceptedMeanwhile ? { outcome: 'nothing', reason: 'accepted-meanwhile' } : judged(ride);
    },
    loaded,
  );
  return acceptedMeanwhile ? cancel(deps, rideId, command, allowed) : outcome;
};

/** The deadline of a ride: offers time out and the next drivers are asked, or the search ends. */
export const rideDeadline = async (
  { store, findDrivers }: DispatchDeps,
  rideId: OrderId,
  at: Instant,
): Promise<Outcome<Ride, RideFact>> => {
  const loaded = await store.load(rideRef(rideId));
  const ride = loaded.state;
  const found =
    ride && isOpen(ride) && ride.candidatesFrom === 'matcher' && at < ride.closesAt && at >= ride.nextSearchAt
      ? await findDrivers({ pickup: ride.pickup, serviceLine: ride.serviceLine, ring: 2, at })
      : [];
  return store.transition(rideRef(rideId), (current) => decide({ type: 'deadline', found, at }, current), loaded);
};

export const reportDriver = ({ store }: Pick<DispatchDeps, 'store'>, command: Report) =>
  store.transition(driverRef(command.driverId), (driver) => report(command, driver));

export type { Ride } from './ride.ts';

/** The ride as it stands, for the context that asks about its order. */
export const rideOf = async ({ store }: Pick<DispatchDeps, 'store'>, rideId: OrderId): Promise<Ride | undefined> =>
  (await store.load(rideRef(rideId))).state;

/** The trip is over: its driver is free for the next one. */
export const freeDriver = ({ store }: Pick<DispatchDeps, 'store'>, driverId: DriverId, rideId: OrderId, at: Instant) =>
  store.transition(driverRef(driverId), (driver) => release(rideId, at, driver));
/** The car the driver drives, as he last reported it. */
export const carOf = async ({ store }: Pick<DispatchDeps, 'store'>, driverId: DriverId): Promise<CarId | undefined> =>
  (await store.load(driverRef(driverId))).state?.car;
