/** What orders answer, for the OpenAPI document and the types of its readers; no function loads it. */
import * as z from 'zod/mini';
import { rideRefusals } from '../dispatch/rules.ts';
import type { Answers, BodyFor } from '../kernel/route.ts';
import { rupiah } from '../kernel/rupiah.ts';
import { described } from '../kernel/schema.ts';
import { fareTooHigh, refusals } from './order.refusals.ts';
import { type Purpose, purposes } from './order.ts';
import type { routes } from './orders.routes.ts';
import { fare, orderId } from './orders.schemas.ts';

const time = described(z.string(), 'ISO 8601, UTC.', ['2026-11-21T03:44:00.000Z']);

const amount = z.int().check(z.minimum(0));
const forPurposes = Object.fromEntries(purposes.map((purpose) => [purpose, z.optional(amount)])) as Record<
  Purpose,
  z.ZodMiniOptional<typeof amount>
>;

const payment = z.object({
  paymentRef: z.string(),
  purpose: z.enum(purposes),
  method: z.string(),
  amount: described(amount, 'What it was charged for.'),
  left: described(amount, 'What is there of it: less what was refunded, charged back or reversed.'),
  isOpen: described(z.boolean(), 'It can still be paid, or its outcome is not known yet.'),
});

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
  pickedUpAt: z.optional(time),
  finishProposed: described(
    z.optional(z.object({ at: time, fare: z.optional(fare), owner: z.optional(z.enum(['operations'])) })),
    'The driver is asked to finish the trip, since then; `fare`: what the argo showed; `owner`: who ends it now.',
  ),
  owed: described(z.object(forPurposes), 'What is owed, by purpose, in whole rupiah. A quoted fare is owed at once.'),
  paid: described(amount, 'What is there: of its payments, and in cash.'),
  cash: described(amount, 'Of that, in cash.'),
  toPay: described(amount, 'What still has to be paid.'),
  surplus: described(amount, 'What is there beyond what is owed; it is given back.'),
  payments: described(z.array(payment), 'Its payments, the oldest first.'),
  cancellation: described(
    z.optional(z.object({ reason: z.string(), at: time, fee: amount, isPaid: z.boolean() })),
    'Of a cancelled order: what it costs, 0 where it is free, and whether that is paid.',
  ),
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

const { unknown, finished, cancelled, paid, paidBefore } = refusals;

export const answers = {
  'GET /orders/{id}': { 200: { description: 'The order.', schema: order }, problems: [unknown] },
  'POST /orders/{id}/finish': {
    200: { description: 'The finished order.', schema: changed },
    problems: [
      unknown,
      finished,
      cancelled,
      paid,
      paidBefore,
      rideRefusals.notPickedUp,
      rideRefusals.closed('CANCELLED'),
      fareTooHigh(rupiah(5_000_000)),
    ],
  },
} as const satisfies Answers<(typeof routes)[number]>;
