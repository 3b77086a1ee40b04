/** Examines a notification: its fields and its signature (docs/midtrans.md §3, §4), without a schema library. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isJson, type Json, jsonFrom } from '../reports/parse-report.ts';

/** A field that is wrong, and what it must be. */
export type Fault = { readonly field: string; readonly message: string };
export type Examined =
  | { readonly verdict: 'genuine'; readonly orderId: string; readonly status: string }
  | { readonly verdict: 'forged'; readonly orderId: string }
  | { readonly verdict: 'malformed'; readonly faults: readonly Fault[] };

/** Larger ones are no notifications: the largest documented one has 2 KB. */
export const largestBody = 100 * 1024;

const required = [
  'order_id',
  'status_code',
  'gross_amount',
  'signature_key',
  'transaction_status',
  'transaction_id',
] as const;
const optional = [
  'payment_type',
  'fraud_status',
  'currency',
  'merchant_id',
  'status_message',
  'transaction_time',
  'settlement_time',
  'expiry_time',
  'refund_amount',
] as const;
const lists = ['refunds', 'va_numbers', 'payment_amounts'] as const;
/** What the customer pays with: compared with what the gateway answered, never taken over. */
const instructions = ['permata_va_number', 'biller_code', 'bill_key', 'qr_string', 'redirect_url'] as const;
const ofAccounts = ['bank', 'va_number'] as const;
const ofActions = ['name', 'url'] as const;
const ofRefunds = [
  'refund_key',
  'refund_amount',
  'created_at',
  'bank_confirmed_at',
  'reason',
  'refund_chargeback_uuid',
] as const;
const longest = 255;

const fault = (field: string, message: string): readonly Fault[] => [{ field, message }];
const absent = (value: unknown): boolean => value === undefined || value === null;

/** JSON can write half of a surrogate pair; no table and no queue can keep it. */
const surrogateFaults = (value: unknown, place: string): readonly Fault[] =>
  typeof value !== 'string' || value.isWellFormed()
    ? []
    : fault(place, 'must be well-formed Unicode: it has half of a surrogate pair');

const textFaults = (body: Json, field: string, place = field): readonly Fault[] =>
  absent(body[field]) || typeof body[field] === 'string'
    ? surrogateFaults(body[field], place)
    : fault(place, 'must be text');

const requiredFaults = (body: Json, field: string): readonly Fault[] => {
  const value = body[field];
  if (typeof value !== 'string') return fault(field, 'must be text');
  return value === '' || value.length > longest
    ? fault(field, `must have 1 to ${longest} characters`)
    : surrogateFaults(value, field);
};

/** `(ORD-1, 201, …)` and `(ORD-12, 01, …)` have one signature: a code always has three digits. */
const codeFaults = ({ status_code: code }: Json): readonly Fault[] =>
  typeof code !== 'string' || code === '' || /^\d{3}$/.test(code) ? [] : fault('status_code', 'must have three digits');

const listFaults = (body: Json, field: string): readonly Fault[] =>
  absent(body[field]) || (Array.isArray(body[field]) && (body[field] as unknown[]).every(isJson))
    ? []
    : fault(field, 'must be a list of objects');

const refundFaults = ({ refunds }: Json): readonly Fault[] =>
  objectsIn(refunds).flatMap((refund, i) =>
    ofRefunds.flatMap((field) => textFaults(refund, field, `refunds.${i}.${field}`)),
  );

const instructionsFaults = (body: Json): readonly Fault[] => [
  ...instructions.flatMap((field) => surrogateFaults(body[field], field)),
  ...surrogatesIn(body, 'va_numbers', ofAccounts),
  ...surrogatesIn(body, 'actions', ofActions),
];

const surrogatesIn = (body: Json, list: string, fields: readonly string[]): readonly Fault[] =>
  objectsIn(body[list]).flatMap((one, i) =>
    fields.flatMap((field) => surrogateFaults(one[field], `${list}.${i}.${field}`)),
  );

const objectsIn = (list: unknown): readonly Json[] => (Array.isArray(list) ? list.filter(isJson) : []);

/** Every field that is used, by type: in JavaScript a list would pass for its text in the signature. */
export const faultsOf = (body: Json): readonly Fault[] => [
  ...required.flatMap((field) => requiredFaults(body, field)),
  ...codeFaults(body),
  ...optional.flatMap((field) => textFaults(body, field)),
  ...lists.flatMap((field) => listFaults(body, field)),
  ...refundFaults(body),
  ...instructionsFaults(body),
];

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
