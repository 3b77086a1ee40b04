/** The events of a car's taximeter, the argo. A published event never changes; a new meaning is a new event. */
import * as z from 'zod/mini';
import { event, type Source } from './event.ts';
import { amount, car, driverId, text, time } from './fields.ts';

const argo = { source: 'tuntas.ezpay', aggregate: 'ARGO', id: 'car', fields: { car } } as const satisfies Source;

const report = {
  device: text,
  sequence: z.int(),
  kind: z.enum(['STARTED', 'STOPPED']),
  deviceTime: time,
  receivedAt: time,
  happenedAt: time,
  /** Whole rupiah; of a stop, where the device gives it. */
  fare: z.optional(amount),
  doubt: z.optional(text),
  argo: z.enum(['STARTED', 'STOPPED', 'UNKNOWN']),
  since: z.optional(time),
  changed: z.boolean(),
  /** Who drove the car then. Absent when nobody was known to, and in events older than this field. */
  drivenBy: z.optional(driverId),
};

export const argoStarted = event(
  argo,
  'argo.started',
  'The argo of a car was started at `happenedAt`; `argo` is its state now.',
  report,
);
export const argoStopped = event(
  argo,
  'argo.stopped',
  'The argo of a car was stopped at `happenedAt`; `argo` is its state now.',
  report,
);
export const argoSuspect = event(
  argo,
  'argo.suspect',
  'A report that is kept and changes nothing; `doubt` is the reason.',
  report,
);
export const carMovedOff = event(
  argo,
  'car.moved-off',
  'A standing car moves again; the scans that wait in it are judged again.',
  { seenAt: time },
);
