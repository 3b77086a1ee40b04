/** The answer to a charge: the common fields and the instruction fields of each method (midtrans.md §2.2). */
import type { Json } from '../json.ts';
import { commonFields, methodFields, notifiedCode } from './fields.ts';
import { methods } from './methods.ts';
import type { CardFacts, Transaction } from './transaction.ts';
import { wib } from './wib.ts';

const action = (name: string, method: string, url: string): Json => ({ name, method, url });

const qrActions = (type: 'qris' | 'gopay', transactionId: string, url: string): readonly Json[] => [
  action('generate-qr-code', 'GET', `${url}/v2/${type}/${transactionId}/qr-code`),
  action('generate-qr-code-v2', 'GET', `${url}/v4/${type}/${transactionId}/qr-code`),
];

const gopayActions = (transactionId: string, url: string): readonly Json[] => [
  ...qrActions('gopay', transactionId, url),
  action('deeplink-redirect', 'GET', `${url}/pay/${transactionId}`),
  action('get-status', 'GET', `${url}/v2/${transactionId}/status`),
  action('cancel', 'POST', `${url}/v2/${transactionId}/cancel`),
];

/** A declined card is answered without its security. */
const cardAnswer = ({ threeDs }: CardFacts, transaction: Transaction, url: string): Json => {
  const { transactionId, state } = transaction;
  const { eci, three_ds_version: _, ...fields } = methodFields(transaction);
  if (state.status === 'pending') return { ...fields, ...(threeDs && { redirect_url: `${url}/pay/${transactionId}` }) };
  return state.status === 'deny' ? fields : { ...fields, eci };
};

const instructionFields = (transaction: Transaction, url: string): Json => {
  const { instructions, transactionId } = transaction;
  if (instructions.kind === 'card') return cardAnswer(instructions.card, transaction, url);
  if (instructions.kind === 'gopay') return { actions: gopayActions(transactionId, url) };
  const fields = methodFields(transaction);
  if (instructions.kind !== 'qris') return fields;
  return { ...fields, qr_string: instructions.qrString, actions: qrActions('qris', transactionId, url) };
};

const messageOf = ({ method, state }: Transaction): string => {
  if (state.status === 'capture' && state.fraud === 'challenge')
    return 'Success, Credit Card transaction is challenged';
  if (state.status !== 'deny') return methods[method].created;
  const { fraud, response } = state;
  return fraud === 'deny'
    ? 'Denied by Fraud Detection System'
    : `Deny by Bank with code [${response?.code}] and message [${response?.message}]`;
};

/** 201 pending or challenged, 200 captured or authorized, 202 denied. */
export const chargeAnswerOf = (transaction: Transaction, url: string): Json => ({
  status_code: notifiedCode(transaction.state),
  status_message: messageOf(transaction),
  ...commonFields(transaction),
  ...instructionFields(transaction, url),
  ...(transaction.method !== 'card' &&
    transaction.state.status === 'pending' && { expiry_time: wib(transaction.expiresAt) }),
});
