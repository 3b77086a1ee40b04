/** The rules of a ride: what each command does to it. Pure: time, ids and found drivers come with the command. */
import {
  dispatchRequested,
  rideAccepted,
  rideCancelled,
  rideDeclined,
  rideExpired,
  rideOfferDeclined,
  rideOffered,
  ridePickupUpdated,
  rideRequested,
  rideSearchContinued,
} from '../../events/ride.ts';
import { type Decision, happened, nothing, type Refusal, refused } from '../kernel/decision.ts';
import { after, type DriverId, type Instant, iso } from '../kernel/types.ts';
import {
  type Canceller,
  type ExpiryReason,
  isOpen,
  type Offer,
  type Offers,
  type OpenRide,
  offersEndAt,
  offerTo,
  type Pickup,
  pendingDrivers,
  pendingOffers,
  type Request,
  type Ride,
  type RideFact,
  type WithdrawReason,
  wasOffered,
} from './ride.ts';

export type RequestRide = {
  readonly type: 'request';
  readonly request: Request;
  readonly drivers: readonly DriverId[];
};
export type Accept = { readonly type: 'accept'; readonly driverId: DriverId; readonly at: Instant };
export type Decline = {
  readonly type: 'decline';
  readonly driverId: DriverId;
  readonly reason: string;
  readonly at: Instant;
};
export type Cancel = { readonly type: 'cancel'; readonly by: Canceller; readonly reason: string; readonly at: Instant };
export type MovePickup = { readonly type: 'move-pickup'; readonly pickup: Pickup; readonly at: Instant };
/** The deadline of a ride: offers time out, `found` are the drivers near the pickup now (none when the caller named them). */
export type Search = { readonly type: 'deadline'; readonly found: readonly DriverId[]; readonly at: Instant };

export type RideCommand = Accept | Decline | Cancel | MovePickup | Search;
type RideDecision = Decision<Ride, RideFact>;

/** Most drivers ever asked for one ride: keeps the item small and the search honest. */
export const mostOffers = 30;
const firstPause = 5_000;
const longestPause = 60_000;

export const requestRide = ({ request, drivers }: RequestRide): Extract<RideDecision, { outcome: 'happened' }> => {
  const draft: OpenRide = {
    ...request,
    status: 'PENDING',
    offers: {},
    waiting: request.candidatesFrom === 'caller' ? drivers : [],
    fruitless: 0,
    nextSearchAt: request.requestedAt,
  };
  const ride = nextWave(draft, drivers, request.requestedAt) ?? paused(draft, request.requestedAt);
  return happened(
    ride,
    request.requestedAt,
    rideRequested({
      ...idsOf(ride),
      serviceLine: ride.serviceLine,
      pickup: ride.pickup,
      destination: ride.destination,
      policy: ride.policy,
      offered: pendingDrivers(ride.offers),
    }),
    ...dispatches(ride),
  );
};

/** @returns what the command does; `undefined` rides are unknown to the caller */
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
    case 'deadline':
      return search(command, ride);
  }
};

const accept = ({ driverId, at }: Accept, ride: Ride): RideDecision => {
  if (ride.status === 'ACCEPTED' && ride.driverId === driverId) return nothing('already-accepted');
  const offer = offerTo(ride, driverId);
  if (!offer) return refused(refusals.notOffered);
  if (ride.status === 'ACCEPTED') return refused(refusals.taken);
  if (!isOpen(ride)) return refused(refusals.closed(ride.status));
  if (offer.status !== 'PENDING') return refused(refusals.offerOver(offer.status));
  const withdrawn = others(ride.offers, driverId);
  return happened(
    {
      ...requestOf(ride),
      status: 'ACCEPTED',
      driverId,
      at,
      offers: {
        ...withdraw(ride.offers, 'accepted-by-another', at),
        [driverId]: { status: 'ACCEPTED', sequence: offer.sequence, at },
      },
    },
    at,
    rideAccepted({ ...idsOf(ride), driverId, withdrawn }),
  );
};

const decline = ({ driverId, reason, at }: Decline, ride: Ride): RideDecision => {
  const offer = offerTo(ride, driverId);
  if (!offer) return refused(refusals.notOffered);
  if (!isOpen(ride) || offer.status !== 'PENDING') return nothing('already-processed');
  const offers: Offers = { ...ride.offers, [driverId]: { status: 'DECLINED', sequence: offer.sequence, at, reason } };
  return ride.policy === 'close'
    ? close(ride, offers, { driverId, reason, at })
    : passOn(ride, offers, { driverId, reason, at });
};

type Answer = { readonly driverId: DriverId; readonly reason: string; readonly at: Instant };

