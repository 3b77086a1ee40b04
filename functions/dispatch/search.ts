/** The search of an open ride: waves of offers, and pauses while no driver is near. Pure. */
import { dispatchRequested } from '../../events/ride.ts';
import { after, type DriverId, type Instant, iso } from '../kernel/types.ts';
import { pendingOffers } from './offer.ts';
import { type OpenRide, offersEndAt, offerTo } from './ride.ts';

/** The most drivers one ride is offered to: keeps its item small and the search short. */
export const mostOffers = 30;
const firstPauseMs = 5_000;
const longestPauseMs = 60_000;

/** The ride with offers to the next drivers; nothing when there is none. No driver is offered a ride twice. */
export const nextWave = (ride: OpenRide, drivers: readonly DriverId[], at: Instant): OpenRide | undefined => {
  const made = Object.keys(ride.offers).length;
  const wave = [...new Set(drivers)]
    .filter((driverId) => !offerTo(ride, driverId))
    .slice(0, Math.min(ride.waveSize, mostOffers - made));
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

/** What a closed ride keeps of an open one. */
export const withoutSearch = ({ waiting: _, fruitless: __, nextSearchAt: ___, ...ride }: OpenRide) => ride;

/**
 * One request to the dispatch worker per pending offer. Each change of an open ride repeats them under its new version,
 * because the worker skips older messages; its key makes the repetition harmless.
 */
export const dispatches = (ride: OpenRide) =>
  pendingOffers(ride.offers).map(([driverId, { sequence }]) =>
    dispatchRequested({ rideId: ride.rideId, driverId, sequence, expiresAt: iso(offersEndAt(ride)) }),
  );
