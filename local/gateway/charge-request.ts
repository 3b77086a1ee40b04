/** Reads the body of a charge: what all methods share (midtrans.md §2, §2.1). What is wrong is thrown as a refusal. */
import { isRecord, type Json, own } from '../json.ts';
import { parseMethod } from './charge-method.ts';
import { invalid, wrongType } from './errors.ts';
import { airpayLongest, type Method, methods } from './methods.ts';
import type { Instant, Rupiah } from './transaction.ts';
import { day, hour, minute, parseOrderTime, second } from './wib.ts';

export type ChargeRequest = ReturnType<typeof parseCharge>;

const absent = (value: unknown): value is undefined | null => value === undefined || value === null;

const parseOrderId = (value: unknown): string => {
  if (absent(value) || value === '') throw invalid('transaction_details.order_id is required');
  if (typeof value !== 'string') throw wrongType();
  if (value.length > 50) throw invalid('transaction_details.order_id is too long');
  if (!/^[A-Za-z0-9._~-]+$/.test(value))
    throw invalid('transaction_details.order_id contains symbols that are not allowed');
  return value;
};

const parseAmount = (value: unknown, method: Method): Rupiah => {
  const field = 'transaction_details.gross_amount';
  if (absent(value)) throw invalid(`${field} is required`);
  if (typeof value !== 'number') throw wrongType();
  if (!Number.isSafeInteger(value)) throw invalid(`${field} must not contain decimals`);
  const { least, most } = methods[method];
  if (value < least) throw invalid(`${field} must be greater than or equal to ${least}`);
  if (value > most) throw invalid(`${field} must be less than or equal to ${most}`);
  return value;
};

const requireSum = (items: unknown, amount: Rupiah): void => {
  if (items === undefined) return;
  if (!Array.isArray(items)) throw wrongType();
  const prices = items.map((item: unknown): number => {
    if (!isRecord(item) || typeof item.price !== 'number' || typeof item.quantity !== 'number')
      throw invalid('item_details.price and item_details.quantity are required');
    return item.price * item.quantity;
  });
  if (prices.reduce((sum, price) => sum + price, 0) !== amount)
    throw invalid('transaction_details.gross_amount is not equal to the sum of item_details');
};

/** BCA prints the name, BNI sends text messages: both refuse what does not fit (§2.1). */
const requireCustomer = (method: Method, customer: unknown): void => {
  if (absent(customer)) return;
  if (!isRecord(customer)) throw wrongType();
  const { first_name, last_name, phone } = customer;
  const name = [first_name, last_name].filter((part) => typeof part === 'string').join(' ');
  if (method === 'bca_va' && name.length > 30) throw invalid('customer_details.first_name is too long');
  if (method !== 'bni_va' || phone === undefined) return;
  if (typeof phone !== 'string' || phone.length > 30 || !/^(\+62|0)/.test(phone))
    throw invalid('customer_details.phone format is invalid');
};

const parseEcho = (body: Json): Json => {
  const echo: Record<string, unknown> = {};
  for (const field of ['custom_field1', 'custom_field2', 'custom_field3']) {
    const value = body[field];
    if (absent(value)) continue;
    if (typeof value !== 'string') throw wrongType();
    if (value.length > 255) throw invalid(`${field} is too long`);
    echo[field] = value;
  }
  if (absent(body.metadata)) return echo;
  if (!isRecord(body.metadata)) throw wrongType();
  return { ...echo, metadata: body.metadata };
};

const units: Readonly<Record<string, number>> = { second, minute, hour, day };
const shortestLife = 20 * second;

const parseExpiry = (given: unknown) => {
  if (absent(given)) return undefined;
  if (!isRecord(given)) throw wrongType();
  const { order_time: orderTime, expiry_duration: count, unit = 'minute' } = given;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1)
    throw invalid('custom_expiry.expiry_duration must be a positive number');
  const length = typeof unit === 'string' ? own(units, unit.toLowerCase()) : undefined;
  if (length === undefined) throw invalid('custom_expiry.unit is not supported');
  const duration = count * length;
  if (orderTime === undefined) return { duration };
  const instant = typeof orderTime === 'string' ? parseOrderTime(orderTime) : undefined;
  if (instant === undefined) throw invalid('custom_expiry.order_time format must be yyyy-MM-dd HH:mm:ss Z');
  return { orderTime: instant, duration };
};

/** When a charge made now expires. Cards have their own 10 minutes whatever is requested. */
export const expiryOf = ({ method, terms, expiry }: ChargeRequest, now: Instant): Instant => {
  const { lifetime, longest } = methods[method];
  if (!expiry || method === 'card') return now + lifetime;
  const life = (expiry.orderTime ?? now) + expiry.duration - now;
  if (life < shortestLife) throw invalid('custom_expiry: the transaction would live less than 20 seconds');
  return now + Math.min(life, terms.acquirer === 'airpay shopee' ? airpayLongest : longest);
};

/**
 * @param body the parsed JSON of POST /v2/charge
 * @throws Refused with the first thing that is wrong
 */
export const parseCharge = (body: unknown) => {
  if (!isRecord(body)) throw invalid('payment_type is required', 'transaction_details is required');
  const { method, terms } = parseMethod(body);
  const { transaction_details: details, customer_imposed_payment_fee: fee } = body;
  if (!isRecord(details)) throw invalid('transaction_details is required');
  const orderId = parseOrderId(details.order_id);
  const grossAmount = parseAmount(details.gross_amount, method);
  requireSum(body.item_details, grossAmount);
  requireCustomer(method, body.customer_details);
  const echo = parseEcho(body);
  const expiry = parseExpiry(body.custom_expiry);
  /** Whether the gateway may put its own fee on top of the amount (§8, midtrans-php#118). */
  const feeAllowed = !(isRecord(fee) && fee.enable === false);
  return { method, orderId, grossAmount, terms, echo, feeAllowed, expiry };
};
