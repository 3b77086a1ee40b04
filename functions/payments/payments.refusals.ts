/** Why a payment or a refund is refused: the one source of code, status and message. */
import type { Refusal } from '../kernel/decision.ts';
import type { Rupiah } from '../kernel/rupiah.ts';

export const refusals = {
  unknown: {
    code: 'PAYMENT_NOT_FOUND',
    message: 'There is no payment with this reference that is yours. Check the reference and the token.',
    status: 404,
  },
  paid: { code: 'ALREADY_PAID', message: 'This order is paid. There is nothing to pay.' },
  held: { code: 'PAYMENT_HELD', message: 'A payment of this order is under review. Contact support.' },
  underWay: {
    code: 'PAYMENT_IN_PROGRESS',
    message: 'A payment of this order is in progress. Get the payments of the order again in a few seconds.',
  },
  notCancelled: {
    code: 'PAYMENT_NOT_CANCELLED',
    message: 'The payment could not be cancelled at the gateway. Get the payments of the order again in a few seconds.',
  },
  unknownRefund: { code: 'REFUND_NOT_FOUND', message: 'This payment has no such refund. Check its key.', status: 404 },
  otherAmount: {
    code: 'IDEMPOTENCY_KEY_REUSED',
    message: 'This Idempotency-Key belongs to a refund of another amount. Use a new key for a new refund.',
    status: 422,
  },
  refundHeld: { code: 'PAYMENT_HELD', message: 'The payment is held. Check it before you refund it.' },
  notPaid: {
    code: 'NOT_PAID',
    message: 'The payment is not paid, or its money was reversed. Nothing can be refunded.',
  },
  chargedBack: {
    code: 'CHARGED_BACK',
    message:
      'The card issuer has taken this money back; a refund would pay it twice. Answer the dispute at the gateway: ' +
      'when it is won, the money can be refunded.',
  },
  voided: {
    code: 'NOTHING_LEFT',
    message:
      'The money of this refund is gone; its `why` says how. Do not pay it back. ' +
      'If the transfer was made already, ask the customer to return it.',
  },
  nothingLeft: {
    code: 'NOTHING_LEFT_TO_REFUND',
    message: 'All of the payment is refunded, or its refund is requested.',
  },
  tooMuch: (left: Rupiah) => ({
    code: 'REFUND_TOO_LARGE',
    message: `At most Rp ${left} can be refunded.`,
    status: 422,
  }),
  cancelInstead: {
    code: 'NOT_SETTLED_YET',
    message: 'The card payment is captured and not settled yet. Cancel it instead.',
  },
  notSettled: {
    code: 'NOT_SETTLED_YET',
    message: 'The card payment is captured and not settled yet. Refund a part of it tomorrow.',
  },
  notManual: { code: 'NOT_A_MANUAL_REFUND', message: 'This refund is not paid back by hand; the gateway pays it.' },
} as const satisfies Record<string, Refusal | ((left: Rupiah) => Refusal)>;
