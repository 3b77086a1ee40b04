/** The events of cars, their argos and EzPay orders, as they stand on the bus. A published version never changes; a new shape is a new event. */
import * as z from 'zod/mini';

const text = z.string();
const time = z.iso.datetime();
const version = z.int().check(z.minimum(1));

const argo = <Type extends string>(type: Type) =>
  z.object({
    id: text,
    type: z.literal(type),
    version,
    at: time,
    car: text,
    device: text,
    sequence: z.int(),
    kind: z.enum(['STARTED', 'STOPPED']),
    deviceTime: time,
    receivedAt: time,
    happenedAt: time,
    doubt: z.optional(text),
    argo: z.enum(['STARTED', 'STOPPED', 'UNKNOWN']),
    since: z.optional(time),
    changed: z.boolean(),
  });
export const argoStarted = argo('argo.started');
export const argoStopped = argo('argo.stopped');
export const argoSuspect = argo('argo.suspect');

export const carMovedOff = z.object({
  id: text,
  type: z.literal('car.moved-off'),
  version,
  at: time,
  car: text,
  seenAt: time,
});

const ms = z.optional(z.number());
/** What was known of the car when the predictor judged the order; times are ms before that moment, what was not known is left out. */
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
/** Absent where the reports of the argo speak for themselves. */
const judgement = { probability: z.optional(z.number()), model: z.optional(text), evidence: z.optional(evidence) };
const witness = z.enum(['argo', 'grace', 'driver', 'predictor']);

/** `id` is `{orderId}/EZPAY/{version}`. */
const envelope = <Type extends string>(type: Type) => ({
  id: text,
  type: z.literal(type),
  version,
  at: time,
  orderId: text,
  riderId: text,
  car: text,
  mode: z.enum(['strict', 'grace', 'async']),
  scannedAt: time,
});
const legacy = { legacyState: z.union([z.literal(2), z.literal(1), z.literal(-2)]) };
const trip = { startedAt: z.optional(time), stoppedAt: z.optional(time) };
const supersedes = z.optional(text);
/** Who drove the car when it happened. Absent when nobody was known to, and in events older than this field. */
const drivenBy = z.optional(text);
const reason = z.enum(['ARGO_NOT_STARTED', 'DRIVER_DENIED', 'SCANNED_OTHER_CAR']);

export const ezpayWaiting = z.object({ ...envelope('ezpay.waiting'), askAt: time, supersedes, ...judgement });
export const ezpayRefused = z.object({ ...envelope('ezpay.refused'), reason, supersedes, ...judgement });
export const ezpayJudged = z.object({
  ...envelope('ezpay.judged'),
  ...legacy,
  probability: z.number(),
  model: text,
  evidence,
});
export const ezpayConfirmed = z.object({
  ...envelope('ezpay.confirmed'),
  by: witness,
  recentOrderId: z.optional(text),
  driverId: z.optional(text),
  ...judgement,
  paymentMethod: text,
  waitedMs: z.number(),
  supersedes,
  drivenBy,
});
export const ezpayDriverAsked = z.object({ ...envelope('ezpay.driver-asked'), ...legacy, cancelAt: time, drivenBy });
export const ezpayCancelled = z.object({ ...envelope('ezpay.cancelled'), ...legacy, reason, drivenBy });
export const ezpayWronglyFailed = z.object({ ...envelope('ezpay.wrongly-failed'), ...legacy, ...trip });
export const ezpayRightlyFailed = z.object({ ...envelope('ezpay.rightly-failed'), ...legacy, ...trip });
export const ezpayVerified = z.object({ ...envelope('ezpay.verified'), ...legacy, ...trip, by: z.optional(witness) });
export const ezpayContradicted = z.object({ ...envelope('ezpay.contradicted'), ...legacy, by: z.optional(witness) });
export const ezpayUnproven = z.object({
  ...envelope('ezpay.unproven'),
  ...legacy,
  by: z.literal('predictor'),
  probability: z.number(),
  model: text,
});
export const ezpayTripEnded = z.object({ ...envelope('ezpay.trip-ended'), ...legacy, ...trip });

const driver = { id: text, version, at: time, driverId: text, car: text };
export const carTaken = z.object({ ...driver, type: z.literal('car.taken'), left: z.optional(text) });
export const carLeft = z.object({ ...driver, type: z.literal('car.left') });

export const ezpayFact = z.discriminatedUnion('type', [
  argoStarted,
  argoStopped,
  argoSuspect,
  carMovedOff,
  ezpayWaiting,
  ezpayRefused,
  ezpayJudged,
  ezpayConfirmed,
  ezpayDriverAsked,
  ezpayCancelled,
  ezpayWronglyFailed,
  ezpayRightlyFailed,
  ezpayVerified,
  ezpayContradicted,
  ezpayUnproven,
  ezpayTripEnded,
  carTaken,
  carLeft,
]);
export type EzPayFact = z.infer<typeof ezpayFact>;
export type ArgoFact = Extract<EzPayFact, { kind: string }>;
