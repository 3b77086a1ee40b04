// Reads the body of a charge: what all methods share (midtrans.md §2, §2.1). What is wrong with it is told as the gateway tells it.
import { invalid, isTrouble, type Trouble } from './answer.ts';
import { type Ask, parseAsk, validateCustomer } from './charge-method.ts';
import { type CustomExpiry, parseCustomExpiry } from './custom-expiry.ts';
import { isRecord, type Json } from './json.ts';
import { METHODS, type Method } from './methods.ts';
import type { Echo, Rupiah } from './transaction.ts';

export type ChargeRequest = {
  readonly method: Method;
  readonly orderId: string;
  readonly grossAmount: Rupiah;
  readonly ask: Ask;
  readonly expiry?: CustomExpiry;
  readonly echo: Echo;
  /** Whether the gateway may put its own fee on top of the amount (§8, midtrans-php#118). */
  readonly feeAllowed: boolean;
};

export const ID_GRAMMAR = /^[A-Za-z0-9._~-]{1,50}$/;

const parseOrderId = (value: unknown): string | Trouble => {
  if (value === undefined || value === null || value === '') return invalid('transaction_details.order_id is required');
  if (typeof value !== 'string') return { code: '408' };
  if (value.length > 50) return invalid('transaction_details.order_id is too long');
  if (!ID_GRAMMAR.test(value)) return invalid('transaction_details.order_id contains symbols that are not allowed');
  return value;
};

const parseAmount = (value: unknown, method: Method): Rupiah | Trouble => {
  if (value === undefined || value === null) return invalid('transaction_details.gross_amount is required');
  if (typeof value !== 'number') return { code: '408' };
  if (!Number.isSafeInteger(value)) return invalid('transaction_details.gross_amount must not contain decimals');
  const { least, most } = METHODS[method];
  if (value < least) return invalid(`transaction_details.gross_amount must be greater than or equal to ${least}`);
  if (value > most) return invalid(`transaction_details.gross_amount must be less than or equal to ${most}`);
  return value;
};

const itemsMatch = (items: unknown, amount: Rupiah): Trouble | undefined => {
  if (items === undefined) return undefined;
  if (!Array.isArray(items)) return { code: '408' };
  let sum = 0;
  for (const item of items) {
    if (!isRecord(item) || typeof item.price !== 'number' || typeof item.quantity !== 'number')
      return invalid('item_details.price and item_details.quantity are required');
    sum += item.price * item.quantity;
  }
  return sum === amount
    ? undefined
    : invalid('transaction_details.gross_amount is not equal to the sum of item_details');
};

const parseEcho = (body: Json): Echo | Trouble => {
  const echo: Record<string, unknown> = {};
  for (const field of ['custom_field1', 'custom_field2', 'custom_field3']) {
    const value = body[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') return { code: '408' };
    if (value.length > 255) return invalid(`${field} is too long`);
    echo[field] = value;
  }
  if (body.metadata === undefined || body.metadata === null) return echo;
  return isRecord(body.metadata) ? { ...echo, metadata: body.metadata } : { code: '408' };
};

const parseExpiry = (given: unknown): CustomExpiry | Trouble | undefined => {
  if (given === undefined || given === null) return undefined;
  if (!isRecord(given)) return { code: '408' };
  const expiry = parseCustomExpiry(given);
  return typeof expiry === 'string' ? invalid(expiry) : expiry;
};

const feeAllowed = ({ customer_imposed_payment_fee: fee }: Json): boolean => !(isRecord(fee) && fee.enable === false);

/** @param body the parsed JSON of POST /v2/charge */
export const parseCharge = (body: unknown): ChargeRequest | Trouble => {
  if (!isRecord(body)) return invalid('payment_type is required', 'transaction_details is required');
  const chosen = parseAsk(body);
  if (isTrouble(chosen)) return chosen;
  const { method, ask } = chosen;
  if (!isRecord(body.transaction_details)) return invalid('transaction_details is required');
  const orderId = parseOrderId(body.transaction_details.order_id);
  if (isTrouble(orderId)) return orderId;
  const grossAmount = parseAmount(body.transaction_details.gross_amount, method);
  if (isTrouble(grossAmount)) return grossAmount;
  const wrong = itemsMatch(body.item_details, grossAmount) ?? validateCustomer(method, body.customer_details);
  if (wrong) return wrong;
  const echo = parseEcho(body);
  if (isTrouble(echo)) return echo;
  const expiry = parseExpiry(body.custom_expiry);
  if (isTrouble(expiry)) return expiry;
  return { method, orderId, grossAmount, ask, echo, feeAllowed: feeAllowed(body), ...(expiry && { expiry }) };
};
