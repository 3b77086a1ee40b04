// Status, cancel, expire, capture, approve and deny (midtrans.md §7): each gives the body to answer, and what to tell the merchant.
import { invalid, type Trouble } from './answer.ts';
import { isRecord } from './json.ts';
import type { Office } from './merchant.ts';
import { commonFields, type Fields, statusAnswerOf } from './reading.ts';
import type { Command, Verdict } from './transaction.decider.ts';
import type { Transaction } from './transaction.ts';

export type Done = {
  readonly body: Fields;
  /** The transaction whose new state has to be notified. */
  readonly tell?: Transaction;
};

export const found = (id: string, { book }: Office): Transaction | Trouble =>
  book.ledger.find(id) ?? { code: '404', message: 'The requested resource is not found' };

export const status = (id: string, { book, clock, merchant }: Office): Done | Trouble => {
  const transaction = book.ledger.find(id);
  return transaction ? { body: statusAnswerOf(transaction, clock.now(), merchant.serverKey) } : { code: '404' };
};

type Words = { readonly code: '200' | '407'; readonly message: string };

const answered = (verdict: Verdict, { code, message }: Words): Done | Trouble => {
  if (verdict.outcome === 'refused') return verdict;
  const { transaction } = verdict;
  return { body: { status_code: code, status_message: message, ...commonFields(transaction) }, tell: transaction };
};

const change = (id: string, command: Command, words: Words, office: Office): Done | Trouble => {
  const transaction = found(id, office);
  return 'code' in transaction ? transaction : answered(office.book.run(command, transaction), words);
};

export const cancel = (id: string, office: Office): Done | Trouble =>
  change(id, { type: 'cancel' }, { code: '200', message: 'Success, transaction is canceled' }, office);

/** Answers 407 when it went well. Pending transactions only. */
export const expire = (id: string, office: Office): Done | Trouble => {
  const transaction = found(id, office);
  if ('code' in transaction) return transaction;
  if (transaction.state.status !== 'pending') return { code: '412' };
  return answered(office.book.run({ type: 'expire' }, transaction), {
    code: '407',
    message: 'Success, transaction has expired',
  });
};

export const approve = (id: string, office: Office): Done | Trouble =>
  change(
    id,
    { type: 'approve', at: office.clock.now() },
    { code: '200', message: 'Success, transaction is approved' },
    office,
  );

export const deny = (id: string, office: Office): Done | Trouble =>
  change(id, { type: 'reject' }, { code: '200', message: 'Success, transaction is denied' }, office);

/** POST /v2/capture of a pre-authorized card: all of it or less. */
export const capture = (request: unknown, office: Office): Done | Trouble => {
  if (!isRecord(request) || typeof request.transaction_id !== 'string') return invalid('transaction_id is required');
  const transaction = found(request.transaction_id, office);
  if ('code' in transaction) return transaction;
  const amount = request.gross_amount ?? transaction.grossAmount;
  if (typeof amount !== 'number') return { code: '408' };
  if (!Number.isInteger(amount) || amount < 1 || amount > transaction.grossAmount)
    return invalid('gross_amount must not be more than the authorized amount');
  if (transaction.state.status !== 'authorize') return { code: '412' };
  const command: Command = { type: 'capture', fraud: 'accept', at: office.clock.now(), amount };
  return answered(office.book.run(command, transaction), {
    code: '200',
    message: 'Success, Credit Card capture transaction is successful',
  });
};
