/** What dispatch answers, for the OpenAPI document and the types of its readers; no function loads it. */
import * as z from 'zod/mini';
import { carNumber } from '../kernel/car.ts';
import type { Answer, Answers, KeyOf } from '../kernel/route.ts';
import type { routes } from './dispatch.routes.ts';
import { address, described, driverId, lat, lng, place, rideId, sequence, serviceLine } from './dispatch.schemas.ts';

const time = described(z.string(), 'ISO 8601, UTC.', ['2026-11-21T03:44:00.000Z']);

const offer = z.object({
  driverId,
  sequence: z.int(),
  status: z.enum(['PENDING', 'ACCEPTED', 'DECLINED', 'TIMED_OUT', 'WITHDRAWN']),
  reason: z.optional(z.string()),
  at: time,
});

export const ride = z.object({
  rideId,
  status: z.enum(['PENDING', 'SEARCHING', 'ACCEPTED', 'DECLINED', 'CANCELLED', 'EXPIRED']),
  version: described(z.int(), 'Raised by one with every change.'),
  riderId: z.string(),
  serviceLine,
  pickup: z.object({ lat, lng, address, sequence }),
  destination: place,
  policy: z.enum(['close', 'next']),
  requestedAt: time,
  closesAt: time,
  driverId: described(z.optional(driverId), 'Who has the ride, or had it when it was cancelled, or declined it.'),
  cancelledBy: z.optional(z.enum(['rider', 'driver', 'operator', 'system'])),
  countsAgainstDriver: z.optional(z.boolean()),
  reason: z.optional(z.string()),
  endedAt: z.optional(time),
  offers: described(z.array(offer), 'Every offer made; a driver sees only his own.'),
});
export type RideView = z.infer<typeof ride>;

export const changed = z.object({
  success: z.literal(true),
  alreadyProcessed: described(z.boolean(), 'True when the ride already was as asked and nothing changed.'),
  ride,
});
export const pickupMoved = z.object({
  success: z.literal(true),
  ignored: described(z.boolean(), 'True when a pickup with this sequence or a newer one is stored; nothing changed.'),
  version: described(z.optional(z.int()), 'The version of the ride after an update that was not ignored.'),
});
export const driver = z.object({
  driverId,
  onDuty: z.boolean(),
  serviceLine,
  position: z.optional(z.object({ lat, lng, at: time })),
  rideId: described(z.optional(rideId), 'The ride that keeps the driver busy.'),
  car: z.optional(carNumber),
});
const standingOffer = z.object({
  rideId,
  version: described(z.int(), 'The version of the ride it speaks of.'),
  sequence: z.int(),
  serviceLine,
  pickup: z.object({ lat, lng, address, sequence }),
  destination: place,
  at: time,
  expiresAt: time,
});
export type StandingOffer = z.infer<typeof standingOffer>;
export const driverWithOffers = z.extend(driver, {
  offers: described(z.array(standingOffer), 'The offers that await his answer; any other he was told of is over.'),
});

const done: Answer = { description: 'Done, or already so (`alreadyProcessed`).', schema: changed };
const wrongRole: Answer = { description: 'The role does not fit (WRONG_ROLE).' };
const unknown: Answer = {
  description: 'There is no such ride, or none that is theirs or was offered to them (RIDE_NOT_FOUND).',
};
const conflict: Answer = { description: 'The ride is in a state that does not allow it; `code` tells which.' };

export const answers: Answers<KeyOf<typeof routes>> = {
  'POST /rides': {
    201: { description: 'The ride; drivers are being asked.', schema: ride },
    200: { description: 'The ride this key made before.', schema: ride },
    422: { description: 'The key was used for another request.' },
  },
  'GET /rides/{id}': { 200: { description: 'The ride.', schema: ride }, 404: unknown },
  'POST /rides/{id}/accept': { 200: done, 403: wrongRole, 404: unknown, 409: conflict },
  'POST /rides/{id}/decline': { 200: done, 403: wrongRole, 404: unknown },
  'POST /rides/{id}/cancel': {
    200: done,
    403: {
      description:
        'The driver was offered the ride and does not have it (NOT_ASSIGNED_TO_DRIVER), or the role does not fit.',
    },
    404: unknown,
  },
  'PATCH /rides/{id}/pickup': {
    200: { description: 'Moved, or ignored because it is not newer.', schema: pickupMoved },
    403: wrongRole,
    404: unknown,
    409: conflict,
  },
  'GET /drivers/me': {
    200: { description: 'The driver, and the offers that await his answer.', schema: driverWithOffers },
  },
  'PUT /drivers/me': { 200: { description: 'The driver as stored.', schema: driver } },
};
