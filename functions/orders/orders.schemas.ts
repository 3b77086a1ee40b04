/** The shapes of the orders API, as they are parsed at the door and published in the OpenAPI document. */
import * as z from 'zod/mini';
import { orderNumber } from '../kernel/order-number.ts';
import { described } from '../kernel/schema.ts';

export const orderId = orderNumber;
export const fare = described(
  z.int().check(z.minimum(1), z.maximum(999_999_999)),
  'What the trip costs, in whole rupiah.',
  [120_000],
);

export const finish = z.object({
  fare,
  inCash: described(z.optional(z.boolean()), 'The driver has the fare in cash: the order is paid.', [true]),
});
export type Finish = z.infer<typeof finish>;
