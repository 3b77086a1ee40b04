/** The requests of the EzPay API, parsed at the edge. */
import * as z from 'zod/mini';
import { carNumber } from '../kernel/car.ts';
import { orderNumber } from '../kernel/order-number.ts';
import { described } from '../kernel/schema.ts';
import { paymentMethods } from './ezpay.ts';

export const orderId = orderNumber;
export const car = carNumber;
export const paymentMethod = described(z.enum(paymentMethods), 'How the customer wants to pay.', ['gopay']);

const carOrCode = { error: 'must have a car or a code', path: ['car'] };
export const scan = z
  .object({
    car: z.optional(carNumber),
    code: described(
      z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
      'The signed code from the screen of the car. Given with `car`, it must be of that car.',
    ),
    paymentMethod,
  })
  .check(z.refine(({ car, code }) => car !== undefined || code !== undefined, carOrCode));
export type ScanBody = z.infer<typeof scan>;

export const answer = z.object({
  confirmed: described(z._default(z.boolean(), true), 'False: no passenger on board scanned the code.'),
});
