/** The shapes of the payments API, as they are parsed and published in the OpenAPI document. */
import * as z from 'zod/mini';
import { orderNumber } from '../kernel/order-number.ts';
import { described } from '../kernel/schema.ts';
import { isEmail } from '../notify/commands.ts';
import { purposes } from '../orders/rules.ts';
import { isPaymentRef, methods, type PaymentRef } from './payment.ts';

export const orderId = orderNumber;
export const paymentRef: z.ZodMiniType<PaymentRef, string> = described(
  z
    .string()
    .check(z.refine(isPaymentRef, { error: 'must be a payment reference such as TNT-20261121-0000042-1795232640' }))
    .brand<'PaymentRef'>(),
  'The reference of the payment, and its order id at the gateway.',
  ['TNT-20261121-0000042-1795232640'],
);
export const refundKey = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,100}$/, { error: 'must be the key of a refund' }));
export const method = described(z.enum(methods), 'How the customer pays.', ['qris']);

const tipNeedsAmount = { error: 'must be there for a tip', path: ['amount'] };
const onlyForCards = { error: 'must be there for a card, and only then', path: ['cardToken'] };
const cardToken = z.regex(/^[A-Za-z0-9-]{1,64}$/, { error: 'must be a token of the gateway’s card form' });
export const pay = z
  .object({
    method,
    cardToken: described(
      z.optional(z.string().check(cardToken)),
      'Made in the browser with the client key, used once. Card data is never accepted.',
    ),
    purpose: described(
      z.optional(z.enum(purposes)),
      'What of the order is paid. Without it the first that is owed; a tip can be paid once the trip is over.',
      ['base'],
    ),
    amount: described(
      z.optional(z.int().check(z.minimum(1), z.maximum(999_999_999))),
      'Whole rupiah, at most what is still to be paid. Without it all of that; a tip needs it.',
      [50_000],
    ),
    email: described(
      z.optional(z.string().check(z.refine(isEmail, { error: 'must be one mail address' }))),
      'Where the rider gets the receipt. Without it the verified address of the token.',
      ['rider@tuntas.example'],
    ),
  })
  .check(z.refine((body) => (body.method === 'card') === (body.cardToken !== undefined), onlyForCards))
  .check(z.refine((body) => body.purpose !== 'tip' || body.amount !== undefined, tipNeedsAmount));

export const refund = z.object({
  amount: described(
    z.optional(z.int().check(z.minimum(1), z.maximum(999_999_999_999))),
    'Whole rupiah. Without it all that is left.',
    [20_000],
  ),
  reason: described(z.string().check(z.minLength(1), z.maxLength(200)), 'Why, for people; some wallets show it.', [
    'wrong route',
  ]),
});

export const paidBack = z.object({
  reference: described(
    z.string().check(z.minLength(1), z.maxLength(100)),
    'The reference of the transfer to the customer.',
    ['BCA 2026-11-21 0421'],
  ),
});
