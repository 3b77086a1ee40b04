// Reads the part of a charge that belongs to its method (midtrans.md §2.2).
import { invalid, isTrouble, type Trouble } from './answer.ts';
import { isRecord, type Json } from './json.ts';
import type { Method } from './methods.ts';

export type Ask = {
  /** A number the merchant would like, digits only. */
  readonly wantedNumber?: string;
  readonly billInfo?: readonly string[];
  readonly acquirer?: 'gopay' | 'airpay shopee';
  readonly callbackUrl?: string;
  readonly tokenId?: string;
  readonly threeDs?: boolean;
  readonly preAuthorization?: boolean;
};

export type Chosen = { readonly method: Method; readonly ask: Ask };

/** Payment types Midtrans has and this simulator has not: as if the merchant had not activated them. */
const NOT_ACTIVATED = [
  'shopeepay',
  'dana',
  'ovo',
  'akulaku',
  'kredivo',
  'cstore',
  'cimb_clicks',
  'bca_klikpay',
  'bca_klikbca',
  'danamon_online',
];

const BANKS: Readonly<Record<string, Method>> = {
  bca: 'bca_va',
  bni: 'bni_va',
  bri: 'bri_va',
  cimb: 'cimb_va',
  permata: 'permata_va',
};

const wantedNumber = (value: unknown, field: string): Ask | Trouble => {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'string') return { code: '408' };
  return /^\d+$/.test(value) ? { wantedNumber: value } : invalid(`${field} must contain digits only`);
};

const bankTransfer = (body: Json): Chosen | Trouble => {
  const details = body.bank_transfer;
  if (!isRecord(details) || details.bank === undefined) return invalid('bank_transfer.bank is required');
  if (typeof details.bank !== 'string') return { code: '408' };
  const method = BANKS[details.bank.toLowerCase()];
  if (!method) return invalid('bank_transfer.bank is not supported');
  const ask = wantedNumber(details.va_number, 'bank_transfer.va_number');
  return isTrouble(ask) ? ask : { method, ask };
};

const permata = (body: Json): Chosen | Trouble => {
  const ask = wantedNumber(
    isRecord(body.bank_transfer) ? body.bank_transfer.va_number : undefined,
    'bank_transfer.va_number',
  );
  return isTrouble(ask) ? ask : { method: 'permata_va', ask };
};

const mandiri = (body: Json): Chosen | Trouble => {
  const details = body.echannel;
  if (!isRecord(details) || typeof details.bill_info1 !== 'string') return invalid('echannel.bill_info1 is required');
  if (typeof details.bill_info2 !== 'string') return invalid('echannel.bill_info2 is required');
  const ask = wantedNumber(details.bill_key, 'echannel.bill_key');
  if (isTrouble(ask)) return ask;
  return {
    method: 'mandiri_bill',
    ask: { ...ask, billInfo: [details.bill_info1.slice(0, 10), details.bill_info2.slice(0, 30)] },
  };
};

const qris = (body: Json): Chosen | Trouble => {
  const acquirer = isRecord(body.qris) ? (body.qris.acquirer ?? 'gopay') : 'gopay';
  if (acquirer !== 'gopay' && acquirer !== 'airpay shopee') return invalid('qris.acquirer is not supported');
  return { method: 'qris', ask: { acquirer } };
};

const gopay = (body: Json): Chosen | Trouble => {
  const details = isRecord(body.gopay) ? body.gopay : {};
  if (details.enable_callback !== true) return { method: 'gopay', ask: {} };
  if (details.callback_url === undefined) return { method: 'gopay', ask: {} };
  if (typeof details.callback_url !== 'string' || !URL.canParse(details.callback_url))
    return invalid('gopay.callback_url is not a URL');
  return { method: 'gopay', ask: { callbackUrl: details.callback_url } };
};

const card = (body: Json): Chosen | Trouble => {
  const details = isRecord(body.credit_card) ? body.credit_card : {};
  if (typeof details.token_id !== 'string' || details.token_id === '') return { code: '411' };
  const ask = {
    tokenId: details.token_id,
    threeDs: details.authentication === true,
    preAuthorization: details.type === 'authorize',
  };
  return { method: 'card', ask };
};

const READERS: Readonly<Record<string, (body: Json) => Chosen | Trouble>> = {
  bank_transfer: bankTransfer,
  permata,
  echannel: mandiri,
  qris,
  gopay,
  credit_card: card,
};

/** Which method a charge asks for, and what it asks of it. */
export const parseAsk = (body: Json): Chosen | Trouble => {
  const { payment_type: type } = body;
  if (type === undefined || type === null || type === '') return invalid('payment_type is required');
  if (typeof type !== 'string') return { code: '408' };
  if (NOT_ACTIVATED.includes(type)) return { code: '402' };
  return READERS[type]?.(body) ?? invalid('payment_type is not supported');
};

/** BCA prints the name, BNI sends text messages: both refuse what does not fit (§2.1). */
export const validateCustomer = (method: Method, customer: unknown): Trouble | undefined => {
  if (customer === undefined || customer === null) return undefined;
  if (!isRecord(customer)) return { code: '408' };
  const name = [customer.first_name, customer.last_name].filter((part) => typeof part === 'string').join(' ');
  if (method === 'bca_va' && name.length > 30) return invalid('customer_details.first_name is too long');
  if (method !== 'bni_va' || customer.phone === undefined) return undefined;
  const fits = typeof customer.phone === 'string' && customer.phone.length <= 30 && /^(\+62|0)/.test(customer.phone);
  return fits ? undefined : invalid('customer_details.phone format is invalid');
};
