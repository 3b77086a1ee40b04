/** The events of a ride, as they stand on the bus. A published version never changes; a new shape is a new event. */
import * as z from 'zod/mini';

const text = z.string();
const time = z.iso.datetime();
const drivers = z.array(text);
const place = { lat: z.number(), lng: z.number(), address: z.optional(text) };
const pickup = z.object({ ...place, sequence: z.int() });

/**
 * `id` is unique and stable: `{rideId}/RIDE/{version}`, with `.2`, `.3` … for the offers of the same write.
 * Consumers drop an event whose version is not newer than the one they know.
 */
const envelope = <Type extends string>(type: Type) => ({
  id: text,
  type: z.literal(type),
  rideId: text,
  riderId: text,
  version: z.int().check(z.minimum(1)),
  at: time,
});

export const rideRequested = z.object({
  ...envelope('ride.requested'),
  serviceLine: z.enum(['BB', 'SB', 'GB']),
  pickup,
  destination: z.object(place),
  policy: z.enum(['close', 'next']),
  offered: drivers,
});
export const rideOffered = z.object({ ...envelope('ride.offered'), offered: drivers, timedOut: drivers });
export const rideSearchContinued = z.object({ ...envelope('ride.search-continued'), timedOut: drivers });
export const rideAccepted = z.object({ ...envelope('ride.accepted'), driverId: text, withdrawn: drivers });
export const rideDeclined = z.object({
  ...envelope('ride.declined'),
  driverId: text,
  reason: text,
  withdrawn: drivers,
});
export const rideOfferDeclined = z.object({
  ...envelope('ride.offer-declined'),
  driverId: text,
  reason: text,
  offered: drivers,
});
export const rideCancelled = z.object({
  ...envelope('ride.cancelled'),
  by: z.enum(['rider', 'driver', 'operator', 'system']),
  reason: text,
  driverId: z.optional(text),
  withdrawn: drivers,
  countsAgainstDriver: z.boolean(),
});
export const rideExpired = z.object({
  ...envelope('ride.expired'),
  reason: z.enum(['search-time-out', 'nobody-left']),
  timedOut: drivers,
});
export const ridePickupUpdated = z.object({ ...envelope('ride.pickup-updated'), pickup, driverId: z.optional(text) });

export const rideEvent = z.discriminatedUnion('type', [
  rideRequested,
  rideOffered,
  rideSearchContinued,
  rideAccepted,
  rideDeclined,
  rideOfferDeclined,
  rideCancelled,
  rideExpired,
  ridePickupUpdated,
]);
export type RideEvent = z.infer<typeof rideEvent>;

/** The order to show a ride to one driver; one per offer. It is not kept in the story: the dispatch log is. */
export const dispatchRequested = z.object({
  id: text,
  type: z.literal('dispatch.requested'),
  rideId: text,
  driverId: text,
  sequence: z.int().check(z.minimum(1)),
  version: z.int().check(z.minimum(1)),
  at: time,
  expiresAt: time,
});

const driver = <Type extends string>(type: Type) =>
  z.object({
    id: text,
    type: z.literal(type),
    driverId: text,
    serviceLine: z.enum(['BB', 'SB', 'GB']),
    version: z.int(),
    at: time,
  });
export const driverOnDuty = driver('driver.on-duty');
export const driverOffDuty = driver('driver.off-duty');
