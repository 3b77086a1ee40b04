/** What an attacker or a broken sender makes of a notification (midtrans.md §3, §4): pure, body in, body out. */
import type { Json } from '../json.ts';
import type { Tampering } from './fault.schema.ts';
import { signed } from './fields.ts';

type SignatureTampering = Extract<Tampering, { kind: 'signature' }>['how'];
type BodyTampering = Extract<Tampering, { kind: 'body' }>['how'];

const hugeLength = 2 ** 20;
const deepLevels = 20_000;

const sign = (fields: Json, serverKey: string): string => String(signed(fields, serverKey).signature_key);

const forgedSignature = (how: SignatureTampering, fields: Json, serverKey: string): string => {
  const valid = String(fields.signature_key);
  switch (how) {
    case 'upper-case':
      return valid.toUpperCase();
    case 'truncated':
      return valid.slice(0, 127);
    case 'garbage':
      return 'z'.repeat(128);
    case 'valid-prefix':
      return `${valid}zz`;
    case 'line-break':
      return `${valid}\n`;
    case 'other-key':
      return sign(fields, 'SB-Mid-server-SOMEBODYELSE');
    case 'number-amount':
      return sign({ ...fields, gross_amount: String(Number(fields.gross_amount)) }, serverKey);
    case 'empty':
      return '';
    case 'of-other-code':
      return sign({ ...fields, status_code: fields.status_code === '200' ? '201' : '200' }, serverKey);
  }
};

/** `ORD-1`, `201`, `20050000.00` and `ORD-1201`, `200`, `50000.00` are one text. */
const shifted = (fields: Json): Json => ({
  ...fields,
  order_id: `${fields.order_id}${fields.status_code}`,
  status_code: String(fields.gross_amount).slice(0, 3),
  gross_amount: String(fields.gross_amount).slice(3),
});

const subscription = (): Json => ({
  event_name: 'subscription.charge',
  subscription: { id: 'aaaaaaaa-0000-4000-8000-000000000000', status: 'active' },
  transaction: { status: 'settlement' },
});

const forgedBody = (how: BodyTampering, fields: Json): string => {
  const text = JSON.stringify(fields);
  switch (how) {
    case 'empty':
      return '';
    case 'not-json':
      return 'order_id=INV-7001&transaction_status=settlement';
    case 'truncated':
      return text.slice(0, Math.floor(text.length / 2));
    case 'null':
      return 'null';
    case 'array':
      return `[${text}]`;
    case 'text':
      return JSON.stringify(text);
    case 'huge':
      return JSON.stringify({ ...fields, metadata: { padding: 'x'.repeat(hugeLength) } });
    case 'deep':
      return `${text.slice(0, -1)},"metadata":${'['.repeat(deepLevels)}${']'.repeat(deepLevels)}}`;
    case 'subscription':
      return JSON.stringify(subscription());
  }
};

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
      return { ...fields, signature_key: forgedSignature(how.how, fields, serverKey) };
  }
};

/** The body to send instead of the notification's own. */
export const tamper = (how: Tampering, fields: Json, serverKey: string): string =>
  how.kind === 'body' ? forgedBody(how.how, fields) : JSON.stringify(tamperedFields(how, fields, serverKey));
