/** What EzPay answers, for the OpenAPI document and the types of its readers; no function loads it. */
import * as z from 'zod/mini';
import { orderNumber } from '../kernel/order-number.ts';
import type { Answers, BodyFor } from '../kernel/route.ts';
import { described } from '../kernel/schema.ts';
import { refusals } from './ezpay.decider.ts';
import { noCodes } from './ezpay.endpoints.ts';
import type { routes } from './ezpay.routes.ts';
import { car, orderId, paymentMethod } from './ezpay.schemas.ts';
import { type Code, textOf } from './texts.ts';

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
    '2 success, -2 failed, 1 while the outcome is open.',
  ),
  version: z.int(),
  car,
  paymentMethod,
  mode: z.enum(['strict', 'grace', 'async']),
  scannedAt: time,
  confirmedBy: z.optional(z.enum(['argo', 'grace', 'driver', 'predictor'])),
  until: described(z.optional(time), 'When the present status ends at the latest.'),
  endedAt: z.optional(time),
  message: z.optional(text),
  reason: z.optional(z.string()),
  actions: described(z.optional(z.array(text)), 'What the customer can do.'),
  trip: described(z.optional(trip), 'What the argo has reported so far.'),
  wronglyFailed: described(z.optional(z.literal(true)), 'The argo reported this failed order as a real trip.'),
});
export type OrderView = BodyFor<typeof order>;

const kind = z.enum(['STARTED', 'STOPPED']);
const lastReport = z.object({ kind, deviceTime: time, receivedAt: time, doubt: z.optional(z.string()) });

export const argo = z.object({
  car,
  argo: z.enum(['STARTED', 'STOPPED', 'UNKNOWN']),
  since: z.optional(time),
  version: z.int(),
  lastReport: z.optional(lastReport),
  position: z.optional(z.object({ lat: z.number(), lng: z.number(), at: time, moving: z.boolean() })),
  driverId: z.optional(z.string()),
  asking: described(
    z.array(z.object({ orderId, version: z.int(), askedAt: time, answerUntil: time, message: text })),
    'The scans that await the driver’s answer.',
  ),
});
export type ArgoView = BodyFor<typeof argo>;

export const code = z.object({
  car,
  code: described(z.string(), 'What a passenger scans, as text or as a QR code.', [
    'TNT1.B1234XYZ.3f2a9c0d1e4b.1795232640.…',
  ]),
  refreshAt: described(time, 'Show the next one from then on.'),
  expiresAt: described(time, 'The code is refused from then on.'),
});

/** The members of a refusal for its reader, in Indonesian and English. */
const localized = z.object({ message: text, actions: z.array(text) });
const problem = (code: Code, status: number) => {
  const { message } = textOf(code);
  return { code, status, message: message.en, members: localized };
};
const refusedScan = z.extend(localized, { orderId: orderNumber, legacyState: z.literal(-2) });
const { unknown, confirmedAlready, closed } = refusals;

export const answers = {
  'POST /ezpay': {
    201: { description: 'The order: confirmed, or waiting.', schema: order },
    200: { description: 'The order an earlier scan of this trip made.', schema: order },
    problems: [
      problem('CAR_UNKNOWN', 404),
      { ...problem('ARGO_NOT_STARTED', 409), members: refusedScan },
      problem('CODE_REQUIRED', 422),
      problem('CODE_FORGED', 422),
      problem('CODE_EXPIRED', 422),
      problem('CODE_WRONG_CAR', 422),
    ],
  },
  'GET /ezpay/{id}': { 200: { description: 'The order.', schema: order }, problems: [unknown] },
  'POST /ezpay/{id}/confirm': {
    200: { description: 'Done, now or before.', schema: order },
    problems: [unknown, confirmedAlready, closed],
  },
  'GET /cars/{car}/code': {
    200: { description: 'The code.', schema: code },
    problems: [problem('NOT_YOUR_CAR', 404), noCodes],
  },
  'GET /cars/{car}/argo': {
    200: { description: 'The argo.', schema: argo },
    problems: [problem('CAR_UNKNOWN', 404), problem('NOT_YOUR_CAR', 404)],
  },
} as const satisfies Answers<(typeof routes)[number]>;
