/** What payments answer, for the OpenAPI document and the types of its readers; no function loads it. */
import * as z from 'zod/mini';
import type { Answer, Answers, KeyOf } from '../kernel/route.ts';
import type { routes } from './payments.routes.ts';
import { described, method, orderId, paymentRef } from './payments.schemas.ts';

const time = described(z.string(), 'ISO 8601, UTC.', ['2026-11-21T03:44:00.000Z']);
const rupiah = described(z.int(), 'Whole rupiah.', [120_000]);

const instructions = z.object({
  bank: z.optional(z.string()),
  vaNumber: z.optional(z.string()),
  billerCode: z.optional(z.string()),
  billKey: z.optional(z.string()),
  qrString: z.optional(z.string()),
  redirectUrl: z.optional(z.string()),
  actions: z.optional(z.array(z.object({ name: z.string(), url: z.string() }))),
  expiresAt: z.optional(time),
});

const oneRefund = z.object({
  key: z.string(),
  amount: rupiah,
  reason: z.string(),
  status: z.enum(['REQUESTED', 'ACCEPTED', 'CONFIRMED', 'DENIED', 'MANUAL', 'PAID_BACK']),
  requestedAt: time,
  why: z.optional(z.string()),
  owner: described(z.optional(z.string()), 'Who pays it back by hand; for operators.'),
  dueAt: described(z.optional(time), 'Until when it must be paid back by hand; for operators.'),
  reference: z.optional(z.string()),
});

export const payment = z.object({
  ref: paymentRef,
  orderId,
  status: described(
    z.enum([
      'INTENDED',
      'UNKNOWN',
      'PENDING',
      'AUTHORIZED',
      'REVIEW',
      'PAID',
      'PARTIALLY_REFUNDED',
      'REFUNDED',
      'PARTIALLY_CHARGED_BACK',
      'CHARGED_BACK',
      'REVERSED',
      'DENIED',
      'CANCELLED',
      'EXPIRED',
      'FAILED',
      'HELD',
    ]),
    'UNKNOWN: the gateway has not answered yet; it is asked by itself until it has. HELD: it is being looked into.',
  ),
  version: described(z.int(), 'Raised by one with every change.'),
  method,
  amount: rupiah,
  refunded: described(rupiah, 'What went back of it, whole rupiah.'),
  instructions: described(z.optional(instructions), 'What the customer needs to pay, while it is pending.'),
  settled: described(z.optional(z.boolean()), 'False for a card that is captured and settles the next day.'),
  paidAt: z.optional(time),
  requestedAt: time,
  reason: described(z.optional(z.string()), 'Why it failed or is unknown.'),
  hold: described(
    z.optional(
      z.object({
        what: z.enum(['amount', 'currency', 'merchant', 'chargeback-amount']),
        expected: z.string(),
        said: z.string(),
        claimed: described(z.optional(rupiah), 'How much was charged back, as the notification has it.'),
      }),
    ),
    'What did not fit, or was missing; for operators.',
  ),
  refunds: z.array(oneRefund),
});
export type PaymentView = z.infer<typeof payment>;

export const payments = z.object({
  orderId,
  payments: described(z.array(payment), 'The oldest first; the last one counts.'),
});
export const changed = z.object({
  success: z.literal(true),
  alreadyProcessed: described(z.boolean(), 'True when it already was as asked and nothing changed.'),
  payment,
});
export const checked = z.object({ known: described(z.boolean(), 'Whether the gateway knows the payment.'), payment });

const wrongRole: Answer = { description: 'The role does not fit (WRONG_ROLE).' };
const unknown: Answer = {
  description: 'There is no such order (ORDER_NOT_FOUND) or payment (PAYMENT_NOT_FOUND), or none that is theirs.',
};
const conflict = (...codes: readonly string[]): Answer => ({
  description: `The order or payment is in a state that does not allow it; \`code\` tells which: ${codes.join(', ')}.`,
});
const silent: Answer = {
  description: 'The gateway does not answer. Nothing is lost: look at the payment again, or send the same request.',
};
const done: Answer = { description: 'Done, or already so (`alreadyProcessed`).', schema: changed };

export const answers: Answers<KeyOf<typeof routes>> = {
  'POST /orders/{id}/payments': {
    201: { description: 'The payment, with what the customer needs to pay.', schema: payment },
    202: {
      description: 'The gateway has not answered yet. It is asked by itself; look at the payment again.',
      schema: payment,
    },
    200: { description: 'The payment this key made before.', schema: payment },
    403: wrongRole,
    404: unknown,
    409: conflict('NOT_FINISHED', 'ALREADY_PAID', 'PAYMENT_IN_PROGRESS', 'PAYMENT_HELD', 'PAYMENT_NOT_CANCELLED'),
    422: {
      description:
        'The key was used for another request (IDEMPOTENCY_KEY_REUSED), or the method does not take this amount (AMOUNT_NOT_TAKEN).',
    },
    503: silent,
  },
  'GET /orders/{id}/payments': {
    200: { description: 'The payments.', schema: payments },
    403: wrongRole,
    404: unknown,
  },
  'POST /payments/{ref}/check': {
    200: { description: 'The payment after the answer.', schema: checked },
    403: wrongRole,
    404: unknown,
    503: silent,
  },
  'POST /payments/{ref}/cancel': {
    200: done,
    403: wrongRole,
    404: unknown,
    409: conflict('ALREADY_PAID', 'PAYMENT_IN_PROGRESS', 'PAYMENT_NOT_CANCELLED'),
    503: silent,
  },
  'POST /payments/{ref}/refund': {
    200: done,
    404: unknown,
    409: conflict('NOT_PAID', 'NOTHING_LEFT_TO_REFUND', 'NOT_SETTLED_YET', 'PAYMENT_HELD'),
    422: {
      description:
        'More than is left (REFUND_TOO_LARGE), or the key was used for another amount (IDEMPOTENCY_KEY_REUSED).',
    },
  },
  'POST /payments/{ref}/refunds/{key}/paid-back': {
    200: done,
    404: { description: 'The payment has no such refund (REFUND_NOT_FOUND).' },
    409: conflict('NOT_A_MANUAL_REFUND'),
  },
};
