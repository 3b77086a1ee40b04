/** What an attacker or a broken sender makes of a notification (midtrans.md §3, §4): pure, body in, body out. */
import type { Json } from '../json.ts';
import type { Tampering } from './fault.schema.ts';
import { signatureOf, signed } from './fields.ts';

const hugeLength = 2 ** 20;
const deepLevels = 20_000;

type Forge = (valid: string, fields: Json, serverKey: string) => string;
export const forgedSignatures = {
  'upper-case': (valid) => valid.toUpperCase(),
  truncated: (valid) => valid.slice(0, 127),
  garbage: () => 'z'.repeat(128),
  'valid-prefix': (valid) => `${valid}zz`,
  'line-break': (valid) => `${valid}\n`,
  'other-key': (_valid, fields) => signatureOf(fields, 'SB-Mid-server-SOMEBODYELSE'),
  'number-amount': (_valid, fields, serverKey) =>
    signatureOf({ ...fields, gross_amount: String(Number(fields.gross_amount)) }, serverKey),
  empty: () => '',
  'of-other-code': (_valid, fields, serverKey) =>
    signatureOf({ ...fields, status_code: fields.status_code === '200' ? '201' : '200' }, serverKey),
} as const satisfies Readonly<Record<string, Forge>>;

/** `ORD-1`, `201`, `20050000.00` and `ORD-1201`, `200`, `50000.00` are one text. */
const shifted = (fields: Json): Json => ({
  ...fields,
  order_id: `${fields.order_id}${fields.status_code}`,
  status_code: String(fields.gross_amount).slice(0, 3),
  gross_amount: String(fields.gross_amount).slice(3),
});

const subscription = {
  event_name: 'subscription.charge',
  subscription: { id: 'aaaaaaaa-0000-4000-8000-000000000000', status: 'active' },
  transaction: { status: 'settlement' },
};

export const forgedBodies = {
  empty: () => '',
  'not-json': () => 'order_id=INV-7001&transaction_status=settlement',
  truncated: (text) => text.slice(0, Math.floor(text.length / 2)),
  null: () => 'null',
  array: (text) => `[${text}]`,
  text: (text) => JSON.stringify(text),
  huge: (_text, fields) => JSON.stringify({ ...fields, metadata: { padding: 'x'.repeat(hugeLength) } }),
  deep: (text) => `${text.slice(0, -1)},"metadata":${'['.repeat(deepLevels)}${']'.repeat(deepLevels)}}`,
  subscription: () => JSON.stringify(subscription),
} as const satisfies Readonly<Record<string, (text: string, fields: Json) => string>>;

const tamperedFields = (how: Exclude<Tampering, { kind: 'body' }>, fields: Json, serverKey: string): Json => {
  switch (how.kind) {
    case 'status':
      return { ...fields, transaction_status: how.to };
    case 'field': {
      const changed = { ...fields, [how.field]: how.value };
      return how.resign ? signed(changed, serverKey) : changed;
    }
    case 'missing':
      return Object.fromEntries(Object.entries(fields).filter(([field]) => field !== how.field));
    case 'array':
      return { ...fields, [how.field]: [fields[how.field]] };
    case 'amount':
      return { ...fields, gross_amount: how.to };
    case 'shifted':
      return shifted(fields);
    case 'signature':
      return { ...fields, signature_key: forgedSignatures[how.how](String(fields.signature_key), fields, serverKey) };
  }
};

/** The body to send instead of the notification's own. */
export const tamper = (how: Tampering, fields: Json, serverKey: string): string =>
  how.kind === 'body'
    ? forgedBodies[how.how](JSON.stringify(fields), fields)
    : JSON.stringify(tamperedFields(how, fields, serverKey));
