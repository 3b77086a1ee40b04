/** The shapes of the orders API, as they are parsed at the door and published in the OpenAPI document. */
import * as z from 'zod/mini';
import { orderNumber } from '../platform/order-number.schema.ts';

const described = <T extends z.ZodMiniType>(schema: T, description: string, examples?: readonly unknown[]): T => {
  z.globalRegistry.add(schema, { description, ...(examples ? { examples: [...examples] } : {}) });
  return schema;
};
const time = described(z.string(), 'ISO 8601, UTC.', ['2026-11-21T03:44:00.000Z']);

export const orderId = orderNumber;
const fare = described(z.int().check(z.minimum(1), z.maximum(999_999_999)), 'What the trip costs, in whole rupiah.', [120_000]);

export const finish = z.object({ fare });

export const order = z.object({
  orderId,
  status: described(
    z.enum(['ACTIVE', 'FINISHED', 'PAID', 'CANCELLED']),
    'ACTIVE: the trip is under way; FINISHED: it has its fare and is to be paid; PAID: the money is there.',
  ),
  version: described(z.int(), 'Raised by one with every change.'),
  riderId: z.string(),
  driverId: z.string(),
  serviceLine: z.enum(['BB', 'SB', 'GB']),
  openedAt: time,
  fare: z.optional(fare),
  finishedAt: z.optional(time),
  paymentRef: described(z.optional(z.string()), 'The payment that paid it.'),
  paidAt: z.optional(time),
});
export type OrderView = z.infer<typeof order>;

export const changed = z.object({
  success: z.literal(true),
  alreadyProcessed: described(z.boolean(), 'True when it already was as asked and nothing changed.'),
  order,
});
