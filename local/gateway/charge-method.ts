/** Reads the part of a charge that belongs to its method (midtrans.md §2.2). */
import { isRecord, type Json, own } from '../json.ts';
import { invalid, Refused, wrongType } from './errors.ts';
import type { Method } from './methods.ts';

export type MethodTerms = {
  /** The number the merchant requests, digits only. */
  readonly requestedNumber?: string;
  readonly billInfo?: readonly string[];
  readonly acquirer?: 'gopay' | 'airpay shopee';
  readonly callbackUrl?: string;
  readonly tokenId?: string;
  readonly threeDs?: boolean;
  readonly preAuthorization?: boolean;
};

type Chosen = { readonly method: Method; readonly terms: MethodTerms };

/** Payment types that Midtrans has and this simulator lacks: as if the merchant had not activated them. */
const notActivated =
  'shopeepay dana ovo akulaku kredivo cstore cimb_clicks bca_klikpay bca_klikbca danamon_online'.split(' ');

const banks = { bca: 'bca_va', bni: 'bni_va', bri: 'bri_va', cimb: 'cimb_va', permata: 'permata_va' } as const;

const recordOf = (value: unknown): Json => (isRecord(value) ? value : {});

const numberTerms = (value: unknown, field: string): MethodTerms => {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'string') throw wrongType();
  if (!/^\d+$/.test(value)) throw invalid(`${field} must contain digits only`);
  return { requestedNumber: value };
};

const bankTransfer = ({ bank_transfer }: Json): Chosen => {
  const { bank, va_number } = recordOf(bank_transfer);
  if (bank === undefined) throw invalid('bank_transfer.bank is required');
  if (typeof bank !== 'string') throw wrongType();
  const method = own(banks, bank.toLowerCase());
  if (!method) throw invalid('bank_transfer.bank is not supported');
  return { method, terms: numberTerms(va_number, 'bank_transfer.va_number') };
};

const permata = ({ bank_transfer }: Json): Chosen => ({
  method: 'permata_va',
  terms: numberTerms(recordOf(bank_transfer).va_number, 'bank_transfer.va_number'),
});

const mandiri = ({ echannel }: Json): Chosen => {
  const { bill_info1, bill_info2, bill_key } = recordOf(echannel);
  if (typeof bill_info1 !== 'string') throw invalid('echannel.bill_info1 is required');
  if (typeof bill_info2 !== 'string') throw invalid('echannel.bill_info2 is required');
  const terms = numberTerms(bill_key, 'echannel.bill_key');
  return { method: 'mandiri_bill', terms: { ...terms, billInfo: [bill_info1.slice(0, 10), bill_info2.slice(0, 30)] } };
};

const qris = ({ qris }: Json): Chosen => {
  const acquirer = recordOf(qris).acquirer ?? 'gopay';
  if (acquirer !== 'gopay' && acquirer !== 'airpay shopee') throw invalid('qris.acquirer is not supported');
  return { method: 'qris', terms: { acquirer } };
};

const gopay = ({ gopay }: Json): Chosen => {
  const { enable_callback, callback_url } = recordOf(gopay);
  if (enable_callback !== true || callback_url === undefined) return { method: 'gopay', terms: {} };
  if (typeof callback_url !== 'string' || !URL.canParse(callback_url)) throw invalid('gopay.callback_url is not a URL');
  return { method: 'gopay', terms: { callbackUrl: callback_url } };
};

const card = ({ credit_card }: Json): Chosen => {
  const { token_id, authentication, type } = recordOf(credit_card);
  if (typeof token_id !== 'string' || token_id === '') throw new Refused('411');
  const terms = { tokenId: token_id, threeDs: authentication === true, preAuthorization: type === 'authorize' };
  return { method: 'card', terms };
};

const readers = { bank_transfer: bankTransfer, permata, echannel: mandiri, qris, gopay, credit_card: card };

/** The method of a charge, and its terms. */
export const parseMethod = (body: Json): Chosen => {
  const { payment_type: type } = body;
  if (type === undefined || type === null || type === '') throw invalid('payment_type is required');
  if (typeof type !== 'string') throw wrongType();
  if (notActivated.includes(type)) throw new Refused('402');
  const read = own(readers, type);
  if (!read) throw invalid('payment_type is not supported');
  return read(body);
};
