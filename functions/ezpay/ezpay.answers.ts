/** What EzPay answers, for the OpenAPI document and the types of its readers; no function loads it. */
import * as z from 'zod/mini';
import type { Answer, Answers, KeyOf } from '../kernel/route.ts';
import type { routes } from './ezpay.routes.ts';
import { car, described, orderId, paymentMethod } from './ezpay.schemas.ts';

const time = described(z.string(), 'ISO 8601, UTC.', ['2026-11-20T20:44:00.000Z']);
const text = z.object({ id: z.string(), en: z.string() });
const trip = z.object({ startedAt: z.optional(time), stoppedAt: z.optional(time) });

export const order = z.object({
  orderId,
  status: described(
    z.enum(['WAITING', 'ASKING', 'CONFIRMED', 'REFUSED', 'CANCELLED']),
    'WAITING for the argo’s report, ASKING the driver, CONFIRMED: it can be paid.',
  ),
  legacyState: described(
    z.union([z.literal(2), z.literal(1), z.literal(-2)]),
    '2 success, -2 failed, 1 while it is awaited.',
  ),
  version: z.int(),
  car,
  paymentMethod,
  mode: z.enum(['strict', 'grace', 'async']),
  scannedAt: time,
  confirmedBy: z.optional(z.enum(['argo', 'grace', 'driver', 'predictor'])),
  until: described(z.optional(time), 'How long it is waited for what comes next.'),
  endedAt: z.optional(time),
  message: z.optional(text),
  reason: z.optional(z.string()),
  actions: described(z.optional(z.array(text)), 'What the customer can do.'),
  trip: described(z.optional(trip), 'What the argo reported by now.'),
  wronglyFailed: described(z.optional(z.literal(true)), 'The argo reported this failed order as a real trip.'),
});
export type OrderView = z.infer<typeof order>;

export const argo = z.object({
  car,
  argo: z.enum(['STARTED', 'STOPPED', 'UNKNOWN']),
  since: z.optional(time),
  version: z.int(),
  lastReport: z.optional(
    z.object({
      kind: z.enum(['STARTED', 'STOPPED']),
      deviceTime: time,
      receivedAt: time,
      doubt: z.optional(z.string()),
    }),
  ),
  position: z.optional(z.object({ lat: z.number(), lng: z.number(), at: time, moving: z.boolean() })),
  driverId: z.optional(z.string()),
  asking: described(
    z.array(z.object({ orderId, version: z.int(), askedAt: time, answerUntil: time, message: text })),
    'The scans that await the driver’s word.',
  ),
});
export type ArgoView = z.infer<typeof argo>;

export const code = z.object({
  car,
  code: described(z.string(), 'What a passenger scans, as text or as a QR code.', [
    'TNT1.B1234XYZ.3f2a9c0d1e4b.1795232640.…',
  ]),
  refreshAt: described(time, 'Show the next one from then on.'),
  expiresAt: described(time, 'It is refused from then on.'),
});
export type CodeView = z.infer<typeof code>;

const wrongRole: Answer = { description: 'The role does not fit (WRONG_ROLE).' };
const unknown: Answer = {
  description: 'There is no such order, or none that is theirs or of the car they drive (EZPAY_NOT_FOUND).',
};

export const answers: Answers<KeyOf<typeof routes>> = {
  'POST /ezpay': {
    201: { description: 'The order: confirmed, or waiting.', schema: order },
    200: { description: 'The order an earlier scan of this trip made.', schema: order },
    404: { description: 'The car is not known (CAR_UNKNOWN).' },
    409: {
      description:
        'Refused: ARGO_NOT_STARTED, with `message` and `actions` in Indonesian and English, and the `orderId`.',
    },
    422: { description: 'The code is missing, forged, expired or of another car (CODE_…).' },
  },
  'GET /ezpay/{id}': { 200: { description: 'The order.', schema: order }, 404: unknown },
  'POST /ezpay/{id}/confirm': {
    200: { description: 'Done, or already so.', schema: order },
    403: wrongRole,
    404: unknown,
    409: { description: 'The order is closed.' },
  },
  'GET /cars/{car}/code': {
    200: { description: 'The code.', schema: code },
    403: wrongRole,
    404: { description: 'They do not drive that car (NOT_YOUR_CAR), or the cars have stickers here (CODES_NOT_USED).' },
  },
  'GET /cars/{car}/argo': {
    200: { description: 'The argo.', schema: argo },
    403: wrongRole,
    404: { description: 'The car is not known (CAR_UNKNOWN), or they do not drive it (NOT_YOUR_CAR).' },
  },
};
