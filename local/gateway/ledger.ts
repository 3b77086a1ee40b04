// All transactions of the merchant, found by transaction id or by order id (the latest under it).
import type { Trouble } from './answer.ts';
import { type Numbers, numbersInUse, occupiedNumber } from './instructions.ts';
import type { Journal } from './journal.ts';
import type { Transaction } from './transaction.ts';

export type Ledger = {
  readonly all: () => readonly Transaction[];
  readonly find: (id: string) => Transaction | undefined;
  /** How many transactions there have been under an order id. */
  readonly attempts: (orderId: string) => number;
  readonly put: (transaction: Transaction) => void;
  /** 406 when the order id is active or paid; it is free again after a pending transaction was cancelled or expired (§2.3). */
  readonly taken: (orderId: string) => Trouble | undefined;
  readonly numbers: Numbers;
};

const PAID = 'order_id has been paid and utilized, please use another order_id';

export const createLedger = (write: Journal['write']): Ledger => {
  const byId = new Map<string, Transaction>();
  const byOrder = new Map<string, string[]>();
  const numbers = numbersInUse();
  const idsOf = (orderId: string): readonly string[] => byOrder.get(orderId) ?? [];
  const find = (id: string): Transaction | undefined => byId.get(id) ?? byId.get(idsOf(id).at(-1) ?? '');
  return {
    all: () => [...byId.values()],
    find,
    attempts: (orderId) => idsOf(orderId).length,
    put: (transaction) => {
      const { transactionId, orderId, method, instructions, state } = transaction;
      const before = byId.get(transactionId);
      if (!before) byOrder.set(orderId, [...idsOf(orderId), transactionId]);
      byId.set(transactionId, transaction);
      if (before !== transaction) write({ transaction });
      const number = occupiedNumber(instructions);
      if (number === undefined) return;
      if (state.status === 'pending') numbers.occupy(method, number);
      else if (before?.state.status === 'pending') numbers.release(method, number);
    },
    taken: (orderId) => {
      const state = byId.get(idsOf(orderId).at(-1) ?? '')?.state;
      if (!state || state.status === 'expire') return undefined;
      if (state.status === 'cancel' && state.from === 'pending') return undefined;
      return { code: '406', ...(state.status !== 'pending' && state.status !== 'authorize' && { message: PAID }) };
    },
    numbers,
  };
};
