/** The events of a payment, as they stand on the bus. A published version never changes; a new shape is a new event. */
import * as z from 'zod/mini';

const text = z.string();
/** Whole rupiah. */
const rupiah = z.int().check(z.minimum(0));

/** `id` is unique and stable: `{paymentRef}/PAYMENT/{version}`, with `.2`, `.3` for further events of one write. */
const envelope = <Type extends string>(type: Type) => ({
  id: text,
  type: z.literal(type),
  orderId: text,
  /** The order id at the gateway. */
  paymentRef: text,
  riderId: text,
  method: z.enum(['bca_va', 'bni_va', 'bri_va', 'permata_va', 'cimb_va', 'mandiri_bill', 'qris', 'gopay', 'card']),
  /** What was to be paid. */
  amount: rupiah,
  version: z.int().check(z.minimum(1)),
  at: z.iso.datetime(),
});
const transactionId = z.optional(text);
const ended = { transactionId, reason: z.optional(text) };

export const paymentIntended = z.object(envelope('payment.intended'));
export const paymentUnknown = z.object({ ...envelope('payment.unknown'), reason: text });
/** `expiresAt`: epoch milliseconds. */
export const paymentPending = z.object({
  ...envelope('payment.pending'),
  transactionId: text,
  expiresAt: z.optional(z.int()),
});
export const paymentAuthorized = z.object({ ...envelope('payment.authorized'), transactionId: text });
export const paymentUnderReview = z.object({ ...envelope('payment.under-review'), transactionId: text });
/** The money is there. `captured`: a card, settled the next day. */
export const paymentSettled = z.object({ ...envelope('payment.settled'), transactionId: text, captured: z.boolean() });
export const paymentSettlementConfirmed = z.object(envelope('payment.settlement-confirmed'));
export const paymentDenied = z.object({ ...envelope('payment.denied'), ...ended });
export const paymentCancelled = z.object({ ...envelope('payment.cancelled'), ...ended });
export const paymentExpired = z.object({ ...envelope('payment.expired'), ...ended });
export const paymentFailed = z.object({ ...envelope('payment.failed'), ...ended });
/** The money that was there is gone. `reversed`: what of it had not been given back before. */
export const paymentReversed = z.object({ ...envelope('payment.reversed'), transactionId: text, reversed: rupiah });
export const paymentHeld = z.object({
  ...envelope('payment.held'),
  what: z.enum(['amount', 'currency', 'merchant']),
  expected: text,
  said: text,
});
export const paymentReleased = z.object(envelope('payment.released'));

/** `refunded`: what went back with this change; `refundedTotal`: with all of them. */
export const refundChanged = z.object({
  ...envelope('refund.changed'),
  refunds: z.array(
    z.object({
      key: text,
      status: z.enum(['REQUESTED', 'ACCEPTED', 'CONFIRMED', 'DENIED', 'MANUAL', 'PAID_BACK']),
      amount: rupiah,
      reason: text,
      of: z.optional(text),
    }),
  ),
  refunded: rupiah,
  refundedTotal: rupiah,
  full: z.boolean(),
});
export const chargebackRecorded = z.object({
  ...envelope('chargeback.recorded'),
  chargedBack: rupiah,
  chargedBackTotal: rupiah,
  full: z.boolean(),
});

/** `claimed`: what a notification says went back, when it says it. */
export const chargebackHeld = z.object({ ...envelope('chargeback.held'), claimed: z.optional(rupiah) });

export const paymentEvent = z.discriminatedUnion('type', [
  paymentIntended,
  paymentUnknown,
  paymentPending,
  paymentAuthorized,
  paymentUnderReview,
  paymentSettled,
  paymentSettlementConfirmed,
  paymentDenied,
  paymentCancelled,
  paymentExpired,
  paymentFailed,
  paymentReversed,
  paymentHeld,
  paymentReleased,
  refundChanged,
  chargebackRecorded,
  chargebackHeld,
]);
export type PaymentEvent = z.infer<typeof paymentEvent>;
