/** The shapes of the orders API, as they are checked at the HTTP edge and published in the OpenAPI document. */
import * as z from 'zod/mini';
import { described } from '../kernel/schema.ts';

export { orderNumber as orderId } from '../kernel/order-number.ts';
export const fare = described(
  z.int().check(z.minimum(1), z.maximum(999_999_999)),
  'What the trip costs, in whole rupiah.',
  [120_000],
);

const more = (what: string) =>
  described(z.optional(z.int().check(z.minimum(0), z.maximum(999_999_999))), what, [15_000]);

export const finish = z.object({
  fare,
  overtime: more('Owed for the time beyond the agreed one, in whole rupiah.'),
  extra: more('Owed for tolls, parking and the like, in whole rupiah.'),
  inCash: described(z.optional(z.boolean()), 'The driver took in cash what is left to pay: the order is paid.', [true]),
});
