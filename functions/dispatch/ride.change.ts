/** Every change of a ride goes through here: with the order and the driver it concerns, it is one transaction. */
import type { Loaded, Outcome } from '../kernel/aggregate.ts';
import { nothing } from '../kernel/decision.ts';
import type { Rupiah } from '../kernel/rupiah.ts';
import type { DriverId, OrderId } from '../kernel/types.ts';
import { type Order, orderRef } from '../orders/rules.ts';
import type { Store } from '../platform/store.ts';
import { driverRef } from './driver.ts';
import type { RideDecision } from './ride.decider.ts';
import { assignedTo, type Ride, type RideFact, rideRef } from './ride.ts';
import { driverAfter, orderAfter } from './trip.decider.ts';

export type StoreDeps = { readonly store: Store };
export type RideOutcome = Promise<Outcome<Ride, RideFact>>;
export type RideRule = {
  readonly decide: (ride: Ride | undefined) => RideDecision;
  /** What its rider owes when it is cancelled. */
  readonly fee?: ((ride: Ride) => Rupiah) | undefined;
};

const rideUnchanged = nothing('ride-unchanged');
const changedMeanwhile = nothing('changed-meanwhile');

/** A refusal of the order or the driver is that of the ride. */
const outcomeOf = (ride: Outcome<Ride, RideFact>, others: readonly Outcome<unknown>[]): Outcome<Ride, RideFact> => {
  const refusal = others.map(({ decision }) => decision).find(({ outcome }) => outcome === 'refused');
  return ride.decision.outcome === 'happened' && refusal?.outcome === 'refused' ? { ...ride, decision: refusal } : ride;
};

/** Ride, order and driver in one transaction. @param driverId who has the ride before or after it */
export const changeTrip = async (
  { store }: StoreDeps,
  rideId: OrderId,
  driverId: DriverId | undefined,
  { decide, fee }: RideRule,
): RideOutcome => {
  const decideBoth = (ride: Ride | undefined, order: Order | undefined) => {
    const decision = decide(ride);
    if (!ride || decision.outcome !== 'happened') return { decision, ofOrder: rideUnchanged };
    const change = { before: ride, after: decision.state, at: decision.at, fee: fee?.(ride) };
    return { decision, change, ofOrder: orderAfter(change, order) };
  };
  if (!driverId) {
    const [ride, order] = await store.transitionAll([rideRef(rideId), orderRef(rideId)], ([ride, order]) => {
      const { decision, ofOrder } = decideBoth(ride, order);
      return [decision, ofOrder];
    });
    return outcomeOf(ride, [order]);
  }
  const refs = [rideRef(rideId), orderRef(rideId), driverRef(driverId)] as const;
  const [ride, order, driver] = await store.transitionAll(refs, ([ride, order, driver]) => {
    const { decision, change, ofOrder } = decideBoth(ride, order);
    return [decision, ofOrder, change ? driverAfter(change, driverId, driver) : rideUnchanged];
  });
  return outcomeOf(ride, [order, driver]);
};

/** A ride without an order is one item; else its order and its driver change with it. */
export const changeRide = async (
  deps: StoreDeps,
  rideId: OrderId,
  rule: RideRule,
  known?: Loaded<Ride>,
): RideOutcome => {
  const loaded = known ?? (await deps.store.load(rideRef(rideId)));
  const decision = rule.decide(loaded.state);
  // Before more is read: the answer for a ride of another user takes no longer than that for an unknown one.
  if (decision.outcome !== 'happened') return { decision, ...loaded };
  const [hasOrder, driverId] = [loaded.state?.hasOrder, assignedTo(loaded.state)];
  let isStale = false;
  const decide: RideRule['decide'] = (ride) => {
    isStale = ride?.hasOrder !== hasOrder || assignedTo(ride) !== driverId;
    return isStale ? changedMeanwhile : rule.decide(ride);
  };
  const outcome = hasOrder
    ? await changeTrip(deps, rideId, driverId, { ...rule, decide })
    : await deps.store.transition(rideRef(rideId), decide, loaded);
  return isStale ? changeRide(deps, rideId, rule) : outcome;
};
