/** The events of a payment. A published event never changes; a new meaning is a new event. */
import * as z from 'zod/mini';
import { event, type Source } from './event.ts';
import { amount, orderId, riderId, text } from './fields.ts';

/** `paymentRef`: the order id at the gateway. `amount`: what was to be paid. */
const payment = {
  source: 'tuntas.payments',
  aggregate: 'PAYMENT',
  id: 'paymentRef',
  fields: {
    orderId,
    paymentRef: text,
    riderId,
    method: z.enum(['bca_va', 'bni_va', 'bri_va', 'permata_va', 'cimb_va', 'mandiri_bill', 'qris', 'gopay', 'card']),
    amount,
  },
} as const satisfies Source;

const transactionId = text;
const ended = { transactionId: z.optional(text), reason: z.optional(text) };

export const paymentIntended = event(
  payment,
  'payment.intended',
  'A charge is about to be requested; written before the gateway is called.',
  {},
);
export const paymentUnknown = event(
  payment,
  'payment.unknown',
  'The outcome of the charge is unknown; the gateway will be queried.',
  { reason: text },
);
/** `expiresAt`: epoch milliseconds. */
export const paymentPending = event(payment, 'payment.pending', 'The customer can pay, until `expiresAt`.', {
  transactionId,
  expiresAt: z.optional(z.int()),
});
export const paymentAuthorized = event(
  payment,
  'payment.authorized',
  'A card is authorized and not captured: no money yet.',
  { transactionId },
);
export const paymentUnderReview = event(
  payment,
  'payment.under-review',
  'The gateway suspects fraud; a person decides there. No money yet.',
  { transactionId },
);
/** `received`: what came, where that is not `amount`: reversed money is there again, without what went back of it. */
export const paymentSettled = event(
  payment,
  'payment.settled',
  'The money is there; `captured` for a card that settles the next day, `received` when it is not all of `amount`.',
  { transactionId, captured: z.boolean(), received: z.optional(amount) },
);
export const paymentSettlementConfirmed = event(
  payment,
  'payment.settlement-confirmed',
  'A captured card was settled. No second payment.',
  {},
);
export const paymentDenied = event(payment, 'payment.denied', 'The bank or the gateway refused the payment.', ended);
export const paymentCancelled = event(
  payment,
  'payment.cancelled',
  'The payment was cancelled before there was money.',
  ended,
);
export const paymentExpired = event(payment, 'payment.expired', 'The customer did not pay in time.', ended);
export const paymentFailed = event(
  payment,
  'payment.failed',
  'The gateway refused the charge, or failed at it; there is no money.',
  ended,
);
/** `reversed`: the part of the money that had not been given back before. */
export const paymentReversed = event(
  payment,
  'payment.reversed',
  'Money that was there is gone: a void or a reversal by the bank; `reversed` is how much.',
  { transactionId, reversed: amount },
);
export const paymentHeld = event(
  payment,
  'payment.held',
  'What the gateway reports is not what was requested; nothing is published until a check releases it.',
  { what: z.enum(['amount', 'currency', 'merchant']), expected: text, said: text },
);
export const paymentReleased = event(
  payment,
  'payment.released',
  'The hold is over and nothing had changed under it.',
  {},
);
/**
 * `refunded`: what went back with this change; `refundedTotal`: with all of them. VOIDED: nothing was left to pay it
 * from. The key `unlisted`: what the gateway counts without naming a refund.
 */
export const refundChanged = event(
  payment,
  'refund.changed',
  'One or more refunds of a payment changed; `refunded` is what went back with this change.',
  {
    refunds: z.array(
      z.object({
        key: text,
        status: z.enum(['REQUESTED', 'ACCEPTED', 'CONFIRMED', 'DENIED', 'MANUAL', 'PAID_BACK', 'VOIDED']),
        amount,
        reason: text,
        of: z.optional(text),
      }),
    ),
    refunded: amount,
    refundedTotal: amount,
    full: z.boolean(),
  },
);
/** `chargedBack`: of what was left; `chargedBackTotal`: all that the issuer took, also what was refunded before. */
export const chargebackRecorded = event(
  payment,
  'chargeback.recorded',
  'The card issuer took money back; `chargedBack` is how much with this change.',
  { chargedBack: amount, chargedBackTotal: amount, full: z.boolean() },
);
export const chargebackReturned = event(
  payment,
  'chargeback.returned',
  'The dispute was won: the card issuer gave money back; `returned` is how much with this change.',
  { returned: amount, chargedBackTotal: amount },
);
/** `claimed`: the amount in the notification, when it has one. */
export const chargebackHeld = event(
  payment,
  'chargeback.held',
  'The card issuer took a part of the money back, and the gateway reports no amount; ' +
    'nothing is published until it does.',
  { claimed: z.optional(amount) },
);
