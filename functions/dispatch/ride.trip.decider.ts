/** The rules of a ride that has a driver: picked up, completed, cancelled, given back, and overdue. Pure. */
import * as events from '../../events/ride.ts';
import { type Decision, happened, nothing, refused } from '../kernel/decision.ts';
import { after, type DriverId, type Instant } from '../kernel/types.ts';
import { pendingDrivers, withdraw, withdrawnDrivers } from './offer.ts';
import { refusals } from './ride.refusals.ts';
import {
  assignedTo,
  type Canceller,
  isAssigned,
  isOpen,
  type OpenRide,
  offerTo,
  type Ride,
  type RideFact,
  type RideIn,
  type Watch,
} from './ride.ts';
import { dispatches, nextWave, withoutSearch } from './search.ts';

type RideDecision = Decision<Ride, RideFact>;
type Assigned = RideIn<'ACCEPTED' | 'PICKED_UP'>;
export type PickedUpBy = Extract<Canceller, { readonly role: 'driver' | 'operator' }>;

export const idsOf = ({ rideId, riderId }: Ride) => ({ rideId, riderId });

const hour = 3_600_000;
/** How long a trip may stay as it is. */
const longestMs = { ACCEPTED: 2 * hour, PICKED_UP: 12 * hour } as const;
export const watchFor = (status: Assigned['status'], at: Instant): Watch => ({
  at: after(at, longestMs[status]),
  count: 0,
});

const isOthers = (by: Canceller, driverId: DriverId): boolean => by.role === 'driver' && by.id !== driverId;

export const pickUp = ({ by, at }: { readonly by: PickedUpBy; readonly at: Instant }, ride: Ride): RideDecision => {
  if (isOpen(ride)) return refused(refusals.notAccepted);
  if (ride.status !== 'ACCEPTED' && ride.status !== 'PICKED_UP' && ride.status !== 'COMPLETED')
    return refused(refusals.closed(ride.status));
  const { driverId } = ride;
  if (isOthers(by, driverId)) return refused(refusals.notAssigned);
  if (ride.status !== 'ACCEPTED') return nothing('already-picked-up');
  const { waiting: _, withoutPickUp: __, ...trip } = ride;
  const picked = { ...trip, status: 'PICKED_UP', at, watch: watchFor('PICKED_UP', at) } as const;
  return happened(picked, at, events.ridePickedUp({ ...idsOf(ride), driverId, by: by.role }));
};

/** Its order is finished in the same write, which decides who may. */
export const complete = ({ at }: { readonly at: Instant }, ride: Ride): RideDecision => {
  if (ride.status === 'COMPLETED') return nothing('already-completed');
  if (isOpen(ride) || (ride.status === 'ACCEPTED' && !ride.withoutPickUp)) return refused(refusals.notPickedUp);
  if (!isAssigned(ride)) return refused(refusals.closed(ride.status));
  const { watch: _, ...trip } = ride;
  const { driverId } = trip;
  const over = events.rideCompleted({ ...idsOf(ride), driverId });
  if (trip.status === 'PICKED_UP') return happened({ ...trip, status: 'COMPLETED', pickedUpAt: trip.at, at }, at, over);
  const { waiting: __, withoutPickUp: ___, ...unpicked } = trip;
  return happened({ ...unpicked, status: 'COMPLETED', at }, at, over);
};

type Cancel = { readonly by: Canceller; readonly reason: string; readonly at: Instant };

export const cancel = (command: Cancel, ride: Ride): RideDecision => {
  const { by } = command;
  if (ride.status === 'COMPLETED') return refused(refusals.closed(ride.status));
  if (isOpen(ride)) return by.role === 'driver' ? withoutTheRide(by.id, ride) : close(command, ride);
  if (!isAssigned(ride)) return nothing('already-processed');
  if (isOthers(by, ride.driverId)) return refused(refusals.notAssigned);
  if (ride.status === 'PICKED_UP')
    return by.role === 'rider' || by.role === 'system' ? refused(refusals.underWay) : close(command, ride);
  return by.role === 'driver' && ride.giveBack === 'search' ? giveBack(command, ride) : close(command, ride);
};

/** A driver without the ride has nothing to cancel; one who gave it back has done so. */
const withoutTheRide = (driverId: DriverId, ride: OpenRide): RideDecision =>
  offerTo(ride, driverId)?.status === 'GIVEN_BACK' ? nothing('already-given-back') : refused(refusals.notAssigned);

const close = ({ by, reason, at }: Cancel, ride: OpenRide | Assigned): RideDecision => {
  const driverId = assignedTo(ride);
  const offers = withdraw(ride.offers, 'ride-cancelled', at);
  const withdrawn = pendingDrivers(ride.offers);
  const countsAgainstDriver = by.role === 'driver';
  return happened(
    { ...requestOf(ride), status: 'CANCELLED', by, reason, at, driverId, offers },
    at,
    events.rideCancelled({ ...idsOf(ride), by: by.role, reason, driverId, withdrawn, countsAgainstDriver }),
  );
};

/** What every status of a ride has, without what only an open or an assigned one has. */
const requestOf = (ride: OpenRide | Assigned) => {
  if (isOpen(ride)) return withoutSearch(ride);
  if (ride.status === 'PICKED_UP') {
    const { watch: _, ...request } = ride;
    return request;
  }
  const { watch: _, waiting: __, withoutPickUp: ___, ...request } = ride;
  return request;
};

/** Those who lost the ride to this driver are offered it again, then those who were not offered it yet. */
const giveBack = ({ reason, at }: Cancel, ride: RideIn<'ACCEPTED'>): RideDecision => {
  const { driverId, waiting, watch: _, withoutPickUp: __, ...request } = ride;
  const sequence = offerTo(ride, driverId)?.sequence ?? 0;
  const offers = { ...ride.offers, [driverId]: { status: 'GIVEN_BACK', sequence, at, reason } } as const;
  const known = [...withdrawnDrivers(offers), ...waiting];
  const open: OpenRide = {
    ...request,
    status: 'SEARCHING',
    offers,
    waiting: ride.candidatesFrom === 'caller' ? known : [],
    fruitless: 0,
    nextSearchAt: at,
    closesAt: after(at, ride.searchTimeoutMs),
  };
  const next = nextWave(open, known, at) ?? open;
  const fact = events.rideGivenBack({ ...idsOf(ride), driverId, reason, offered: pendingDrivers(next.offers) });
  return happened(next, at, fact, ...dispatches(next));
};

const halfHour = hour / 2;
const waitsFor = { ACCEPTED: 'pick-up', PICKED_UP: 'finish' } as const;
/** First its driver is reminded, then it is for an operator: no fare is invented. */
export const ownerOf = ({ count }: Watch): 'driver' | 'operator' => (count > 1 ? 'operator' : 'driver');

export const overdue = ({ at }: { readonly at: Instant }, ride: Assigned): RideDecision => {
  if (!ride.watch || at < ride.watch.at) return nothing('not-due');
  const count = ride.watch.count + 1;
  const watch: Watch = { at: after(at, count === 1 ? halfHour : 24 * hour), count };
  const { driverId, status } = ride;
  const fact = events.rideOverdue({ ...idsOf(ride), driverId, waitsFor: waitsFor[status], owner: ownerOf(watch) });
  return happened({ ...ride, watch }, at, fact);
};
