/** What dispatch answers, for the OpenAPI document and the types of its readers; no function loads it. */
import * as z from 'zod/mini';
import { carNumber } from '../kernel/car.ts';
import { keyReused } from '../kernel/problem.ts';
import type { Answers, BodyFor } from '../kernel/route.ts';
import { described } from '../kernel/schema.ts';
import type { routes } from './dispatch.routes.ts';
import { address, driverId, lat, lng, place, rideId, sequence, serviceLine } from './dispatch.schemas.ts';
import { driverBusy } from './occupation.decider.ts';
import { systemIsOperators } from './ride.access.ts';
import { refusals } from './ride.refusals.ts';

const time = described(z.string(), 'ISO 8601, UTC.', ['2026-11-21T03:44:00.000Z']);

const offer = z.object({
  driverId,
  sequence: z.int(),
  status: z.enum(['PENDING', 'ACCEPTED', 'DECLINED', 'TIMED_OUT', 'WITHDRAWN', 'GIVEN_BACK']),
  reason: z.optional(z.string()),
  at: time,
});

export const ride = z.object({
  rideId,
  status: z.enum(['PENDING', 'SEARCHING', 'ACCEPTED', 'PICKED_UP', 'COMPLETED', 'DECLINED', 'CANCELLED', 'EXPIRED']),
  version: described(z.int(), 'Raised by one with every change.'),
  riderId: z.string(),
  serviceLine,
  pickup: z.object({ lat, lng, address, sequence }),
  destination: place,
  policy: z.enum(['close', 'next']),
  giveBack: z.enum(['search', 'close']),
  requestedAt: time,
  closesAt: time,
  driverId: described(z.optional(driverId), 'Who has the ride, or had it when it was cancelled, or declined it.'),
  cancelledBy: z.optional(z.enum(['rider', 'driver', 'operator', 'system'])),
  countsAgainstDriver: z.optional(z.boolean()),
  reason: z.optional(z.string()),
  acceptedAt: described(z.optional(time), 'Of an ACCEPTED ride.'),
  pickedUpAt: z.optional(time),
  endedAt: described(z.optional(time), 'When the trip ended, or the search without one.'),
  owner: described(
    z.optional(z.enum(['driver', 'operator'])),
    'Who has to act, because the pick-up or the finish is overdue.',
  ),
  offers: described(z.array(offer), 'Every offer made; a driver sees only their own.'),
});
export type RideView = BodyFor<typeof ride>;

export const changed = z.object({
  success: z.literal(true),
  alreadyProcessed: described(z.boolean(), 'True when the ride already was in this state and nothing changed.'),
  ride,
});
export type Changed = BodyFor<typeof changed>;
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
  busy: described(
    z.optional(z.object({ by: z.enum(['ride', 'ezpay', 'argo']), orderId: z.optional(rideId), until: time })),
    'What occupies the driver: a ride, a scanned taxi or the running argo of their car. No offers meanwhile. ' +
      '`until`: when it is looked at whether it is over.',
  ),
  car: z.optional(carNumber),
});
const openOffer = z.object({
  rideId,
  version: described(z.int(), 'The version of the ride it belongs to.'),
  sequence: z.int(),
  serviceLine,
  pickup: z.object({ lat, lng, address, sequence }),
  destination: place,
  at: time,
  expiresAt: time,
});
export type OpenOffer = BodyFor<typeof openOffer>;
export const driverWithOffers = z.extend(driver, {
  offers: described(
    z.array(openOffer),
    'The offers that await their answer; every other offer they were notified of is over.',
  ),
});

const done = { description: 'Done, now or before (`alreadyProcessed`).', schema: changed };
const { unknown, notAssigned, notAccepted, underWay, taken, closed, offerOver } = refusals;

export const answers = {
  'POST /rides': {
    201: { description: 'The ride; drivers are being offered it.', schema: ride },
    200: { description: 'The ride this key made before.', schema: ride },
    problems: [keyReused],
  },
  'GET /rides/{id}': { 200: { description: 'The ride.', schema: ride }, problems: [unknown] },
  'POST /rides/{id}/accept': {
    200: done,
    problems: [
      unknown,
      taken,
      closed('CANCELLED'),
      offerOver('DECLINED'),
      offerOver('TIMED_OUT'),
      offerOver('GIVEN_BACK'),
      driverBusy,
    ],
  },
  'POST /rides/{id}/decline': { 200: done, problems: [unknown] },
  'POST /rides/{id}/pick-up': {
    200: done,
    problems: [unknown, notAssigned, notAccepted, closed('CANCELLED')],
  },
  'POST /rides/{id}/cancel': {
    200: done,
    problems: [unknown, notAssigned, systemIsOperators, underWay, closed('COMPLETED')],
  },
  'PATCH /rides/{id}/pickup': {
    200: { description: 'Moved, or ignored because it is not newer.', schema: pickupMoved },
    problems: [unknown, underWay, closed('CANCELLED')],
  },
  'GET /drivers/me': {
    200: { description: 'The driver, and the offers that await their answer.', schema: driverWithOffers },
  },
  'PUT /drivers/me': { 200: { description: 'The driver as stored.', schema: driver } },
} as const satisfies Answers<(typeof routes)[number]>;