const close = (ride: OpenRide, offers: Offers, { driverId, reason, at }: Answer): RideDecision =>
  happened(
    {
      ...requestOf(ride),
      status: 'DECLINED',
      by: driverId,
      reason,
      at,
      offers: withdraw(offers, 'declined-by-another', at),
    },
    at,
    rideDeclined({ ...idsOf(ride), driverId, reason, withdrawn: pendingDrivers(offers) }),
  );

/** Policy `next`: the others keep their offers; without any, the next wave goes out in the same write if its drivers are known. */
const passOn = (ride: OpenRide, offers: Offers, answer: Answer): RideDecision => {
  const { driverId, reason, at } = answer;
  const left: OpenRide = { ...ride, offers };
  const stillAsked = pendingDrivers(offers).length > 0;
  if (!stillAsked && ride.candidatesFrom === 'caller' && ride.waiting.length === 0) return close(ride, offers, answer);
  const next = stillAsked ? left : (nextWave(left, ride.waiting, at) ?? { ...left, nextSearchAt: at });
  return happened(
    next,
    at,
    rideOfferDeclined({ ...idsOf(ride), driverId, reason, offered: stillAsked ? [] : pendingDrivers(next.offers) }),
    ...dispatches(next),
  );
};

const cancel = ({ by, reason, at }: Cancel, ride: Ride): RideDecision => {
  if (ride.status === 'CANCELLED' || ride.status === 'DECLINED' || ride.status === 'EXPIRED')
    return nothing('already-processed');
  if (by.role === 'driver' && !(ride.status === 'ACCEPTED' && ride.driverId === by.id))
    return refused(refusals.notAssigned);
  const driverId = ride.status === 'ACCEPTED' ? ride.driverId : undefined;
  return happened(
    {
      ...requestOf(ride),
      status: 'CANCELLED',
      by,
      reason,
      at,
      driverId,
      offers: withdraw(ride.offers, 'ride-cancelled', at),
    },
    at,
    rideCancelled({
      ...idsOf(ride),
      by: by.role,
      reason,
      driverId,
      withdrawn: pendingDrivers(ride.offers),
      countsAgainstDriver: by.role === 'driver',
    }),
  );
};

const movePickup = ({ pickup, at }: MovePickup, ride: Ride): RideDecision => {
  if (pickup.sequence <= ride.pickup.sequence) return nothing('older-sequence');
  if (!isOpen(ride) && ride.status !== 'ACCEPTED') return refused(refusals.closed(ride.status));
  const moved: Ride = { ...ride, pickup };
  const driverId = ride.status === 'ACCEPTED' ? ride.driverId : undefined;
  return happened(
    moved,
    at,
    ridePickupUpdated({ ...idsOf(ride), pickup, driverId }),
    ...(isOpen(moved) ? dispatches(moved) : []),
  );
};

/** The state, not the clock, decides a race: an offer is open until this command has closed it. */
const search = ({ found, at }: Search, ride: Ride): RideDecision => {
  if (!isOpen(ride)) return nothing('already-processed');
  if (at < ride.closesAt && at < ride.nextSearchAt) return nothing('not-due');
  const timedOut = pendingDrivers(ride.offers);
  const left: OpenRide = { ...ride, offers: timeOut(ride.offers, at) };
  if (at >= ride.closesAt) return expire(left, timedOut, { reason: 'search-time-out', at });
  const next = nextWave(left, ride.candidatesFrom === 'caller' ? ride.waiting : found, at);
  if (next)
    return happened(
      next,
      at,
      rideOffered({ ...idsOf(ride), offered: pendingDrivers(next.offers), timedOut }),
      ...dispatches(next),
    );
  const last = lastDecline(left.offers);
  if (last && everyoneDeclined(left.offers)) return close(left, left.offers, { ...last, at });
  if (ride.candidatesFrom === 'caller') return expire(left, timedOut, { reason: 'nobody-left', at });
  return happened(paused(left, at), at, rideSearchContinued({ ...idsOf(ride), timedOut }));
};

const expire = (
  ride: OpenRide,
  timedOut: readonly DriverId[],
  { reason, at }: { reason: ExpiryReason; at: Instant },
): RideDecision =>
  happened(
    { ...requestOf(ride), status: 'EXPIRED', reason, at, offers: ride.offers },
    at,
    rideExpired({ ...idsOf(ride), reason, timedOut }),
  );

