/** The events of an order. A published event never changes; a new meaning is a new event. */
import * as z from 'zod/mini';
import { event, type Source } from './event.ts';
import { amount, driverId, orderId, riderId, serviceLine, text, time } from './fields.ts';

/** `driverId` is missing while nobody is known to drive a car that was scanned. */
const order = {
  source: 'tuntas.orders',
  aggregate: 'ORDER',
  id: 'orderId',
  fields: { orderId, riderId, driverId: z.optional(driverId) },
} as const satisfies Source;

export const orderOpened = event(order, 'order.opened', 'An accepted ride or a confirmed scan became an order.', {
  serviceLine,
});
export const orderFinished = event(
  order,
  'order.finished',
  'The trip ended with its fare, whole rupiah; the driver is free.',
  { fare: amount },
);
export const orderCancelled = event(
  order,
  'order.cancelled',
  'The ride was cancelled after it was accepted; there is nothing to pay.',
  { reason: text },
);
/** `fare`: with overtime and extra. `method`: as in the events of payments, or `cash`: `{orderId}-cash` paid it. */
export const orderPaid = event(order, 'order.paid', 'The money for the fare is there: `paymentRef` paid it.', {
  fare: amount,
  paymentRef: text,
  method: text,
});
export const orderUnpaid = event(
  order,
  'order.unpaid',
  'The money that had paid the order is gone again; it is to be paid once more.',
  { fare: amount, paymentRef: text },
);

/** `stoppedAt`: missing when no stop was reported and the trip takes too long. `fare`: what the argo showed then. */
export const orderFinishProposed = event(
  order,
  'order.finish-proposed',
  'The argo was stopped, or the trip takes too long: its driver is asked to finish it.',
  { stoppedAt: z.optional(time), fare: z.optional(amount), isReminder: z.boolean() },
);
export const orderFinishOverdue = event(
  order,
  'order.finish-overdue',
  'The driver was reminded and has not finished the trip: it belongs to `owner`.',
  { owner: z.enum(['operations']), since: time },
);

/** `surplus`: all that is there beyond what is owed, whole rupiah. It is given back; a change is another event. */
export const orderSurplus = event(order, 'order.surplus', 'More money is there than the order owes.', {
  surplus: amount,
});
/** `unpaid`: what is missing, whole rupiah; `reminder`: 1 after 30 minutes, 2 after a day. */
export const orderPaymentDue = event(order, 'order.payment-due', 'The trip is over and its rider has not paid yet.', {
  unpaid: amount,
  reminder: z.int().check(z.minimum(1)),
});

export const orderSurplusReturned = event(
  order,
  'order.surplus-returned',
  'No more money is there than the order owes.',
  {},
);
