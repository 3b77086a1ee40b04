/** Reads a report from the gateway's JSON, of a notification or an answer: strict in what is used, tolerant else. */
import { none, rupiahFrom } from '../../kernel/rupiah.ts';
import { type Instant, instant } from '../../kernel/types.ts';
import type { Instructions } from '../payment.ts';
import type { Report, ReportedRefund } from './report.ts';

export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** @returns nothing when it is not a JSON object */
export const jsonFrom = (raw: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(raw);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
/** Non-empty text; null and the empty text count as missing. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isJson) : []);

/** `2026-11-18 14:02:11` is Jakarta time (UTC+7, no daylight saving) without saying so. */
const fromJakarta = (value: unknown): Instant | undefined => {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/.exec(text(value) ?? '') ?? [];
  const ms = day && time ? Date.parse(`${day}T${time}+07:00`) : Number.NaN;
  return Number.isNaN(ms) ? undefined : instant(ms);
};

const refundFrom = (refund: Json): ReportedRefund => {
  const amount = rupiahFrom(text(refund.refund_amount) ?? '') ?? none;
  return {
    // The numeric id passes 2^53 and is cut by the parser: never a key.
    key:
      text(refund.refund_key) ??
      text(refund.refund_chargeback_uuid) ??
      `unnamed-${text(refund.created_at) ?? ''}-${amount}`,
    amount,
    reason: text(refund.reason) ?? '',
    confirmed: text(refund.bank_confirmed_at) !== undefined,
  };
};

const web = (value: unknown): string | undefined =>
  /^https?:\/\//.test(text(value) ?? '') ? (value as string) : undefined;

/** The fields differ per bank: `va_numbers`, `permata_va_number`, or `biller_code` with `bill_key`. */
const instructionsFrom = (body: Json): Instructions => {
  const [va] = list(body.va_numbers);
  const permata = text(body.permata_va_number);
  const actions = list(body.actions).flatMap(({ name, url }) =>
    text(name) && web(url) ? [{ name: name as string, url: url as string }] : [],
  );
  const found: Instructions = {
    bank: permata ? 'permata' : text(va?.bank),
    vaNumber: permata ?? text(va?.va_number),
    billerCode: text(body.biller_code),
    billKey: text(body.bill_key),
    qrString: text(body.qr_string),
    redirectUrl: web(body.redirect_url),
    actions: actions.length > 0 ? actions : undefined,
    expiresAt: fromJakarta(body.expiry_time),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
};

/** @returns nothing when a field every report must have is missing */
export const reportFrom = (body: Json, source: Report['source'], reportedAt: Instant): Report | undefined => {
  const transactionId = text(body.transaction_id);
  const transactionStatus = text(body.transaction_status)?.toLowerCase();
  const statusCode = text(body.status_code);
  const grossAmount = text(body.gross_amount);
  if (!transactionId || !transactionStatus || !statusCode || !grossAmount) return undefined;
  return {
    source,
    reportedAt,
    transactionId,
    transactionStatus,
    statusCode,
    fraudStatus: text(body.fraud_status),
    grossAmount,
    amount: rupiahFrom(grossAmount),
    currency: text(body.currency),
    merchantId: text(body.merchant_id),
    refundAmount: rupiahFrom(text(body.refund_amount) ?? ''),
    refunds: list(body.refunds).map(refundFrom),
    settledAt: fromJakarta(body.settlement_time),
    instructions: instructionsFrom(body),
  };
};
