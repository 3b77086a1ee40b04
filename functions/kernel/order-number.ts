/** The order number: how it is made, read out and parsed. A ride has the number of the order it becomes. */
import * as z from 'zod/mini';
import type { Instant, OrderId } from './types.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const digits = 7;
const limit = 32 ** digits;
const jakarta = 7 * 3_600_000;

/** Crockford base 32 of fixed length: without I, L, O, U, which are misheard and misread. */
export const crockford = (sequence: number): string => {
  const text = (sequence % limit).toString(32).padStart(digits, '0');
  return text.replace(/./g, (digit) => alphabet[Number.parseInt(digit, 32)] as string);
};

/** `TNT-YYYYMMDD-XXXXXXX`, the day being the day in Jakarta (UTC+7, no daylight saving). */
export const orderId = (sequence: number, at: Instant): OrderId =>
  `TNT-${new Date(at + jakarta).toISOString().slice(0, 10).replaceAll('-', '')}-${crockford(sequence)}` as OrderId;

export const isOrderId = (text: string): text is OrderId => /^TNT-\d{8}-[0-9A-HJKMNP-TV-Z]{7}$/.test(text);

/** As it comes from outside. */
export const orderNumber: z.ZodMiniType<OrderId, string> = z
  .string()
  .check(z.refine(isOrderId, 'must be an order number such as TNT-20261121-0000042'))
  .brand<'OrderId'>();
orderNumber.register(z.globalRegistry, {
  description: 'The number of the ride, and of the order it becomes.',
  examples: ['TNT-20261121-0000042'],
});
