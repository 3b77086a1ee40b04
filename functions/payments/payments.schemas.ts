/** The shapes of the payments API, as they are parsed at the door and published in the OpenAPI document. */
import * as z from 'zod/mini';
import { orderNumber } from '../platform/order-number.schema.ts';
import { isPaymentRef, methods } from './payment.ts';

const described = <T extends z.ZodMiniType>(schema: T, description: string, examples?: readonly unknown[]): T => {
  z.globalRegistry.add(schema, { description, ...(examples ? { examples: [...examples] } : {}) });
  return schema;
};
const time = described(z.string(), 'ISO 8601, UTC.', ['2026-11-21T03:44:00.000Z']);
const rupiah = described(z.int(), 'Whole rupiah.', [120_000]);

export const orderId = orderNumber;
export const paymentRef = described(
  z.string().check(z.refine(isPaymentRef, { error: 'must be a payment reference such as TNT-20261121-0000042-1795232640' })),
  'The reference of the payment, and its order id at the gateway.',
  ['TNT-20261121-0000042-1795232640'],
);
export const refundKey = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,100}$/, { error: 'must be the key of a refund' }));
const method = described(z.enum(methods), 'How the customer pays.', ['qris']);

export const pay = z
  .object({
    method,
    cardToken: described(
      z.optional(z.string().check(z.regex(/^[A-Za-z0-9-]{1,64}$/, { error: 'must be a token of the gateway’s card form' }))),
      'Made in the browser with the client key, used once. Card data itself never comes here.',
    ),
  })
  .check(
    z.refine((body) => (body.method === 'card') === (body.cardToken !== undefined), {
      error: 'must be there for a card, and only then',
      path: ['cardToken'],
    }),
  );
export type Pay = z.infer<typeof pay>;

export const refund = z.object({
  amount: described(
    z.optional(z.int().check(z.minimum(1), z.maximum(999_999_999_999))),
    'Whole rupiah. Without it all that is left.',
    [20_000],
  ),
  reason: described(z.string().check(z.minLength(1), z.maxLength(200)), 'Why, for people; some wallets show it.', ['wrong route']),
});
export type RefundBody = z.infer<typeof refund>;

export const paidBack = z.object({
  reference: described(z.string().check(z.minLength(1), z.maxLength(100)), 'The reference of the transfer to the customer.', [
    'BCA 2026-11-21 0421',
  ]),
});

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
    z.optional(z.object({ what: z.enum(['amount', 'currency', 'merchant']), expected: z.string(), said: z.string() })),
    'What did not fit; for operators.',
  ),
  refunds: z.array(oneRefund),
});
export type PaymentView = z.infer<typeof payment>;

export const payments = z.object({ orderId, payments: described(z.array(payment), 'The oldest first; the last one counts.') });
export const changed = z.object({
  success: z.literal(true),
  alreadyProcessed: described(z.boolean(), 'True when it already was as asked and nothing changed.'),
  payment,
});
export const checked = z.object({ known: described(z.boolean(), 'Whether the gateway knows the payment.'), payment });
