/** Rides, drivers and times for the tests of dispatch. */

import type { Offer } from '../../functions/dispatch/offer.ts';
import { decide, type RideCommand, requestRide } from '../../functions/dispatch/ride.decider.ts';
import type { Ride, RideRequest } from '../../functions/dispatch/ride.ts';
import type { CancellationPolicy } from '../../functions/dispatch/trip.decider.ts';
import type { Decision, Happened } from '../../functions/kernel/decision.ts';
import { none } from '../../functions/kernel/rupiah.ts';
import {
  after,
  type DriverId,
  type Instant,
  instant,
  type OrderId,
  type RiderId,
} from '../../functions/kernel/types.ts';

/** 10:44 in Jakarta. */
export const start = instant(Date.parse('2026-11-21T03:44:00.000Z'));
export const at = (seconds: number): Instant => after(start, seconds * 1_000);

export const rideId = 'TNT-20261121-0000042' as OrderId;
export const otherRide = 'TNT-20261121-0000043' as OrderId;
export const rider = 'rider-1' as RiderId;
export const [d1, d2, d3, d4] = ['driver-1', 'driver-2', 'driver-3', 'driver-4'] as [
  DriverId,
  DriverId,
  DriverId,
  DriverId,
];
export const named = (...names: readonly string[]): readonly DriverId[] => names as readonly DriverId[];

export const pickup = { lat: -6.2, lng: 106.816666, address: 'Stasiun Gambir', sequence: 1 };
export const destination = { lat: -6.125, lng: 106.65 };

/** No rider owes anything for a cancellation. */
export const noFees: CancellationPolicy = { fees: { BB: none, SB: none, GB: none }, graceMs: 120_000 };

/** A request for a ride: offers time out after 30 s, the search after 300 s, a decline closes. */
export const request = (fields: Partial<RideRequest> = {}): RideRequest => ({
  rideId,
  riderId: rider,
  serviceLine: 'BB',
  pickup,
  destination,
  policy: 'close',
  giveBack: 'search',
  waveSize: 3,
  offerTimeoutMs: 30_000,
  requestedAt: start,
  searchTimeoutMs: 300_000,
  closesAt: at(300),
  candidatesFrom: 'caller',
  idempotentDispatch: true,
  ...fields,
});

export const happenedOf = <State>(decision: Decision<State>): Happened<State> => {
  if (decision.outcome !== 'happened') throw new Error(`expected to happen, but: ${JSON.stringify(decision)}`);
  return decision;
};
export const stateOf = <State>(decision: Decision<State>): State => happenedOf(decision).state;

/** A ride requested at `start`, after the commands, each of which must have happened. */
export const given = (
  fields: Partial<RideRequest>,
  drivers: readonly DriverId[],
  ...commands: readonly RideCommand[]
): Ride => {
  let ride: Ride = requestRide(request(fields), drivers).state;
  for (const command of commands) ride = stateOf(decide(command, ride));
  return ride;
};

type Change = { readonly type: string; readonly data: Readonly<Record<string, unknown>> };

/** Type and fields of the facts, without the requests to the dispatch worker. */
export const changes = (decision: Decision<unknown>): readonly Change[] =>
  decision.outcome === 'happened'
    ? decision.facts.filter(({ type }) => type !== 'dispatch.requested').map(({ type, data }) => ({ type, data }))
    : [];
/** Who is to be shown the ride, by the requests to the dispatch worker. */
export const dispatched = (decision: Decision<unknown>): readonly unknown[] =>
  decision.outcome === 'happened'
    ? decision.facts.filter(({ type }) => type === 'dispatch.requested').map(({ data }) => data.driverId)
    : [];

/** The fields that only an open ride has. */
export const searchFields = (ride: Ride): readonly string[] =>
  Object.keys(ride).filter((name) => ['waiting', 'fruitless', 'nextSearchAt'].includes(name));

export const offers = (ride: Ride): Readonly<Record<string, Offer['status']>> =>
  Object.fromEntries(Object.entries(ride.offers).map(([driverId, { status }]) => [driverId, status]));
