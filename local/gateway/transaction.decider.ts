// What may happen to a transaction: the gateway's side of the transition table (midtrans.md §5.2, §7).
import { METHODS } from './methods.ts';
import type { ChannelResponse, Instant, Payer, Rupiah, State, Transaction } from './transaction.ts';

export type Command =
  | { readonly type: 'settle'; readonly at: Instant; readonly payer?: Payer }
  | { readonly type: 'capture'; readonly at: Instant; readonly fraud: 'accept' | 'challenge'; readonly amount?: Rupiah }
  | { readonly type: 'authorize' }
  | { readonly type: 'deny'; readonly fraud: 'accept' | 'deny'; readonly response?: ChannelResponse }
  | { readonly type: 'approve'; readonly at: Instant }
  | { readonly type: 'reject' }
  | { readonly type: 'cancel' }
  | { readonly type: 'expire' }
  | { readonly type: 'fail' }
  | { readonly type: 'reverse' }
  | { readonly type: 'charge_back'; readonly amount?: Rupiah };

export type Refusal = { readonly outcome: 'refused'; readonly code: '406' | '412' | '414'; readonly message?: string };
export type Verdict = { readonly outcome: 'happened'; readonly transaction: Transaction } | Refusal;

/** Challenged captures have a stage of their own: other things can happen to them. */
export type Stage = State['status'] | 'challenge';

export const stageOf = (state: State): Stage =>
  state.status === 'capture' && state.fraud === 'challenge' ? 'challenge' : state.status;

const FINAL: readonly Stage[] = [];

export const SUCCESSORS: Readonly<Record<Stage, readonly Stage[]>> = {
  pending: ['settlement', 'capture', 'challenge', 'authorize', 'deny', 'cancel', 'expire', 'failure'],
  authorize: ['capture', 'cancel', 'deny', 'expire'],
  challenge: ['capture', 'deny', 'cancel'],
  capture: ['settlement', 'cancel'],
  settlement: ['refund', 'partial_refund', 'chargeback', 'partial_chargeback', 'deny'],
  partial_refund: ['partial_refund', 'refund'],
  partial_chargeback: ['chargeback'],
  deny: FINAL,
  cancel: FINAL,
  expire: FINAL,
  failure: FINAL,
  refund: FINAL,
  chargeback: FINAL,
};

export const isFinal = (state: State): boolean => SUCCESSORS[stageOf(state)].length === 0;

/** Both documented texts of 412 occur: callers have to go by the code (§2.3). */
export const wrongState = ({ state }: Transaction): Refusal => ({
  outcome: 'refused',
  code: '412',
  message: isFinal(state)
    ? 'Transaction status cannot be updated.'
    : 'Merchant cannot modify the status of the transaction',
});

/** Into the next state, when the table allows it. */
export const move = (transaction: Transaction, state: State): Verdict =>
  SUCCESSORS[stageOf(transaction.state)].includes(stageOf(state))
    ? { outcome: 'happened', transaction: { ...transaction, state } }
    : wrongState(transaction);

const settle = ({ at, payer }: Extract<Command, { type: 'settle' }>, transaction: Transaction): Verdict => {
  if (transaction.state.status !== (transaction.method === 'card' ? 'capture' : 'pending'))
    return wrongState(transaction);
  return move(payer ? { ...transaction, payer } : transaction, { status: 'settlement', settledAt: at });
};

const capture = ({ at, fraud, amount }: Extract<Command, { type: 'capture' }>, transaction: Transaction): Verdict => {
  if (transaction.method !== 'card' || transaction.state.status === 'capture') return wrongState(transaction);
  return move({ ...transaction, grossAmount: amount ?? transaction.grossAmount }, { status: 'capture', fraud, at });
};

const authorize = (transaction: Transaction): Verdict =>
  transaction.method === 'card' ? move(transaction, { status: 'authorize' }) : wrongState(transaction);

const deny = ({ fraud, response }: Extract<Command, { type: 'deny' }>, transaction: Transaction): Verdict => {
  if (transaction.state.status === 'settlement') return wrongState(transaction);
  return move(transaction, { status: 'deny', fraud, ...(response && { response }) });
};

const approve = ({ at }: Extract<Command, { type: 'approve' }>, transaction: Transaction): Verdict =>
  stageOf(transaction.state) === 'challenge'
    ? move(transaction, { status: 'capture', fraud: 'accept', at })
    : wrongState(transaction);

const reject = (transaction: Transaction): Verdict =>
  stageOf(transaction.state) === 'challenge'
    ? move(transaction, { status: 'deny', fraud: 'deny' })
    : wrongState(transaction);

const cancel = (transaction: Transaction): Verdict => {
  const { status } = transaction.state;
  if (status !== 'pending' && status !== 'authorize' && status !== 'capture') return wrongState(transaction);
  return move(transaction, { status: 'cancel', from: status });
};

const reverse = (transaction: Transaction): Verdict => {
  if (transaction.state.status !== 'settlement' || !METHODS[transaction.method].reversible)
    return wrongState(transaction);
  return move(transaction, { status: 'deny', fraud: 'accept' });
};

const chargeBack = ({ amount }: Extract<Command, { type: 'charge_back' }>, transaction: Transaction): Verdict => {
  const { state, grossAmount, method } = transaction;
  if (method !== 'card' || (state.status !== 'settlement' && state.status !== 'partial_chargeback'))
    return wrongState(transaction);
  const whole = amount === undefined || amount >= grossAmount;
  return move(transaction, {
    status: whole ? 'chargeback' : 'partial_chargeback',
    settledAt: state.settledAt,
    amount: whole ? grossAmount : amount,
  });
};

export const decide = (command: Command, transaction: Transaction): Verdict => {
  switch (command.type) {
    case 'settle':
      return settle(command, transaction);
    case 'capture':
      return capture(command, transaction);
    case 'authorize':
      return authorize(transaction);
    case 'deny':
      return deny(command, transaction);
    case 'approve':
      return approve(command, transaction);
    case 'reject':
      return reject(transaction);
    case 'cancel':
      return cancel(transaction);
    case 'expire':
      return move(transaction, { status: 'expire' });
    case 'fail':
      return move(transaction, { status: 'failure' });
    case 'reverse':
      return reverse(transaction);
    case 'charge_back':
      return chargeBack(command, transaction);
  }
};
