/** The shapes of the orders API, as they are checked at the HTTP edge and published in the OpenAPI document. */
import * as z from 'zod/mini';
import { described } from '../kernel/schema.ts';

export { orderNumber as orderId } from '../kernel/order-number.ts';
export const fare = described(
  z.int().check(z.minimum(1), z.maximum(999_999_999)),
  'What the trip costs, in whole rupiah.',
  [120_000],
);

export const finish = z.object({
  fare,
  inCash: described(z.optional(z.boolean()), 'The driver took the fare in cash: the order is paid.', [true]),
});
