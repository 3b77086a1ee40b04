// Refunds: who may have one, how much is left, and the bank's confirmation (midtrans.md §7.4).
import { METHODS, OFF_US_REFUNDABLE } from './methods.ts';
import { move, type Verdict, wrongState } from './transaction.decider.ts';
import type { Instant, Refund, Rupiah, State, Transaction } from './transaction.ts';

export const refundsOf = (state: State): readonly Refund[] => ('refunds' in state ? state.refunds : []);

export const refundedAmount = (state: State): Rupiah => refundsOf(state).reduce((sum, { amount }) => sum + amount, 0);

const refundableFor = ({ method, payer }: Transaction): number =>
  payer?.offUs ? OFF_US_REFUNDABLE : (METHODS[method].refundable ?? Number.NEGATIVE_INFINITY);

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
  if (refund.at > state.settledAt + refundableFor(transaction)) return wrongState(transaction);
  const total = refundedAmount(state) + refund.amount;
  if (refund.amount < 1 || total > grossAmount)
    return { outcome: 'refused', code: '414', message: 'Refund rejected due to invalid amount.' };
  if (refund.amount > balance)
    return { outcome: 'refused', code: '414', message: 'Refund rejected due to insufficient balance.' };
  const refunds = [...refundsOf(state), refund];
  return move(transaction, {
    status: total === grossAmount ? 'refund' : 'partial_refund',
    settledAt: state.settledAt,
    refunds,
  });
};

/** The bank's confirmation: the same state once more, now with a time. Undefined when there is nothing to confirm. */
export const confirmRefund = (key: string, at: Instant, transaction: Transaction): Transaction | undefined => {
  const { state } = transaction;
  if (!('refunds' in state)) return undefined;
  if (!state.refunds.some((refund) => refund.key === key && refund.bankConfirmedAt === undefined)) return undefined;
  const refunds = state.refunds.map((refund) => (refund.key === key ? { ...refund, bankConfirmedAt: at } : refund));
  return { ...transaction, state: { ...state, refunds } };
};
