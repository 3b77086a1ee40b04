/** The rules of a ride: what each command does to it. Pure: time, ids and found drivers come with the command. */
import * as events from '../../events/ride.ts';
import { type Decision, type Happened, happened, nothing, refused } from '../kernel/decision.ts';
import type { DriverId, Instant } from '../kernel/types.ts';
import { lastOfAllDeclines, type Offers, pendingDrivers, timeOut, withdraw } from './offer.ts';
import { refusals } from './ride.refusals.ts';
import { cancel, complete, idsOf, overdue, type PickedUpBy, pickUp, watchFor } from './ride.trip.decider.ts';
import {
  assignedTo,
  type Canceller,
  type ExpiryReason,
  isAssigned,
  isOpen,
  type OpenRide,
  offerTo,
  type Pickup,
  type Ride,
  type RideFact,
  type RideRequest,
} from './ride.ts';
import { dispatches, nextWave, paused, withoutSearch } from './search.ts';

export type RideCommand = { readonly at: Instant } & (
  | { readonly type: 'accept'; readonly driverId: DriverId }
  | { readonly type: 'decline'; readonly driverId: DriverId; readonly reason: string }
  | { readonly type: 'cancel'; readonly by: Canceller; readonly reason: string }
  | { readonly type: 'pick-up'; readonly by: PickedUpBy }
  | { readonly type: 'complete' }
  | { readonly type: 'move-pickup'; readonly pickup: Pickup }
  /**
   * Of a search: offers time out; of a trip: it is overdue. `found` are the drivers near the pickup now, none when
   * the caller named the candidates.
   */
  | { readonly type: 'deadline'; readonly found: readonly DriverId[] }
);
export type CommandOf<Type extends RideCommand['type']> = Omit<Extract<RideCommand, { readonly type: Type }>, 'type'>;
export type RideDecision = Decision<Ride, RideFact>;

/** @param drivers the candidates of the caller, or the drivers the matcher found */
export const requestRide = (request: RideRequest, drivers: readonly DriverId[]): Happened<OpenRide, RideFact> => {
  const { requestedAt, serviceLine, pickup, destination, policy, candidatesFrom } = request;
  const draft: OpenRide = {
    ...request,
    status: 'PENDING',
    offers: {},
    waiting: candidatesFrom === 'caller' ? drivers : [],
    fruitless: 0,
    nextSearchAt: requestedAt,
  };
  const ride = nextWave(draft, drivers, requestedAt) ?? paused(draft, requestedAt);
  const offered = pendingDrivers(ride.offers);
  const fact = events.rideRequested({ ...idsOf(ride), serviceLine, pickup, destination, policy, offered });
  return happened(ride, requestedAt, fact, ...dispatches(ride));
};

export const decide = (command: RideCommand, ride: Ride | undefined): RideDecision => {
  if (!ride) return refused(refusals.unknown);
  switch (command.type) {
    case 'accept':
      return accept(command, ride);
    case 'decline':
      return decline(command, ride);
    case 'cancel':
      return cancel(command, ride);
    case 'move-pickup':
      return movePickup(command, ride);
    case 'pick-up':
      return pickUp(command, ride);
    case 'complete':
      return complete(command, ride);
    case 'deadline':
      return isAssigned(ride) ? overdue(command, ride) : search(command, ride);
  }
};

const accept = ({ driverId, at }: CommandOf<'accept'>, ride: Ride): RideDecision => {
  const isTaken = isAssigned(ride) || ride.status === 'COMPLETED';
  if (isTaken && ride.driverId === driverId) return nothing('already-accepted');
  const offer = offerTo(ride, driverId);
  if (!offer) return refused(refusals.notOffered);
  if (isTaken) return refused(refusals.taken);
  if (!isOpen(ride)) return refused(refusals.closed(ride.status));
  if (offer.status !== 'PENDING') return refused(refusals.offerOver(offer.status));
  const answered: Offers = { ...ride.offers, [driverId]: { status: 'ACCEPTED', sequence: offer.sequence, at } };
  const offers = withdraw(answered, 'accepted-by-another', at);
  const fact = events.rideAccepted({ ...idsOf(ride), driverId, withdrawn: pendingDrivers(answered) });
  const { waiting } = ride;
  const watch = watchFor('ACCEPTED', at);
  const accepted = { ...withoutSearch(ride), status: 'ACCEPTED', driverId, at, offers, waiting, watch } as const;
  return happened({ ...accepted, hasOrder: true }, at, fact);
};

