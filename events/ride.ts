/** The events of a ride. A published event never changes; a new meaning is a new event. */
import * as z from 'zod/mini';
import { event, type Source } from './event.ts';
import { driverId, drivers, orderId, riderId, serviceLine, text, time } from './fields.ts';

const place = { lat: z.number(), lng: z.number(), address: z.optional(text) };
const pickup = z.object({ ...place, sequence: z.int() });

const aggregate = { source: 'tuntas.dispatch', aggregate: 'RIDE', id: 'rideId' } as const;
const ride = { ...aggregate, fields: { rideId: orderId, riderId } } as const satisfies Source;
const dispatch = { ...aggregate, fields: { rideId: orderId }, per: 'driverId' } as const satisfies Source;

export const rideRequested = event(
  ride,
  'ride.requested',
  'A rider requested a taxi; `offered` are the drivers of the first wave.',
  { serviceLine, pickup, destination: z.object(place), policy: z.enum(['close', 'next']), offered: drivers },
);
export const rideOffered = event(
  ride,
  'ride.offered',
  'The next wave: offers that timed out, and the drivers who got the next ones.',
  { offered: drivers, timedOut: drivers },
);
export const rideOfferDeclined = event(
  ride,
  'ride.offer-declined',
  'One driver declined under policy `next`; the search continues.',
  { driverId, reason: text, offered: drivers },
);
export const rideSearchContinued = event(
  ride,
  'ride.search-continued',
  'No new driver was found; the search continues after a pause.',
  { timedOut: drivers },
);
export const rideAccepted = event(ride, 'ride.accepted', 'A driver has the ride; `withdrawn` are those who lost it.', {
  driverId,
  withdrawn: drivers,
});
export const rideDeclined = event(
  ride,
  'ride.declined',
  'The ride was declined, by policy `close` or because no driver is left.',
  { driverId, reason: text, withdrawn: drivers },
);
export const rideCancelled = event(
  ride,
  'ride.cancelled',
  'The ride was cancelled; `driverId` is the driver it was taken from.',
  {
    by: z.enum(['rider', 'driver', 'operator', 'system']),
    reason: text,
    driverId: z.optional(driverId),
    withdrawn: drivers,
    countsAgainstDriver: z.boolean(),
  },
);
export const rideExpired = event(ride, 'ride.expired', 'The search ended without a driver.', {
  reason: z.enum(['search-time-out', 'nobody-left']),
  timedOut: drivers,
});
export const ridePickupUpdated = event(
  ride,
  'ride.pickup-updated',
  'The pickup point moved; each update is kept as the audit log.',
  { pickup, driverId: z.optional(driverId) },
);

export const ridePickedUp = event(ride, 'ride.picked-up', 'The rider is in the car.', {
  driverId,
  by: z.enum(['driver', 'operator']),
});
export const rideCompleted = event(
  ride,
  'ride.completed',
  'The trip is over: its order is finished and its driver free, in the same write.',
  { driverId },
);
export const rideGivenBack = event(
  ride,
  'ride.given-back',
  'The driver gave the ride back before the pick-up; the search continues without them. `offered` is the next wave.',
  { driverId, reason: text, offered: drivers },
);
export const rideOverdue = event(
  ride,
  'ride.overdue',
  'An accepted ride was not picked up, or a trip not finished, in time; `owner` is who has to act.',
  { driverId, waitsFor: z.enum(['pick-up', 'finish']), owner: z.enum(['driver', 'operator']) },
);

export const dispatchRequested = event(
  dispatch,
  'dispatch.requested',
  'The request to show a ride to one driver, one per offer. Not part of the story.',
  { driverId, sequence: z.int().check(z.minimum(1)), expiresAt: time },
);
