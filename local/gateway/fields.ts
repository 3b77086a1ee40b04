/** The fields of notifications and status answers, and their signature (midtrans.md §3.1, §4, §5.1, §7.1). */
import { createHash } from 'node:crypto';
import type { Json } from '../json.ts';
import { methods } from './methods.ts';
import { refundedAmount, refundsOf } from './transaction.decider.ts';
import type { CardFacts, Instant, Refund, Rupiah, State, Transaction } from './transaction.ts';
import { day, wib } from './wib.ts';

declare global {
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface extends the global one
  interface JSON {
    /** Puts the text into the JSON as it is: numbers beyond 2^53 keep their digits. */
    rawJSON(text: string): unknown;
  }
}

export const rupiah = (amount: Rupiah): string => `${amount}.00`;

/** What every answer and notification about a transaction carries. */
export const commonFields = (transaction: Transaction): Json => ({
  transaction_time: wib(transaction.createdAt),
  transaction_status: transaction.state.status,
  transaction_id: transaction.transactionId,
  order_id: transaction.orderId,
  merchant_id: transaction.merchantId,
  gross_amount: rupiah(transaction.grossAmount),
  currency: 'IDR',
  payment_type: transaction.payer?.scanned ? 'qris' : methods[transaction.method].paymentType,
  fraud_status: 'fraud' in transaction.state ? transaction.state.fraud : 'accept',
});

const cardFields = (card: CardFacts, state: State): Json => {
  const shown = { masked_card: card.masked, bank: card.bank, card_type: 'credit' };
  if (state.status === 'pending') return shown;
  const security = { eci: card.threeDs ? '05' : '07', ...(card.threeDs && { three_ds_version: '2' }) };
  const { code, message } =
    state.status === 'deny'
      ? (state.response ?? { code: '05', message: 'Do not honor' })
      : { code: '00', message: 'Approved' };
  return {
    ...shown,
    ...security,
    channel_response_code: code,
    channel_response_message: message,
    ...(state.status !== 'deny' && { approval_code: card.approvalCode }),
  };
};

const payerFields = ({ payer }: Transaction): Json => {
  if (!payer) return {};
  const { issuer, offUs, crossReferenceId } = payer;
  return { issuer, transaction_type: offUs ? 'off-us' : 'on-us', merchant_cross_reference_id: crossReferenceId };
};

const walletFields = (transaction: Transaction): Json => {
  const { payer, state } = transaction;
  if (payer?.scanned) return { acquirer: 'gopay', ...payerFields(transaction) };
  return 'settledAt' in state || state.status === 'expire' ? { payment_option_type: 'GOPAY_WALLET' } : {};
};

/** BNI reports the amount received and its time; the other banks send an empty list (§3.1). */
const amountsPaid = ({ method, state, grossAmount }: Transaction): Json =>
  state.status === 'settlement'
    ? { payment_amounts: method === 'bni_va' ? [{ paid_at: wib(state.settledAt), amount: rupiah(grossAmount) }] : [] }
    : {};

/** What belongs to the method of payment. */
export const methodFields = (transaction: Transaction): Json => {
  const { instructions, state } = transaction;
  switch (instructions.kind) {
    case 'va':
      return state.status === 'expire'
        ? {}
        : { va_numbers: [{ va_number: instructions.number, bank: instructions.bank }], ...amountsPaid(transaction) };
    case 'permata':
      return { permata_va_number: instructions.number };
    case 'bill':
      return { biller_code: instructions.billerCode, bill_key: instructions.billKey };
    case 'qris':
      return { acquirer: instructions.acquirer, ...payerFields(transaction) };
    case 'gopay':
      return walletFields(transaction);
    case 'card':
      return cardFields(instructions.card, state);
  }
};

const timeFields = ({ state, method, expiresAt }: Transaction): Json => {
  const settled = 'settledAt' in state && (method !== 'card' || state.status === 'settlement');
  const waits =
    state.status === 'pending' || state.status === 'expire' || (state.status === 'settlement' && method === 'gopay');
  return {
    ...(settled && { settlement_time: wib(state.settledAt) }),
    ...(waits && method !== 'card' && { expiry_time: wib(expiresAt) }),
  };
};

/** `refund_method` is filled when the bank confirms, at the latest a day after (§7.4). */
const refundRow = (refund: Refund, now: Instant): Json => ({
  refund_chargeback_id: JSON.rawJSON(refund.chargebackId),
  ...(refund.chargebackUuid !== undefined && { refund_chargeback_uuid: refund.chargebackUuid }),
  refund_amount: rupiah(refund.amount),
  created_at: wib(refund.at),
  reason: refund.reason,
  refund_key: refund.key,
  ...((refund.bankConfirmedAt !== undefined || now - refund.at >= day) && { refund_method: 'online' }),
  ...(refund.bankConfirmedAt !== undefined && { bank_confirmed_at: wib(refund.bankConfirmedAt) }),
});

/** What was refunded or charged back; the documentation has no sample of a partial chargeback. */
const returnedFields = ({ state }: Transaction, now: Instant): Json => {
  if (state.status === 'partial_chargeback') return { refund_amount: rupiah(state.amount) };
  const refunds = refundsOf(state).map((refund) => refundRow(refund, now));
  return refunds.length > 0 ? { refund_amount: rupiah(refundedAmount(state)), refunds } : {};
};

/** `status_code` of a notification: about the payment, 202 for everything that ended without money. */
export const notifiedCode = (state: State): '200' | '201' | '202' => {
  if (state.status === 'pending' || (state.status === 'capture' && state.fraud === 'challenge')) return '201';
  return ['deny', 'cancel', 'expire', 'failure'].includes(state.status) ? '202' : '200';
};

/** `status_code` of GET status: 407 for expired and 200 for cancelled, unlike the notification. */
const statusCode = (state: State): '200' | '201' | '202' | '407' => {
  if (state.status === 'expire') return '407';
  return state.status === 'cancel' ? '200' : notifiedCode(state);
};

/** SHA-512 over order id, status code, gross amount and server key as plain text, in lower-case hex. */
export const signatureOf = ({ order_id, status_code, gross_amount }: Json, serverKey: string): string =>
  createHash('sha512').update(`${order_id}${status_code}${gross_amount}${serverKey}`).digest('hex');

/** The fields with the signature that fits them. */
export const signed = (fields: Json, serverKey: string): Json => ({
  ...fields,
  signature_key: signatureOf(fields, serverKey),
});

const fieldsOf = (transaction: Transaction, now: Instant): Json => ({
  ...commonFields(transaction),
  ...methodFields(transaction),
  ...timeFields(transaction),
  ...returnedFields(transaction, now),
  ...transaction.echo,
});

export const notificationOf = (transaction: Transaction, now: Instant, serverKey: string): Json => ({
  ...signed({ ...fieldsOf(transaction, now), status_code: notifiedCode(transaction.state) }, serverKey),
  status_message: 'midtrans payment notification',
});

export const statusAnswerOf = (transaction: Transaction, now: Instant, serverKey: string): Json => ({
  ...signed({ ...fieldsOf(transaction, now), status_code: statusCode(transaction.state) }, serverKey),
  status_message: 'Success, transaction is found',
});
