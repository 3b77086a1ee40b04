/** What banks and customers do at the gateway without us: money that comes, goes back, and comes again. */
import type { createControl } from '../../local/gateway/control.ts';
import type { Notifier } from '../../local/gateway/notifier.ts';
import type { Store } from '../../local/gateway/store.ts';
import type { State, Transaction } from '../../local/gateway/transaction.ts';

export type BankParts = {
  readonly store: Store;
  readonly notifier: Notifier;
  readonly control: ReturnType<typeof createControl>;
  /** A new transaction id. */
  readonly newId: () => string;
  readonly now: () => number;
};

const receivedStates = ['settlement', 'capture', 'partial_chargeback', 'chargeback', 'partial_refund'];

/** Each is refused with an error when the gateway's rules do not allow it in the present state. */
export const bank = ({ store, notifier, control, newId, now }: BankParts) => {
  const enter = (transaction: Transaction, state: State): Transaction => {
    const changed = { ...transaction, state };
    store.keep(changed);
    void notifier.notify(changed);
    return changed;
  };
  const settledAt = ({ state }: Transaction): number => ('settledAt' in state ? state.settledAt : now());
  const allow = (transaction: Transaction, states: readonly string[]): void => {
    if (!states.includes(transaction.state.status))
      throw new Error(`not possible for a transaction that is ${transaction.state.status}`);
  };
  return {
    pay: control.pay,
    settle: control.settle,
    expire: control.expire,
    /** The bank takes a settlement back (Permata and Mandiri only). */
    reverse: control.reverse,
    cardToken: (): string => control.cardToken('accept'),
    /** The card issuer takes money back; `total` is what is gone with all of its chargebacks. */
    chargeBack: (id: string, total?: number): Transaction => {
      const transaction = control.transaction(id);
      allow(transaction, ['settlement', 'partial_chargeback']);
      const { grossAmount, state } = transaction;
      const before = state.status === 'partial_chargeback' ? state.amount : 0;
      const amount = Math.min(grossAmount, Math.max(before + 1, total ?? grossAmount));
      const status = amount === grossAmount ? 'chargeback' : 'partial_chargeback';
      return enter(transaction, { status, settledAt: settledAt(transaction), amount });
    },
    /** The dispute is won: the money comes back. */
    winDispute: (id: string): Transaction => {
      const transaction = control.transaction(id);
      allow(transaction, ['chargeback', 'partial_chargeback']);
      return enter(transaction, { status: 'settlement', settledAt: settledAt(transaction) });
    },
    /** The customer pays the same order id once more, under another transaction. */
    payAgain: (id: string, status: 'settlement' | 'refund' = 'settlement'): Transaction => {
      const first = control.transaction(id);
      allow(first, [...receivedStates, 'expire', 'cancel', 'deny']);
      const at = now();
      const refund = { key: `gateway-${at}`, amount: first.grossAmount, reason: 'paid twice', at, chargebackId: '1' };
      const state: State =
        status === 'refund' ? { status, settledAt: at, refunds: [refund] } : { status, settledAt: at };
      return enter({ ...first, transactionId: newId(), createdAt: at }, state);
    },
    /** Money goes back from the gateway's dashboard. */
    refundOnDashboard: (id: string, amount: number): Transaction => {
      const transaction = control.transaction(id);
      allow(transaction, ['settlement', 'partial_refund']);
      const { state, grossAmount } = transaction;
      const before = 'refunds' in state ? state.refunds : [];
      const at = now();
      const left = grossAmount - before.reduce((sum, one) => sum + one.amount, 0);
      const part = Math.min(amount, left);
      const refund = { key: `dashboard-${at}`, amount: part, reason: 'dashboard', at, chargebackId: `${at}` };
      const status = part === left ? 'refund' : 'partial_refund';
      return enter(transaction, { status, settledAt: settledAt(transaction), refunds: [...before, refund] });
    },
  };
};
export type Bank = ReturnType<typeof bank>;
