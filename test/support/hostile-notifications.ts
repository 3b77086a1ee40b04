/** What a hostile or broken sender may post to the webhook. */
import { type Body, notificationOf, signed } from './payments-stack.ts';

export type Sent = string | Buffer | Body;
export type Case = [name: string, make: (ref: string) => Sent, init?: RequestInit];

export const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };
export const raw = (body: Body): string => JSON.stringify(body);
/** A field more than JSON.stringify would write, before the closing brace. */
export const and = (body: Body, text: string): string => `${raw(body).slice(0, -1)},${text}}`;
export const without = (field: string) => (ref: string) =>
  Object.fromEntries(Object.entries(notificationOf(ref)).filter(([name]) => name !== field));
export const changed = (field: string, value: unknown) => (ref: string) => ({ ...notificationOf(ref), [field]: value });
export const forged = (how: (signature: string) => string) => (ref: string) => {
  const body = notificationOf(ref);
  return { ...body, signature_key: how(String(body.signature_key)) };
};

/** Answered 400. */
export const malformed: readonly Case[] = [
  ...['order_id', 'status_code', 'gross_amount', 'signature_key', 'transaction_status', 'transaction_id'].flatMap(
    (field): Case[] => [
      [`without ${field}`, without(field)],
      [`${field} null`, changed(field, null)],
      [`${field} empty`, changed(field, '')],
      [`${field} a number`, changed(field, 200)],
      [`${field} a list of its text`, (ref) => ({ ...notificationOf(ref), [field]: [notificationOf(ref)[field]] })],
      [`${field} an object`, changed(field, { toString: 'x' })],
      [`${field} true`, changed(field, true)],
    ],
  ),
  ...['payment_type', 'fraud_status', 'currency', 'merchant_id', 'transaction_time', 'refund_amount'].map(
    (field): Case => [`${field} a number`, changed(field, 7)],
  ),
  ['refunds an object', changed('refunds', {})],
  ['refunds a list of text', changed('refunds', ['rf-1'])],
  ['a refund whose key is a number', changed('refunds', [{ refund_key: 7 }])],
  ['a refund whose amount is a number', changed('refunds', [{ refund_key: 'rf-1', refund_amount: 5000 }])],
  ['va_numbers text', changed('va_numbers', '70000000001')],
  ['an id of 256 characters', changed('transaction_id', 'x'.repeat(256))],
  ['a status code of two digits', (ref) => notificationOf(ref, { status_code: '20' })],
  ['a status code with a space', (ref) => notificationOf(ref, { status_code: '200 ' })],
  ['a status code in other digits', (ref) => notificationOf(ref, { status_code: '２００' })],
  ['half a surrogate pair in an order of another merchant', () => notificationOf('INV-\ud800')],
  ['half a surrogate pair in its transaction', changed('transaction_id', 'x\udc00')],
  ['half a surrogate pair in the account number', changed('va_numbers', [{ bank: 'bca', va_number: '7\ud800' }])],
  ['nothing at all', () => ''],
  ['an empty object', () => '{}'],
  ['a list', (ref) => raw([notificationOf(ref)] as unknown as Body)],
  ['null', () => 'null'],
  ['a JSON text', (ref) => JSON.stringify(raw(notificationOf(ref)))],
  ['half a JSON', (ref) => raw(notificationOf(ref)).slice(0, -20)],
  ['a JSON and a half', (ref) => `${raw(notificationOf(ref))}{`],
  ['a byte order mark before it', (ref) => `\ufeff${raw(notificationOf(ref))}`],
  ['a NUL byte in it', (ref) => raw(notificationOf(ref)).replace('midtrans', 'mid\0trans')],
  ['a form', (ref) => new URLSearchParams(notificationOf(ref) as Record<string, string>).toString(), form],
  ['200,000 brackets', () => '['.repeat(200_000)],
  ['50,000 brackets', () => '['.repeat(50_000)],
  ['just over 100 KB', (ref) => notificationOf(ref, { padding: 'x'.repeat(100 * 1024) })],
  ['a megabyte', (ref) => notificationOf(ref, { padding: 'x'.repeat(1024 * 1024) })],
  ['bytes that are no text', () => Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  ['its fields under __proto__', (ref) => `{"__proto__":${raw(notificationOf(ref))}}`],
  ['the webhook of a subscription', () => ({ event_name: 'subscription.charge', subscription: {}, transaction: {} })],
  ['the webhook of a linked account', () => ({ account_id: 'a', account_status: 'ENABLED' })],
];

/** Not signed by the gateway: answered 401. */
export const unsigned: readonly Case[] = [
  ['half a signature', forged((signature) => signature.slice(0, 64))],
  ['a character less', forged((signature) => signature.slice(0, -1))],
  ['a character more', forged((signature) => `${signature}0`)],
  ['a good beginning', forged((signature) => `${signature.slice(0, 126)}zz`)],
  ['a line break behind it', forged((signature) => `${signature}\n`)],
  ['spaces around it', forged((signature) => ` ${signature} `)],
  ['0x before it', forged((signature) => `0x${signature}`)],
  ['another digit', forged((signature) => signature.replace(/^./, (first) => (first === '0' ? '1' : '0')))],
  ['wide digits', forged((signature) => signature.replaceAll('1', '１'))],
  ['the key of another merchant', (ref) => signed({ ...without('signature_key')(ref) }, 'SB-Mid-server-OTHER')],
  ['no key at all', (ref) => signed({ ...without('signature_key')(ref) }, '')],
  [
    'the hash of a number',
    (ref) => ({ ...notificationOf(ref), signature_key: notificationOf(ref, { gross_amount: 87_000 }).signature_key }),
  ],
  ['another amount', changed('gross_amount', '1.00')],
  ['the amount with a space behind it', changed('gross_amount', '87000.00 ')],
  ['the amount without decimals', changed('gross_amount', '87000')],
  ['another code', changed('status_code', '201')],
  ['another order', changed('order_id', 'TNT-20261121-0000042-1795232640')],
  ['its order in small letters', (ref) => ({ ...notificationOf(ref), order_id: ref.toLowerCase() })],
  ['an order of SQL', changed('order_id', "x' OR '1'='1")],
  ['an order with a line break', changed('order_id', 'TNT\r\nx-injected: 1')],
  ['the last of two amounts', (ref) => and(notificationOf(ref), '"gross_amount":"1.00"')],
  [
    'bytes that are no text in its order',
    (ref) => Buffer.from(raw(notificationOf(ref)).replace('TNT-', 'TNT\xff'), 'latin1'),
  ],
];
