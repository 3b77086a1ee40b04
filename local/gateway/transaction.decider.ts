/** What may happen to a transaction: the gateway's transition table, and refunds (midtrans.md §5.2, §7). */
import { methods, offUsRefundable } from './methods.ts';
import type { ChannelResponse, Instant, Payer, Refund, Rupiah, State, Transaction } from './transaction.ts';

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
  /** `amount`: in total. */
  | { readonly type: 'charge_back'; readonly amount?: Rupiah }
  | { readonly type: 'win_dispute' };

export type Refusal = { readonly outcome: 'refused'; readonly code: '406' | '412' | '414'; readonly message?: string };
export type Verdict = { readonly outcome: 'happened'; readonly transaction: Transaction } | Refusal;

/** Challenged captures are a separate stage: other things can happen to them. */
export type Stage = State['status'] | 'challenge';

export const stageOf = (state: State): Stage =>
  state.status === 'capture' && state.fraud === 'challenge' ? 'challenge' : state.status;

export const successors: Readonly<Record<Stage, readonly Stage[]>> = {
  pending: ['settlement', 'capture', 'challenge', 'authorize', 'deny', 'cancel', 'expire', 'failure'],
  authorize: ['capture', 'cancel', 'deny', 'expire'],
  challenge: ['capture', 'deny', 'cancel'],
  capture: ['settlement', 'cancel'],
  settlement: ['refund', 'partial_refund', 'chargeback', 'partial_chargeback', 'deny'],
  partial_refund: ['partial_refund', 'refund'],
  partial_chargeback: ['partial_chargeback', 'chargeback', 'settlement'],
  deny: [],
  cancel: [],
  expire: [],
  failure: [],
  refund: [],
  chargeback: ['settlement'],
};

/** Both documented texts of 412 occur: callers must go by the code (§2.3). */
const wrongState = ({ state }: Transaction): Refusal => ({
  outcome: 'refused',
  code: '412',
  message:
    successors[stageOf(state)].length === 0
      ? 'Transaction status cannot be updated.'
      : 'Merchant cannot modify the status of the transaction',
});

/** Into the next state, when the table allows it. */
const move = (transaction: Transaction, state: State): Verdict =>
  successors[stageOf(transaction.state)].includes(stageOf(state))
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

const deny = ({ fraud, response }: Extract<Command, { type: 'deny' }>, transaction: Transaction): Verdict => {
  if (transaction.state.status === 'settlement') return wrongState(transaction);
  return move(transaction, { status: 'deny', fraud, ...(response && { response }) });
};

/** The merchant's answer to a challenge. */
const review = (transaction: Transaction, state: State): Verdict =>
  stageOf(transaction.state) === 'challenge' ? move(transaction, state) : wrongState(transaction);

const cancel = (transaction: Transaction): Verdict => {
  const { status } = transaction.state;
  if (status !== 'pending' && status !== 'authorize' && status !== 'capture') return wrongState(transaction);
  return move(transaction, { status: 'cancel', from: status });
};

const reverse = (transaction: Transaction): Verdict => {
  if (transaction.state.status !== 'settlement' || !methods[transaction.method].reversible)
    return wrongState(transaction);
  return move(transaction, { status: 'deny', fraud: 'accept' });
};

const chargeBack = ({ amount }: Extract<Command, { type: 'charge_back' }>, transaction: Transaction): Verdict => {
  const { state, grossAmount, method } = transaction;
  if (method !== 'card' || (state.status !== 'settlement' && state.status !== 'partial_chargeback'))
    return wrongState(transaction);
  const whole = amount === undefined || amount >= grossAmount;
  if ('amount' in state && !whole && amount <= state.amount) return wrongState(transaction);
  return move(transaction, {
    status: whole ? 'chargeback' : 'partial_chargeback',
    settledAt: state.settledAt,
    amount: whole ? grossAmount : amount,
  });
};

/** The issuer gives back what it took. */
const winDispute = (transaction: Transaction): Verdict => {
  const { state } = transaction;
  if (state.status !== 'chargeback' && state.status !== 'partial_chargeback') return wrongState(transaction);
  return move(transaction, { status: 'settlement', settledAt: state.settledAt });
};

export const decide = (command: Command, transaction: Transaction): Verdict => {
  switch (command.type) {
    case 'settle':
      return settle(command, transaction);
    case 'capture':
      return capture(command, transaction);
    case 'authorize':
      return transaction.method === 'card' ? move(transaction, { status: 'authorize' }) : wrongState(transaction);
    case 'deny':
      return deny(command, transaction);
    case 'approve':
      return review(transaction, { status: 'capture', fraud: 'accept', at: command.at });
    case 'reject':
      return review(transaction, { status: 'deny', fraud: 'deny' });
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
    case 'win_dispute':
      return winDispute(transaction);
  }
};

export const refundsOf = (state: State): readonly Refund[] => ('refunds' in state ? state.refunds : []);

export const refundedAmount = (state: State): Rupiah => refundsOf(state).reduce((sum, { amount }) => sum + amount, 0);

const refundableFor = ({ method, payer }: Transaction): number =>
  payer?.offUs ? offUsRefundable : (methods[method].refundable ?? Number.NEGATIVE_INFINITY);

/** What a refund without an amount gives back: all that is left. */
export const refundable = (transaction: Transaction): Rupiah =>
  transaction.grossAmount - refundedAmount(transaction.state);

/**
 * Adds a refund. `balance` is what the merchant has at the gateway, in whole rupiah.
 * 412: wrong state, method without refunds, or too late; 414: not that amount, or not enough balance.
 */
export const decideRefund = (refund: Refund, transaction: Transaction, balance: Rupiah): Verdict => {
  const { state, grossAmount } = transaction;
  if (state.status !== 'settlement' && state.status !== 'partial_refund') return wrongState(transaction);
  const { settledAt } = state;
  if (refund.at > settledAt + refundableFor(transaction)) return wrongState(transaction);
  const total = refundedAmount(state) + refund.amount;
  if (refund.amount < 1 || total > grossAmount) return { outcome: 'refused', code: '414' };
  if (refund.amount > balance)
    return { outcome: 'refused', code: '414', message: 'Refund rejected due to insufficient balance.' };
  const refunds = [...refundsOf(state), refund];
  return move(transaction, { status: total === grossAmount ? 'refund' : 'partial_refund', settledAt, refunds });
};

/** The bank's confirmation: the same state, now with a time. Undefined when there is nothing to confirm. */
export const confirmRefund = (key: string, at: Instant, transaction: Transaction): Transaction | undefined => {
  const { state } = transaction;
  if (!('refunds' in state)) return undefined;
  if (!state.refunds.some((refund) => refund.key === key && refund.bankConfirmedAt === undefined)) return undefined;
  const refunds = state.refunds.map((refund) => (refund.key === key ? { ...refund, bankConfirmedAt: at } : refund));
  return { ...transaction, state: { ...state, refunds } };
};