/** The ride with offers to the next drivers, or nothing when there is nobody left to ask. Nobody is asked twice. */
const nextWave = (ride: OpenRide, drivers: readonly DriverId[], at: Instant): OpenRide | undefined => {
  const asked = Object.keys(ride.offers).length;
  const wave = [...new Set(drivers)]
    .filter((driverId) => !wasOffered(ride, driverId))
    .slice(0, Math.min(ride.waveSize, mostOffers - asked));
  if (wave.length === 0) return undefined;
  const made = wave.map((driverId, i): [DriverId, Offer] => [
    driverId,
    { status: 'PENDING', sequence: asked + i + 1, at },
  ]);
  return {
    ...ride,
    status: 'SEARCHING',
    offers: { ...ride.offers, ...Object.fromEntries(made) },
    waiting: ride.waiting.filter((driverId) => !wave.includes(driverId)),
    fruitless: 0,
    nextSearchAt: after(at, ride.offerTimeoutMs),
  };
};

/** Nobody near: search again soon, each time after a pause twice as long. */
const paused = (ride: OpenRide, at: Instant): OpenRide => ({
  ...ride,
  fruitless: ride.fruitless + 1,
  nextSearchAt: after(at, Math.min(longestPause, firstPause * 2 ** ride.fruitless)),
});

const requestOf = (ride: Ride): Request => ({
  rideId: ride.rideId,
  riderId: ride.riderId,
  serviceLine: ride.serviceLine,
  pickup: ride.pickup,
  destination: ride.destination,
  policy: ride.policy,
  waveSize: ride.waveSize,
  offerTimeoutMs: ride.offerTimeoutMs,
  requestedAt: ride.requestedAt,
  closesAt: ride.closesAt,
  candidatesFrom: ride.candidatesFrom,
  idempotentDispatch: ride.idempotentDispatch,
});

const replacePending = (offers: Offers, replace: (offer: Offer) => Offer): Offers =>
  Object.fromEntries(
    Object.entries(offers).map(([driverId, offer]) => [driverId, offer.status === 'PENDING' ? replace(offer) : offer]),
  ) as Offers;

const withdraw = (offers: Offers, reason: WithdrawReason, at: Instant): Offers =>
  replacePending(offers, ({ sequence }) => ({ status: 'WITHDRAWN', sequence, at, reason }));

const timeOut = (offers: Offers, at: Instant): Offers =>
  replacePending(offers, ({ sequence }) => ({ status: 'TIMED_OUT', sequence, at }));

const others = (offers: Offers, driverId: DriverId): readonly DriverId[] =>
  pendingDrivers(offers).filter((other) => other !== driverId);

const everyoneDeclined = (offers: Offers): boolean =>
  Object.values(offers).every(({ status }) => status === 'DECLINED');

const lastDecline = (offers: Offers): { driverId: DriverId; reason: string } | undefined => {
  const declines = (Object.entries(offers) as [DriverId, Offer][]).flatMap(([driverId, offer]) =>
    offer.status === 'DECLINED' ? [{ driverId, reason: offer.reason, at: offer.at }] : [],
  );
  return declines.sort((a, b) => b.at - a.at)[0];
};

const idsOf = ({ rideId, riderId }: Ride) => ({ rideId, riderId });

/**
 * One request to the dispatch worker for each offer that awaits an answer. Each change of an open ride repeats them under its new version,
 * because the worker skips a message older than the ride; the worker's key makes the repetition harmless.
 */
const dispatches = (ride: OpenRide) =>
  pendingOffers(ride.offers).map(([driverId, { sequence }]) =>
    dispatchRequested({ rideId: ride.rideId, driverId, sequence, expiresAt: iso(offersEndAt(ride)) }),
  );

const unknown = {
  code: 'RIDE_NOT_FOUND',
  message: 'There is no ride with this id that is yours or was offered to you. Check the id and the token.',
  status: 404,
} as const;
export const refusals = {
  unknown,
  notYours: { code: 'NOT_YOUR_RIDE', message: 'This ride belongs to somebody else.', status: 403, shownAs: unknown },
  notOffered: {
    code: 'NOT_OFFERED_TO_DRIVER',
    message: 'This ride was never offered to this driver.',
    status: 403,
    shownAs: unknown,
  },
  notAssigned: {
    code: 'NOT_ASSIGNED_TO_DRIVER',
    message: 'Only the driver who accepted this ride can cancel it.',
    status: 403,
  },
  taken: { code: 'RIDE_TAKEN', message: 'Another driver was faster and has accepted this ride.' },
  closed: (status: Ride['status']) => ({
    code: 'RIDE_CLOSED',
    message: `The ride is ${status} and can no longer be changed.`,
  }),
  offerOver: (status: Offer['status']) => ({
    code: status === 'DECLINED' ? 'OFFER_DECLINED' : 'OFFER_TIMED_OUT',
    message: status === 'DECLINED' ? 'You declined this ride earlier.' : 'The time to answer this offer is over.',
  }),
} as const satisfies Record<string, Refusal | ((status: never) => Refusal)>;
