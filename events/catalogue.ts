/** Every event on the bus: who sends it, its schema, what it says. `npm run events` makes the published JSON Schemas and docs/events.md from it. */
import type * as z from 'zod/mini';
import * as ride from './ride.ts';

export type Entry = { readonly type: string; readonly source: string; readonly says: string; readonly schema: z.ZodMiniType };

const dispatch = (type: string, schema: z.ZodMiniType, says: string): Entry => ({ type, source: 'tuntas.dispatch', says, schema });

export const catalogue: readonly Entry[] = [
  dispatch('ride.requested', ride.rideRequested, 'A rider asked for a taxi; `offered` are the drivers of the first wave.'),
  dispatch('ride.offered', ride.rideOffered, 'The next wave: offers that timed out, and the drivers asked instead.'),
  dispatch('ride.offer-declined', ride.rideOfferDeclined, 'One driver declined under policy `next`; the search goes on.'),
  dispatch('ride.search-continued', ride.rideSearchContinued, 'Nobody new was found; the search goes on after a pause.'),
  dispatch('ride.accepted', ride.rideAccepted, 'A driver has the ride; `withdrawn` are those who lost it.'),
  dispatch('ride.declined', ride.rideDeclined, 'The ride was declined, by policy `close` or because nobody is left.'),
  dispatch('ride.cancelled', ride.rideCancelled, 'The ride was cancelled; `driverId` is the driver it was taken from.'),
  dispatch('ride.expired', ride.rideExpired, 'The search ended without a driver.'),
  dispatch('ride.pickup-updated', ride.ridePickupUpdated, 'The pickup point moved; each is kept as the audit log.'),
  dispatch('dispatch.requested', ride.dispatchRequested, 'The order to show a ride to one driver, one per offer. Not part of the story.'),
  dispatch('driver.on-duty', ride.driverOnDuty, 'A driver went on duty.'),
  dispatch('driver.off-duty', ride.driverOffDuty, 'A driver went off duty.'),
];
