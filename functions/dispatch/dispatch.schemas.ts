/** The requests of dispatch: parsed with these schemas, published in the OpenAPI document. */
import * as z from 'zod/mini';
import { carNumber } from '../kernel/car.ts';
import { orderNumber } from '../kernel/order-number.ts';
import { described } from '../kernel/schema.ts';
import type { DriverId } from '../kernel/types.ts';

export const rideId = orderNumber;
const between = (least: number, most: number) => z.int().check(z.minimum(least), z.maximum(most));
const degrees = (most: number) => z.number().check(z.minimum(-most), z.maximum(most));
const text = z.string().check(z.minLength(1), z.maxLength(200));
export const driverId: z.ZodMiniType<DriverId, string> = described(
  z
    .string()
    .check(
      z.regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters'),
      z.refine((id) => id !== '__proto__', 'is not a valid driver id'),
    )
    .brand<'DriverId'>(),
  'The driver: the subject of their token.',
  ['driver-7'],
);
export const lat = described(degrees(90), 'Degrees north, WGS 84; kept to 6 decimals.', [-6.2]);
export const lng = described(degrees(180), 'Degrees east, WGS 84; kept to 6 decimals.', [106.816666]);
export const address = described(z.optional(text), 'For people; never used to decide.', ['Stasiun Gambir']);
export const sequence = described(
  z.int().check(z.minimum(0)),
  'Counts the updates of the pickup by this app; one that is not newer than the stored one is ignored.',
  [1],
);
export const serviceLine = described(z.enum(['BB', 'SB', 'GB']), 'BB regular taxi, SB executive taxi, GB rental car.', [
  'BB',
]);
const reason = described(z._default(text, 'unspecified'), 'Why, for people.', ['too far']);

export const place = z.object({ lat, lng, address });

export const requestRide = z
  .object({
    pickup: z.object({ lat, lng, address, sequence: z._default(sequence, 0) }),
    destination: place,
    serviceLine,
    quote: described(
      z.optional(between(1, 999_999_999)),
      'The quoted fare of a rental car (GB), in whole rupiah: owed as soon as a driver accepts. BB and SB have none.',
      [1_500_000],
    ),
    candidates: described(
      z.optional(
        z.array(driverId).check(
          z.minLength(1),
          z.maxLength(30),
          z.refine((ids) => new Set(ids).size === ids.length, 'driver ids must be unique'),
        ),
      ),
      'The drivers to offer the ride to, in this order. Default: the drivers on duty near the pickup.',
    ),
    policy: described(
      z._default(z.enum(['close', 'next']), 'close'),
      'What a decline does: `close` ends the ride, `next` removes only this driver.',
    ),
    giveBack: described(
      z._default(z.enum(['search', 'close']), 'search'),
      'What happens when the driver gives the ride back before the pick-up: `search` offers it to others, never ' +
        'again to this driver; `close` cancels it.',
    ),
    waveSize: described(
      z.optional(between(1, 30)),
      'Drivers offered the ride at the same time. Default: all candidates, else 3.',
    ),
    offerTimeoutSeconds: described(z._default(between(5, 300), 30), 'How long a driver may take to answer.'),
    searchTimeoutSeconds: described(z._default(between(5, 3_600), 300), 'How long to search for a driver.'),
  })
  .check(
    z.refine(({ serviceLine, quote }) => serviceLine !== 'GB' || quote !== undefined, {
      error: 'is required for a rental car (GB): the quoted fare in whole rupiah',
      path: ['quote'],
    }),
    z.refine(({ serviceLine, quote }) => serviceLine === 'GB' || quote === undefined, {
      error: 'must be left out: only a rental car (GB) has a quoted fare',
      path: ['quote'],
    }),
  );
export type RequestRide = z.infer<typeof requestRide>;

export const decline = z.object({ reason });
export const cancel = z.object({
  reason,
  system: described(
    z._default(z.boolean(), false),
    'Operators only: the system cancels, which never counts against the driver.',
  ),
});
export const movePickup = z.object({ lat, lng, address, sequence });
export const reportDriver = z.object({
  onDuty: z.boolean(),
  position: described(z.optional(z.object({ lat, lng })), 'Where the driver is; without it the last position is kept.'),
  serviceLine: z.optional(serviceLine),
  car: described(
    z.optional(carNumber),
    'The car they drive; without it the last car is kept. Going off duty leaves it.',
  ),
});
