/** The events of an order, as they stand on the bus. A published version never changes; a new shape is a new event. */
import * as z from 'zod/mini';

const text = z.string();

/** `id` is unique and stable: `{orderId}/ORDER/{version}`, with `.2` behind it for the second event of one write. */
const envelope = <Type extends string>(type: Type) => ({
  id: text,
  type: z.literal(type),
  orderId: text,
  riderId: text,
  /** Missing while nobody is known to drive a car that was scanned. */
  driverId: z.optional(text),
  version: z.int().check(z.minimum(1)),
  at: z.iso.datetime(),
});
/** Whole rupiah. */
const rupiah = z.int().check(z.minimum(0));

export const orderOpened = z.object({ ...envelope('order.opened'), serviceLine: z.enum(['BB', 'SB', 'GB']) });
export const orderFinished = z.object({ ...envelope('order.finished'), fare: rupiah });
export const orderCancelled = z.object({ ...envelope('order.cancelled'), reason: text });
/** `method`: how it was paid, as in the events of payments, or `cash`; `paymentRef` is then `{orderId}-cash`. */
export const orderPaid = z.object({ ...envelope('order.paid'), fare: rupiah, paymentRef: text, method: text });
/** The money that had paid it is gone again. */
export const orderUnpaid = z.object({ ...envelope('order.unpaid'), fare: rupiah, paymentRef: text });

export const orderEvent = z.discriminatedUnion('type', [
  orderOpened,
  orderFinished,
  orderCancelled,
  orderPaid,
  orderUnpaid,
]);
export type OrderEvent = z.infer<typeof orderEvent>;