const decline = (command: CommandOf<'decline'>, ride: Ride): RideDecision => {
  const { driverId, reason, at } = command;
  const offer = offerTo(ride, driverId);
  if (!offer) return refused(refusals.notOffered);
  if (!isOpen(ride) || offer.status !== 'PENDING') return nothing('already-processed');
  const offers: Offers = { ...ride.offers, [driverId]: { status: 'DECLINED', sequence: offer.sequence, at, reason } };
  const declined = { ...ride, offers };
  return ride.policy === 'close' ? close(declined, command) : keepSearching(declined, command);
};

const close = (ride: OpenRide, { driverId, reason, at }: CommandOf<'decline'>): RideDecision => {
  const offers = withdraw(ride.offers, 'declined-by-another', at);
  const fact = events.rideDeclined({ ...idsOf(ride), driverId, reason, withdrawn: pendingDrivers(ride.offers) });
  return happened({ ...withoutSearch(ride), status: 'DECLINED', by: driverId, reason, at, offers }, at, fact);
};

/** Policy `next`: pending offers are kept; without any, the next wave is offered in the same write if it is known. */
const keepSearching = (ride: OpenRide, decline: CommandOf<'decline'>): RideDecision => {
  const { driverId, reason, at } = decline;
  const isAwaited = pendingDrivers(ride.offers).length > 0;
  if (!isAwaited && ride.candidatesFrom === 'caller' && ride.waiting.length === 0) return close(ride, decline);
  const next = isAwaited ? ride : (nextWave(ride, ride.waiting, at) ?? { ...ride, nextSearchAt: at });
  const offered = isAwaited ? [] : pendingDrivers(next.offers);
  return happened(
    next,
    at,
    events.rideOfferDeclined({ ...idsOf(ride), driverId, reason, offered }),
    ...dispatches(next),
  );
};

const movePickup = ({ pickup, at }: CommandOf<'move-pickup'>, ride: Ride): RideDecision => {
  if (pickup.sequence <= ride.pickup.sequence) return nothing('older-sequence');
  if (ride.status === 'PICKED_UP') return refused(refusals.underWay);
  const driverId = assignedTo(ride);
  if (!isOpen(ride) && !driverId) return refused(refusals.closed(ride.status));
  const moved: Ride = { ...ride, pickup };
  const fact = events.ridePickupUpdated({ ...idsOf(ride), pickup, driverId });
  return happened(moved, at, fact, ...(isOpen(moved) ? dispatches(moved) : []));
};

/** The state, not the clock, decides a race: an offer is open until this command has closed it. */
const search = ({ found, at }: CommandOf<'deadline'>, ride: Ride): RideDecision => {
  if (!isOpen(ride)) return nothing('already-processed');
  if (at < ride.closesAt && at < ride.nextSearchAt) return nothing('not-due');
  const timedOut = pendingDrivers(ride.offers);
  const left: OpenRide = { ...ride, offers: timeOut(ride.offers, at) };
  if (at >= ride.closesAt) return expire(left, timedOut, 'search-time-out', at);
  const next = nextWave(left, ride.candidatesFrom === 'caller' ? ride.waiting : found, at);
  if (next) {
    const offered = pendingDrivers(next.offers);
    return happened(next, at, events.rideOffered({ ...idsOf(ride), offered, timedOut }), ...dispatches(next));
  }
  const last = lastOfAllDeclines(left.offers);
  if (last) return close(left, { ...last, at });
  if (ride.candidatesFrom === 'caller') return expire(left, timedOut, 'nobody-left', at);
  return happened(paused(left, at), at, events.rideSearchContinued({ ...idsOf(ride), timedOut }));
};

const expire = (ride: OpenRide, timedOut: readonly DriverId[], reason: ExpiryReason, at: Instant): RideDecision =>
  happened(
    { ...withoutSearch(ride), status: 'EXPIRED', reason, at },
    at,
    events.rideExpired({ ...idsOf(ride), reason, timedOut }),
  );
