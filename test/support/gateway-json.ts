/** The JSON of the gateway: errors, and reports as its answers and notifications write them. */
import type { Instant } from '../../functions/kernel/types.ts';
import type { Report } from '../../functions/payments/reports/report.ts';
import { ref, txA } from './payments.ts';

export type Json = Readonly<Record<string, unknown>>;

/** An error as the gateway answers it. */
export const error = (status_code: string, status_message = 'as documented'): Json => ({
  status_code,
  status_message,
  id: 'a-1',
});

const jakarta = 7 * 3_600_000;
const timeInJakarta = (at: Instant): string => new Date(at + jakarta).toISOString().slice(0, 19).replace('T', ' ');

const instructionsJson = ({ instructions }: Report): Json => {
  const { bank, vaNumber, billerCode, billKey, qrString, redirectUrl, actions, expiresAt } = instructions;
  return {
    ...(vaNumber ? { va_numbers: [{ bank, va_number: vaNumber }] } : {}),
    ...(billerCode ? { biller_code: billerCode, bill_key: billKey } : {}),
    ...(qrString ? { qr_string: qrString } : {}),
    ...(redirectUrl ? { redirect_url: redirectUrl } : {}),
    ...(actions ? { actions } : {}),
    ...(expiresAt ? { expiry_time: timeInJakarta(expiresAt) } : {}),
  };
};

/** A report as the gateway writes it, in its answers and its notifications alike. */
export const jsonOf = (one: Report, ref: string): Json => ({
  order_id: ref,
  transaction_id: one.transactionId,
  transaction_status: one.transactionStatus,
  status_code: one.statusCode,
  fraud_status: one.fraudStatus,
  gross_amount: one.grossAmount,
  currency: one.currency,
  merchant_id: one.merchantId,
  ...instructionsJson(one),
  ...(one.refundAmount === undefined ? {} : { refund_amount: `${one.refundAmount}.00` }),
  ...(one.refunds.length > 0
    ? {
        refunds: one.refunds.map(({ key, amount, reason, confirmed }) => ({
          refund_chargeback_id: 1,
          refund_key: key,
          refund_amount: `${amount}.00`,
          reason,
          ...(confirmed ? { bank_confirmed_at: '2026-11-21 12:00:00' } : {}),
        })),
      }
    : {}),
});

/** A notification as the gateway sends it; the webhook verifies its signature, the worker does not. */
export const bodyOf = (one: Report, ref: string): string =>
  JSON.stringify({ ...jsonOf(one, ref), signature_key: '0'.repeat(128) });

/** A pending bank transfer as the gateway answers it, without instructions. */
export const pendingTransaction = {
  status_code: '201',
  status_message: 'Success',
  transaction_id: txA,
  order_id: ref,
  merchant_id: 'G700000001',
  gross_amount: '120000.00',
  currency: 'IDR',
  payment_type: 'bank_transfer',
  transaction_time: '2026-11-21 10:44:00',
  transaction_status: 'pending',
  fraud_status: 'accept',
  expiry_time: '2026-11-22 10:44:00',
};
