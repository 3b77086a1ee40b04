// How a transaction reads on the wire: the fields of notifications and status answers (midtrans.md §3.1, §5.1, §7.1).
import { METHODS } from './methods.ts';
import { refundedAmount, refundsOf } from './refund.decider.ts';
import { signatureOf } from './signature.ts';
import type { CardFacts, Instant, Refund, Rupiah, State, Transaction } from './transaction.ts';
import { DAY, wib } from './wib.ts';

declare global {
  interface JSON {
    /** Puts the text into the JSON as it is: numbers beyond 2^53 keep their digits. */
    rawJSON(text: string): unknown;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export const rupiah = (amount: Rupiah): string => `${amount}.00`;

const paymentTypeOf = ({ method, payer }: Transaction): string =>
  payer?.scanned ? 'qris' : METHODS[method].paymentType;

const fraudOf = (state: State): string => ('fraud' in state ? state.fraud : 'accept');

/** What every answer and notification about a transaction carries. */
export const commonFields = (transaction: Transaction): Fields => ({
  transaction_time: wib(transaction.createdAt),
  transaction_status: transaction.state.status,
  transaction_id: transaction.transactionId,
  order_id: transaction.orderId,
  merchant_id: transaction.merchantId,
  gross_amount: rupiah(transaction.grossAmount),
  currency: 'IDR',
  payment_type: paymentTypeOf(transaction),
  fraud_status: fraudOf(transaction.state),
});

const wasPaid = ({ status }: State): boolean =>
  ['settlement', 'refund', 'partial_refund', 'chargeback', 'partial_chargeback'].includes(status);

const cardFields = (card: CardFacts, state: State): Fields => ({
  masked_card: card.masked,
  bank: card.bank,
  card_type: 'credit',
  ...(state.status !== 'pending' && {
    eci: card.threeDs ? '05' : '07',
    ...(card.threeDs && { three_ds_version: '2' }),
  }),
  ...(state.status === 'deny'
    ? {
        channel_response_code: state.response?.code ?? '05',
        channel_response_message: state.response?.message ?? 'Do not honor',
      }
    : state.status !== 'pending' && {
        channel_response_code: '00',
        channel_response_message: 'Approved',
        approval_code: card.approvalCode,
      }),
});

const payerFields = ({ payer }: Transaction): Fields =>
  payer
    ? {
        issuer: payer.issuer,
        transaction_type: payer.offUs ? 'off-us' : 'on-us',
        merchant_cross_reference_id: payer.crossReferenceId,
      }
    : {};

const walletFields = (transaction: Transaction): Fields => {
  if (transaction.payer?.scanned) return { acquirer: 'gopay', ...payerFields(transaction) };
  return wasPaid(transaction.state) || transaction.state.status === 'expire'
    ? { payment_option_type: 'GOPAY_WALLET' }
    : {};
};

/** BNI tells what came in and when; the other banks send an empty list (§3.1). */
const amountsPaid = ({ method, state, grossAmount }: Transaction): Fields =>
  state.status === 'settlement'
    ? { payment_amounts: method === 'bni_va' ? [{ paid_at: wib(state.settledAt), amount: rupiah(grossAmount) }] : [] }
    : {};

const methodFields = (transaction: Transaction): Fields => {
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

const timeFields = ({ state, method, expiresAt }: Transaction): Fields => {
  const settled = 'settledAt' in state && (method !== 'card' || state.status === 'settlement');
  const waits =
    state.status === 'pending' || state.status === 'expire' || (state.status === 'settlement' && method === 'gopay');
  return {
    ...(settled && { settlement_time: wib(state.settledAt) }),
    ...(waits && method !== 'card' && { expiry_time: wib(expiresAt) }),
  };
};

/** `refund_method` is filled with the bank's word, at the latest a day after (§7.4). */
const refundRow = (refund: Refund, now: Instant): Fields => ({
  refund_chargeback_id: JSON.rawJSON(refund.chargebackId),
  ...(refund.chargebackUuid !== undefined && { refund_chargeback_uuid: refund.chargebackUuid }),
  refund_amount: rupiah(refund.amount),
  created_at: wib(refund.at),
  reason: refund.reason,
  refund_key: refund.key,
  ...((refund.bankConfirmedAt !== undefined || now - refund.at >= DAY) && { refund_method: 'online' }),
  ...(refund.bankConfirmedAt !== undefined && { bank_confirmed_at: wib(refund.bankConfirmedAt) }),
});

/** How much of the payment was charged back; the documentation has no sample of it. */
const chargebackFields = ({ state }: Transaction): Fields =>
  state.status === 'partial_chargeback' ? { refund_amount: rupiah(state.amount) } : {};

const refundFields = ({ state }: Transaction, now: Instant): Fields =>
  refundsOf(state).length > 0
    ? {
        refund_amount: rupiah(refundedAmount(state)),
        refunds: refundsOf(state).map((refund) => refundRow(refund, now)),
      }
    : {};

/** All that can be said of a transaction, without status code, message and signature. */
export const fieldsOf = (transaction: Transaction, now: Instant): Fields => ({
  ...commonFields(transaction),
  ...methodFields(transaction),
  ...timeFields(transaction),
  ...refundFields(transaction, now),
  ...chargebackFields(transaction),
  ...transaction.echo,
});

const challenged = (state: State): boolean => state.status === 'capture' && state.fraud === 'challenge';

/** `status_code` of a notification: about the payment, 202 for everything that ended without money. */
export const notifiedCode = (state: State): '200' | '201' | '202' => {
  if (state.status === 'pending' || challenged(state)) return '201';
  return ['deny', 'cancel', 'expire', 'failure'].includes(state.status) ? '202' : '200';
};

/** `status_code` of GET status: 407 for expired and 200 for cancelled, unlike the notification. */
export const statusCode = (state: State): '200' | '201' | '202' | '407' => {
  if (state.status === 'expire') return '407';
  return state.status === 'cancel' ? '200' : notifiedCode(state);
};

/** The fields with the signature that fits them. */
export const signed = (fields: Fields, serverKey: string): Fields => ({
  ...fields,
  signature_key: signatureOf(
    {
      orderId: String(fields.order_id),
      statusCode: String(fields.status_code),
      grossAmount: String(fields.gross_amount),
    },
    serverKey,
  ),
});

export const notificationOf = (transaction: Transaction, now: Instant, serverKey: string): Fields => ({
  ...signed({ ...fieldsOf(transaction, now), status_code: notifiedCode(transaction.state) }, serverKey),
  status_message: 'midtrans payment notification',
});

export const statusAnswerOf = (transaction: Transaction, now: Instant, serverKey: string): Fields => ({
  ...signed({ ...fieldsOf(transaction, now), status_code: statusCode(transaction.state) }, serverKey),
  status_message: 'Success, transaction is found',
});
