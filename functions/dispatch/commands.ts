/** The commands of dispatch, for its own routes and workers and for other contexts. Each is load, decide, one write. */
import { refused } from '../kernel/decision.ts';
import { none, type Rupiah } from '../kernel/rupiah.ts';
import type { DriverId, Instant, OrderId } from '../kernel/types.ts';
import { type Deadline, deadlineOf } from '../platform/deadlines.ts';
import { required } from '../platform/env.ts';
import type { Created, IdempotencyKey } from '../platform/idempotency.ts';
import type { Env } from '../platform/ports.ts';
import { type StorePorts, store } from '../platform/store.ts';
import { driverDeadlines } from './driver.commands.ts';
import { driversNear, type FindDrivers } from './nearby-drivers.store.ts';
import { changeRide, changeTrip, type RideOutcome, type RideRule, type StoreDeps } from './ride.change.ts';
import { type CommandOf, decide, type RideDecision, requestRide } from './ride.decider.ts';
import { refusals } from './ride.refusals.ts';
import { ownerOf } from './ride.trip.decider.ts';
import { isAssigned, isOpen, type Ride, type RideRequest, rideIn, rideRef } from './ride.ts';
import { followArgo } from './running-argo.ts';
import { type CancellationPolicy, feeFor } from './trip.decider.ts';

export { carOf, freeDriver, reportDriver } from './driver.commands.ts';
export type { Ride } from './ride.ts';
export { type RideRecord, type RideRecords, rideRecords, type Tables } from './ride-records.store.ts';
export { followArgo } from './running-argo.ts';

type CancelDeps = StoreDeps & { readonly cancellation: CancellationPolicy };
export type DispatchDeps = StoreDeps & { readonly findDrivers: FindDrivers };

export const dispatchDeps = (ports: StorePorts, env: Env): DispatchDeps => {
  const table = required(env, 'STATE_TABLE');
  return { store: store(ports, table), findDrivers: driversNear(ports.dynamo, table) };
};

/** The deadlines of rides and of busy drivers. */
export const dispatchDeadlines = (deps: DispatchDeps): readonly Deadline[] => [
  deadlineOf(
    rideIn,
    (rideId, at) => rideDeadline(deps, rideId, at),
    (ride) => {
      if (ride.status === 'EXPIRED') return { RideExpired: 1 };
      return isAssigned(ride) && ride.watch && ownerOf(ride.watch) === 'operator' ? { RideOverdue: 1 } : undefined;
    },
  ),
  driverDeadlines(deps),
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

/** One driver never has two rides, nor one ride two drivers; the order is there from the same write on. */
export const accept = async (deps: StoreDeps, rideId: OrderId, command: CommandOf<'accept'>): RideOutcome => {
  const { driverId, at } = command;
  // The report that occupies or frees the driver may still be on its way.
  await followArgo(deps, driverId, at);
  return changeTrip(deps, rideId, driverId, { decide: (ride) => decide({ type: 'accept', ...command }, ride) });
};

export const decline = (deps: StoreDeps, rideId: OrderId, command: CommandOf<'decline'>): RideOutcome =>
  changeRide(deps, rideId, { decide: (ride) => decide({ type: 'decline', ...command }, ride) });

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

/** As whom a person acts on this ride; nothing when they may not. */
type Acting<By> = (ride: Ride) => By | undefined;

type ActAs<By> = {
  readonly by: Acting<By>;
  readonly decide: (by: By, ride: Ride) => RideDecision;
  readonly fee?: (by: By, ride: Ride) => Rupiah;
};

/** Before more is read: the answer for a ride of another user takes no longer than that for an unknown one. */
const changeAs = async <By>(deps: StoreDeps, rideId: OrderId, { by, decide, fee }: ActAs<By>): RideOutcome => {
  const decided: RideRule['decide'] = (ride) => {
    if (!ride) return refused(refusals.unknown);
    const acting = by(ride);
    return acting ? decide(acting, ride) : refused(refusals.notYours);
  };
  const known = await deps.store.load(rideRef(rideId));
  if (!known.state || !by(known.state)) return { decision: decided(known.state), ...known };
  const feeOf = (ride: Ride): Rupiah => {
    const acting = by(ride);
    return acting && fee ? fee(acting, ride) : none;
  };
  return changeRide(deps, rideId, { decide: decided, fee: feeOf }, known);
};

type PickUp = Pick<CommandOf<'pick-up'>, 'at'> & { readonly by: Acting<CommandOf<'pick-up'>['by']> };

export const pickUp = (deps: StoreDeps, rideId: OrderId, { by, at }: PickUp): RideOutcome =>
  changeAs(deps, rideId, { by, decide: (acting, ride) => decide({ type: 'pick-up', by: acting, at }, ride) });

type Cancel = Pick<CommandOf<'cancel'>, 'reason' | 'at'> & { readonly by: Acting<CommandOf<'cancel'>['by']> };

/** Cancels or gives back: the driver is free from the same write on, and the order cancelled or without a driver. */
export const cancel = (deps: CancelDeps, rideId: OrderId, { by, reason, at }: Cancel): RideOutcome =>
  changeAs(deps, rideId, {
    by,
    decide: (acting, ride) => decide({ type: 'cancel', by: acting, reason, at }, ride),
    fee: (acting, ride) => feeFor(ride, acting, at, deps.cancellation),
  });

/** The deadline of a ride: the search continues or ends, or a trip is overdue. */
export const rideDeadline = async (deps: DispatchDeps, rideId: OrderId, at: Instant): RideOutcome => {
  const known = await deps.store.load(rideRef(rideId));
  const ride = known.state;
  const found =
    ride && isOpen(ride) && ride.candidatesFrom === 'matcher' && at < ride.closesAt && at >= ride.nextSearchAt
      ? await deps.findDrivers({ pickup: ride.pickup, serviceLine: ride.serviceLine, ring: 2, at })
      : [];
  return changeRide(deps, rideId, { decide: (current) => decide({ type: 'deadline', found, at }, current) }, known);
};

/** The present state of a ride. */
export const rideOf = async ({ store }: StoreDeps, rideId: OrderId): Promise<Ride | undefined> =>
  (await store.load(rideRef(rideId))).state;
