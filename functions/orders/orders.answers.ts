/** What orders answer, for the OpenAPI document and the types of its readers; no function loads it. */
import * as z from 'zod/mini';
import type { Answers, BodyFor } from '../kernel/route.ts';
import { described } from '../kernel/schema.ts';
import { refusals } from './order.refusals.ts';
import type { routes } from './orders.routes.ts';
import { fare, orderId } from './orders.schemas.ts';

const time = described(z.string(), 'ISO 8601, UTC.', ['2026-11-21T03:44:00.000Z']);

export const order = z.object({
  orderId,
  status: described(
    z.enum(['ACTIVE', 'FINISHED', 'PAID', 'CANCELLED']),
    'ACTIVE: the trip is under way; FINISHED: it has its fare and is to be paid; PAID: the money arrived.',
  ),
  version: described(z.int(), 'Raised by one with every change.'),
  riderId: z.string(),
  driverId: described(z.optional(z.string()), 'Missing while the driver of a scanned car is not known.'),
  serviceLine: z.enum(['BB', 'SB', 'GB']),
  car: described(z.optional(z.string()), 'The car that was scanned.'),
  paymentMethod: described(z.optional(z.string()), 'What the customer chose at the scan.', ['qris']),
  openedAt: time,
  fare: z.optional(fare),
  finishedAt: z.optional(time),
  paymentRef: described(
    z.optional(z.string()),
    'The payment that paid it; `{orderId}-cash` when the driver took the fare in cash.',
  ),
  paidAt: z.optional(time),
});
export type OrderView = BodyFor<typeof order>;

export const changed = z.object({
  success: z.literal(true),
  alreadyProcessed: described(z.boolean(), 'True when the order was in this state before: nothing changed.'),
  order,
});

const { unknown, finished, cancelled, paid } = refusals;

export const answers = {
  'GET /orders/{id}': { 200: { description: 'The order.', schema: order }, problems: [unknown] },
  'POST /orders/{id}/finish': {
    200: { description: 'The finished order.', schema: changed },
    problems: [unknown, finished, cancelled, paid],
  },
} as const satisfies Answers<(typeof routes)[number]>;
