/** All transactions: decides changes, keeps them, and plans expiry, settlement of cards and confirmed refunds. */
import type { DeliveriesOptions } from './deliveries.ts';
import { Refused } from './errors.ts';
import { numbersInUse, occupiedNumber } from './instructions.ts';
import type { Journal } from './journal.ts';
import { authorizationLifetime, methods } from './methods.ts';
import type { Notifier } from './notifier.ts';
import { type Command, confirmRefund, decide, stageOf } from './transaction.decider.ts';
import type { Transaction } from './transaction.ts';
import { minute, nextSettlement, second } from './wib.ts';

type StoreOptions = Pick<DeliveriesOptions, 'clock' | 'chances' | 'write'> & { readonly notifier: Notifier };
export type Store = ReturnType<typeof createStore>;

const alreadyPaid = 'order_id has been paid and utilized, please use another order_id';

const createLedger = (write: Journal['write']) => {
  const byId = new Map<string, Transaction>();
  const byOrder = new Map<string, readonly string[]>();
  const numbers = numbersInUse();
  const idsOf = (orderId: string): readonly string[] => byOrder.get(orderId) ?? [];
  const latest = (orderId: string): Transaction | undefined => byId.get(idsOf(orderId).at(-1) ?? '');
  return {
    numbers,
    all: (): readonly Transaction[] => [...byId.values()],
    /** By transaction id, or the latest of an order id. */
    find: (id: string): Transaction | undefined => byId.get(id) ?? latest(id),
    /** How many transactions there have been under an order id. */
    attempts: (orderId: string): number => idsOf(orderId).length,
    /** @throws Refused (406) for an order id in use or paid; one cancelled while pending, or expired, is free (§2.3) */
    requireFree: (orderId: string): void => {
      const state = latest(orderId)?.state;
      if (!state || state.status === 'expire' || (state.status === 'cancel' && state.from === 'pending')) return;
      throw new Refused('406', state.status === 'pending' || state.status === 'authorize' ? undefined : alreadyPaid);
    },
    put: (transaction: Transaction): void => {
      const { transactionId, orderId, method, instructions, state } = transaction;
      const before = byId.get(transactionId);
      if (!before) byOrder.set(orderId, [...idsOf(orderId), transactionId]);
      byId.set(transactionId, transaction);
      write({ transaction });
      const number = occupiedNumber(instructions);
      if (number === undefined) return;
      if (state.status === 'pending') numbers.occupy(method, number);
      else if (before?.state.status === 'pending') numbers.release(method, number);
    },
  };
};

export const createStore = ({ clock, chances, notifier, write }: StoreOptions) => {
  const { put, ...ledger } = createLedger(write);

  /** Runs the command `ms` later and notifies the merchant, if the transaction is still at the same stage. */
  const later = (ms: number, command: () => Command, { transactionId, state }: Transaction): void => {
    clock.after(ms, async () => {
      const transaction = ledger.find(transactionId);
      if (!transaction || stageOf(transaction.state) !== stageOf(state)) return;
      const verdict = decide(command(), transaction);
      if (verdict.outcome === 'refused') return;
      keep(verdict.transaction);
      await notifier.notify(verdict.transaction);
    });
  };

  /** Keeps a transaction and plans what time does to it. Expiry is a batch job: up to a minute late. */
  const keep = (transaction: Transaction): void => {
    put(transaction);
    const { state, createdAt, expiresAt, transactionId } = transaction;
    const now = clock.now();
    const batch = chances(`expiry/${transactionId}`).integer(1, minute / second - 1) * second;
    if (state.status === 'pending') later(expiresAt - now + batch, () => ({ type: 'expire' }), transaction);
    if (state.status === 'authorize')
      later(createdAt + authorizationLifetime - now, () => ({ type: 'expire' }), transaction);
    if (state.status === 'capture')
      later(nextSettlement(state.at) - now, () => atSettlementTime(transaction), transaction);
  };

  /** A captured card settles; a challenge that was not reviewed is cancelled. */
  const atSettlementTime = ({ state }: Transaction): Command =>
    state.status === 'capture' && state.fraud === 'accept' ? { type: 'settle', at: clock.now() } : { type: 'cancel' };

  /** The bank's confirmation now; undefined when it was confirmed before. */
  const confirm = (transactionId: string, key: string): Transaction | undefined => {
    const transaction = ledger.find(transactionId);
    const confirmed = transaction && confirmRefund(key, clock.now(), transaction);
    if (confirmed) put(confirmed);
    return confirmed;
  };

  /** Has the bank confirm a refund some time later. */
  const planConfirmation = ({ transactionId, method }: Transaction, key: string): void => {
    clock.after(methods[method].refundConfirmed ?? 0, async () => {
      const confirmed = confirm(transactionId, key);
      if (confirmed) await notifier.notify(confirmed);
    });
  };

  return {
    ...ledger,
    keep,
    /**
     * Keeps what the command changes; the caller notifies the merchant.
     * @throws Refused
     */
    run: (command: Command, transaction: Transaction): Transaction => {
      const verdict = decide(command, transaction);
      if (verdict.outcome === 'refused') throw new Refused(verdict.code, verdict.message);
      keep(verdict.transaction);
      return verdict.transaction;
    },
    atSettlementTime,
    /** Keeps a refund that was decided, and plans its confirmation by the bank. */
    refund: (transaction: Transaction, key: string): void => {
      put(transaction);
      planConfirmation(transaction, key);
    },
    planConfirmation,
    confirm,
    later,
  };
};
