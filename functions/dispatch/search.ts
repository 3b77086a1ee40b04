/** The search of an open ride: waves of offers, and pauses while no driver is near. Pure. */
import { dispatchRequested } from '../../events/ride.ts';
import { after, type DriverId, type Instant, iso } from '../kernel/types.ts';
import { lastSequence, pendingOffers } from './offer.ts';
import { type OpenRide, offersEndAt, offerTo } from './ride.ts';

/** The most drivers one ride is offered to: keeps its item small and the search short. */
export const mostOffers = 30;
const firstPauseMs = 5_000;
const longestPauseMs = 60_000;

/**
 * The ride with offers to the next drivers; nothing when there is none. No driver is offered a ride twice, except one
 * who lost it to a driver that gave it back: an open ride has no other withdrawn offers.
 */
export const nextWave = (ride: OpenRide, drivers: readonly DriverId[], at: Instant): OpenRide | undefined => {
  const made = lastSequence(ride.offers);
  const named = [...new Set(drivers)];
  const again = named.filter((driverId) => offerTo(ride, driverId)?.status === 'WITHDRAWN');
  const first = named.filter((driverId) => !offerTo(ride, driverId));
  const wave = [...again, ...first.slice(0, mostOffers - Object.keys(ride.offers).length)].slice(0, ride.waveSize);
  if (wave.length === 0) return undefined;
  const offers = wave.map((driverId, i) => [driverId, { status: 'PENDING', sequence: made + i + 1, at }] as const);
  return {
    ...ride,
    status: 'SEARCHING',
    offers: { ...ride.offers, ...Object.fromEntries(offers) },
    waiting: ride.waiting.filter((driverId) => !wave.includes(driverId)),
    fruitless: 0,
    nextSearchAt: after(at, ride.offerTimeoutMs),
  };
};

/** No driver near: the next search follows soon, each time after a pause twice as long. */
export const paused = (ride: OpenRide, at: Instant): OpenRide => ({
  ...ride,
  fruitless: ride.fruitless + 1,
  nextSearchAt: after(at, Math.min(longestPauseMs, firstPauseMs * 2 ** ride.fruitless)),
});

/** What a ride that is not searched for keeps of one that is. */
export const withoutSearch = ({ waiting: _, fruitless: __, nextSearchAt: ___, ...ride }: OpenRide) => ride;

/**
 * One request to the dispatch worker per pending offer. Each change of an open ride repeats them under its new version,
 * because the worker skips older messages; its key makes the repetition harmless.
 */
export const dispatches = (ride: OpenRide) =>
  pendingOffers(ride.offers).map(([driverId, { sequence }]) =>
    dispatchRequested({ rideId: ride.rideId, driverId, sequence, expiresAt: iso(offersEndAt(ride)) }),
  );
