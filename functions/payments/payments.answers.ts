/** What payments answer, for the OpenAPI document and the types of its readers; no function loads it. */
import * as z from 'zod/mini';
import { keyReused } from '../kernel/problem.ts';
import type { Answers, BodyFor } from '../kernel/route.ts';
import { rupiah as money } from '../kernel/rupiah.ts';
import { described } from '../kernel/schema.ts';
import { amountTooHigh, orderRefusals, purposes } from '../orders/rules.ts';
import { failedStatuses, paidStatuses } from './payment.ts';
import { amountNotTaken } from './payments.endpoints.ts';
import { refusals } from './payments.refusals.ts';
import type { routes } from './payments.routes.ts';
import { method, orderId, paymentRef } from './payments.schemas.ts';

const waitingStatuses = ['INTENDED', 'UNKNOWN', 'PENDING', 'AUTHORIZED', 'REVIEW'] as const;
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
  status: described(
    z.enum(['REQUESTED', 'ACCEPTED', 'CONFIRMED', 'DENIED', 'MANUAL', 'PAID_BACK', 'VOIDED']),
    'MANUAL: a person pays it back. VOIDED: nothing was left to pay it from; do not pay it.',
  ),
  wanted: described(z.optional(rupiah), 'What was requested, when less was left.'),
  requestedAt: time,
  why: described(z.optional(z.string()), 'Why it was voided; for operators also why it was denied.'),
  owner: described(z.optional(z.string()), 'Who pays it back by hand; for operators.'),
  dueAt: described(z.optional(time), 'Until when it must be paid back by hand; for operators.'),
  reference: z.optional(z.string()),
});

const hold = z.object({
  what: z.enum(['amount', 'currency', 'merchant', 'chargeback-amount']),
  expected: z.string(),
  said: z.string(),
  claimed: described(z.optional(rupiah), 'How much was charged back, as the notification has it.'),
});

export const payment = z.object({
  ref: paymentRef,
  orderId,
  purpose: described(z.optional(z.enum(purposes)), 'What of the order it pays; missing in payments of before.', [
    'base',
  ]),
  status: described(
    z.enum([...waitingStatuses, ...paidStatuses, 'REVERSED', ...failedStatuses, 'HELD']),
    'UNKNOWN: the gateway has not answered yet; its status is read automatically. HELD: it is under review.',
  ),
  version: described(z.int(), 'Raised by one with every change.'),
  method,
  amount: rupiah,
  refunded: described(rupiah, 'What went back of it, whole rupiah.'),
  left: described(rupiah, 'What of the money is still there: received, less refunds, chargebacks and reversal.'),
  chargedBack: described(z.optional(rupiah), 'What the card issuer has taken back of it.'),
  overdrawn: described(z.optional(rupiah), 'What went back and was not there any more; for operators.'),
  instructions: described(z.optional(instructions), 'What the customer needs to pay, while it is pending.'),
  settled: described(z.optional(z.boolean()), 'False for a card that is captured and settles the next day.'),
  paidAt: z.optional(time),
  requestedAt: time,
  reason: described(z.optional(z.string()), 'Why it failed or is unknown.'),
  hold: described(z.optional(hold), 'What did not fit, or was missing; for operators.'),
  refunds: z.array(oneRefund),
});
export type PaymentView = BodyFor<typeof payment>;

export const payments = z.object({
  orderId,
  payments: described(z.array(payment), 'The oldest first; the last one counts.'),
});
export const changed = z.object({
  success: z.literal(true),
  alreadyProcessed: described(z.boolean(), 'True when it already was so and nothing changed.'),
  payment,
});
export type Changed = BodyFor<typeof changed>;
export const checked = z.object({ known: described(z.boolean(), 'Whether the gateway knows the payment.'), payment });

const done = { description: 'Done, or already so (`alreadyProcessed`).', schema: changed };
const { unknown: noOrder, notFinished, nothingOwed, noTip } = orderRefusals;
const notNow = [noOrder, notFinished, nothingOwed, noTip];
const { unknown, paid, held, underWay, notCancelled, unknownRefund, otherAmount } = refusals;
const { refundHeld, notPaid, chargedBack, nothingLeft, cancelInstead, notManual, voided } = refusals;
const tooMuch = refusals.tooMuch(money(20_000));
const notTaken = amountNotTaken('qris', money(20_000_000));

export const answers = {
  'POST /orders/{id}/payments': {
    201: { description: 'The payment, with what the customer needs to pay.', schema: payment },
    202: {
      description: 'The gateway has not answered yet. Its status is read automatically; get the payment again.',
      schema: payment,
    },
    200: { description: 'The payment this key made before.', schema: payment },
    problems: [...notNow, paid, underWay, held, notCancelled, keyReused, notTaken, amountTooHigh(money(50_000))],
  },
  'GET /orders/{id}/payments': { 200: { description: 'The payments.', schema: payments }, problems: [noOrder] },
  'POST /payments/{ref}/check': {
    200: { description: 'The payment after the answer.', schema: checked },
    problems: [unknown],
  },
  'POST /payments/{ref}/cancel': { 200: done, problems: [unknown, paid, underWay, notCancelled] },
  'POST /payments/{ref}/refund': {
    200: done,
    problems: [unknown, notPaid, chargedBack, nothingLeft, cancelInstead, refundHeld, tooMuch, otherAmount],
  },
  'POST /payments/{ref}/refunds/{key}/paid-back': {
    200: done,
    problems: [unknown, unknownRefund, notManual, voided, tooMuch],
  },
} as const satisfies Answers<(typeof routes)[number]>;
