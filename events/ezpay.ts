/** The events of an EzPay scan. A published event never changes; a new meaning is a new event. */
import * as z from 'zod/mini';
import { event, type Source } from './event.ts';
import { car, driverId, orderId, riderId, text, time } from './fields.ts';

const scan = {
  source: 'tuntas.ezpay',
  aggregate: 'EZPAY',
  id: 'orderId',
  fields: {
    orderId,
    riderId,
    car,
    mode: z.enum(['strict', 'grace', 'async']),
    scannedAt: time,
  },
} as const satisfies Source;

const ms = z.optional(z.number());
/** What was known of the car when the predictor judged the scan; times are milliseconds before that moment. */
const evidence = z.object({
  waited: z.number(),
  hour: z.number(),
  sinceReport: ms,
  lags: z.array(z.number()),
  sincePosition: ms,
  moving: z.optional(z.boolean()),
  sinceOrder: ms,
  record: z.optional(z.object({ scans: z.number(), unproven: z.number() })),
  sinceDuty: ms,
});
/** Absent where the reports of the argo decide. */
const judgement = { probability: z.optional(z.number()), model: z.optional(text), evidence: z.optional(evidence) };
const witness = z.enum(['argo', 'grace', 'driver', 'predictor']);
const legacy = { legacyState: z.union([z.literal(2), z.literal(1), z.literal(-2)]) };
const trip = { startedAt: z.optional(time), stoppedAt: z.optional(time) };
const supersedes = z.optional(orderId);
/** Who drove the car at that time. Absent when nobody was known to, and in events older than this field. */
const drivenBy = z.optional(driverId);
const reason = z.enum(['ARGO_NOT_STARTED', 'DRIVER_DENIED', 'SCANNED_OTHER_CAR']);

export const ezpayWaiting = event(scan, 'ezpay.waiting', 'A scan waits for the report of the argo until `askAt`.', {
  askAt: time,
  supersedes,
  drivenBy,
  ...judgement,
});
export const ezpayRefused = event(scan, 'ezpay.refused', 'A scan was refused at once.', {
  reason,
  supersedes,
  drivenBy,
  ...judgement,
});
export const ezpayJudged = event(
  scan,
  'ezpay.judged',
  'News of the car changed the probability that the argo runs for a scan that waits.',
  { ...legacy, probability: z.number(), model: text, evidence },
);
export const ezpayConfirmed = event(
  scan,
  'ezpay.confirmed',
  'The trip is confirmed, `by` whom; the order can be paid.',
  {
    by: witness,
    recentOrderId: z.optional(orderId),
    driverId: z.optional(driverId),
    ...judgement,
    paymentMethod: text,
    waitedMs: z.number(),
    supersedes,
    drivenBy,
  },
);
export const ezpayConfirmationRequested = event(
  scan,
  'ezpay.driver-asked',
  'The driver is asked to confirm by hand until `cancelAt`.',
  { ...legacy, cancelAt: time, drivenBy },
);
export const ezpayCancelled = event(
  scan,
  'ezpay.cancelled',
  'The order was cancelled; the customer is notified of `reason`.',
  { ...legacy, reason, drivenBy },
);
export const ezpayWronglyFailed = event(
  scan,
  'ezpay.wrongly-failed',
  'A late report shows that a failed order was a real trip.',
  { ...legacy, ...trip },
);
export const ezpayRightlyFailed = event(
  scan,
  'ezpay.rightly-failed',
  'A later report takes `ezpay.wrongly-failed` back.',
  {
    ...legacy,
    ...trip,
  },
);
export const ezpayVerified = event(
  scan,
  'ezpay.verified',
  'A late report verifies an order that was confirmed without the argo.',
  { ...legacy, ...trip, by: z.optional(witness) },
);
export const ezpayContradicted = event(
  scan,
  'ezpay.contradicted',
  'A late report shows that the argo did not run at the scan of a confirmed order.',
  { ...legacy, by: z.optional(witness) },
);
export const ezpayUnproven = event(
  scan,
  'ezpay.unproven',
  'Two hours after the predictor confirmed an order the argo has not reported its trip.',
  { ...legacy, by: z.literal('predictor'), probability: z.number(), model: text },
);
export const ezpayTripEnded = event(scan, 'ezpay.trip-ended', 'The argo was stopped at the end of a confirmed trip.', {
  ...legacy,
  ...trip,
});
