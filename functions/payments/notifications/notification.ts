/** Examines a notification: its fields and its signature (docs/midtrans.md §3, §4), without a schema library. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isJson, type Json, jsonFrom } from '../reports/parse-report.ts';

/** A field that is wrong, and what it must be. */
export type Fault = { readonly field: string; readonly message: string };
type Examined =
  | { readonly verdict: 'genuine'; readonly orderId: string; readonly status: string }
  | { readonly verdict: 'forged'; readonly orderId: string }
  | { readonly verdict: 'malformed'; readonly faults: readonly Fault[] };

/** Larger ones are not notifications: the largest documented one has 2 KB. */
export const largestBody = 100 * 1024;

const longest = 255;

type Check = (value: unknown, place: string) => readonly Fault[];
type Checks = Readonly<Record<string, Check>>;

const fault = (field: string, message: string): readonly Fault[] => [{ field, message }];
const isAbsent = (value: unknown): boolean => value === undefined || value === null;

/** JSON can write half of a surrogate pair; no table and no queue can keep it. */
const unicode: Check = (value, place) =>
  typeof value !== 'string' || value.isWellFormed()
    ? []
    : fault(place, 'must be well-formed Unicode: it has half of a surrogate pair');
const text: Check = (value, place) =>
  isAbsent(value) || typeof value === 'string' ? unicode(value, place) : fault(place, 'must be text');
const required: Check = (value, place) => {
  if (typeof value !== 'string') return fault(place, 'must be text');
  return value === '' || value.length > longest
    ? fault(place, `must have 1 to ${longest} characters`)
    : unicode(value, place);
};
/** `(ORD-1, 201, …)` and `(ORD-12, 01, …)` have one signature: a code always has three digits. */
const code: Check = (value, place) => {
  const faults = required(value, place);
  return faults.length > 0 || /^\d{3}$/.test(String(value)) ? faults : fault(place, 'must have three digits');
};
const objects =
  (checks: Checks): Check =>
  (value, place) =>
    (Array.isArray(value) ? value.filter(isJson) : []).flatMap((one, i) => faultsIn(one, checks, `${place}.${i}.`));
const listOf =
  (checks: Checks): Check =>
  (value, place) =>
    isAbsent(value) || (Array.isArray(value) && value.every(isJson))
      ? objects(checks)(value, place)
      : fault(place, 'must be a list of objects');

const faultsIn = (body: Json, checks: Checks, place = ''): readonly Fault[] =>
  Object.entries(checks).flatMap(([field, check]) => check(body[field], place + field));

/** Every field that is used, by type: in JavaScript a list would pass for its text in the signature. */
const checks: Checks = {
  order_id: required,
  status_code: code,
  gross_amount: required,
  signature_key: required,
  transaction_status: required,
  transaction_id: required,
  payment_type: text,
  fraud_status: text,
  currency: text,
  merchant_id: text,
  status_message: text,
  transaction_time: text,
  settlement_time: text,
  expiry_time: text,
  refund_amount: text,
  payment_amounts: listOf({}),
  refunds: listOf({
    refund_key: text,
    refund_amount: text,
    created_at: text,
    bank_confirmed_at: text,
    reason: text,
    refund_chargeback_uuid: text,
  }),
  // What the customer pays with is compared with the gateway's answer, never taken from here.
  va_numbers: listOf({ bank: unicode, va_number: unicode }),
  actions: objects({ name: unicode, url: unicode }),
  permata_va_number: unicode,
  biller_code: unicode,
  bill_key: unicode,
  qr_string: unicode,
  redirect_url: unicode,
};
export const faultsOf = (body: Json): readonly Fault[] => faultsIn(body, checks);

const isSignedWith = (key: string, signed: string, signature: Buffer): boolean =>
  timingSafeEqual(createHash('sha512').update(signed).update(key).digest(), signature);

/** Over the received strings, never over numbers made of them. Every key is tried: the time shows nothing. */
const isGenuine = (body: Json, keys: readonly string[]): boolean => {
  const given = body.signature_key as string;
  // Buffer.from(…, 'hex') stops silently at the first bad pair, so a valid prefix would pass.
  if (!/^[0-9a-f]{128}$/i.test(given)) return false;
  const signature = Buffer.from(given, 'hex');
  const signed = `${body.order_id}${body.status_code}${body.gross_amount}`;
  return keys.map((key) => isSignedWith(key, signed, signature)).includes(true);
};

export const examine = (raw: string, keys: readonly string[]): Examined => {
  if (Buffer.byteLength(raw) > largestBody)
    return { verdict: 'malformed', faults: fault('body', `must have ${largestBody / 1024} KB at most`) };
  const body = jsonFrom(raw);
  if (!body) return { verdict: 'malformed', faults: fault('body', 'must be a JSON object') };
  const faults = faultsOf(body);
  if (faults.length > 0) return { verdict: 'malformed', faults };
  const orderId = body.order_id as string;
  return isGenuine(body, keys)
    ? { verdict: 'genuine', orderId, status: body.transaction_status as string }
    : { verdict: 'forged', orderId };
};
