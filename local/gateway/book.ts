// Changes transactions: decides, keeps, and plans what time will do to them (expiry, settlement of cards, the bank's word on refunds).
import type { Chances } from './chance.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { AUTHORIZATION_LIFETIME, METHODS } from './methods.ts';
import type { Notifier } from './notifier.ts';
import { confirmRefund } from './refund.decider.ts';
import { type Command, decide, stageOf, type Verdict } from './transaction.decider.ts';
import type { Transaction } from './transaction.ts';
import { MINUTE, nextSettlement, SECOND } from './wib.ts';

export type BookOptions = {
  readonly clock: Clock;
  readonly chances: Chances;
  readonly notifier: Notifier;
  readonly write: Journal['write'];
};

export type Book = {
  readonly ledger: Ledger;
  /** Keeps a transaction and plans what time will do to it. */
  readonly keep: (transaction: Transaction) => void;
  /** Decides a command and keeps what happened; telling the merchant is left to the caller. */
  readonly run: (command: Command, transaction: Transaction) => Verdict;
  /** Keeps a refund that was decided, and plans its confirmation by the bank. */
  readonly refund: (transaction: Transaction, key: string) => void;
  /** Has the bank confirm a refund some time later. */
  readonly planConfirmation: (transaction: Transaction, key: string) => void;
  /** The bank's confirmation now; undefined when it was confirmed before. */
  readonly confirm: (transactionId: string, key: string) => Transaction | undefined;
  /** Runs the command `ms` later and tells the merchant, if the transaction is still where it was. */
  readonly later: (ms: number, command: () => Command, transaction: Transaction) => void;
};

export const createBook = ({ clock, chances, notifier, write }: BookOptions): Book => {
  const ledger = createLedger(write);

  const later = (ms: number, command: () => Command, { transactionId, state }: Transaction): void => {
    clock.after(ms, async () => {
      const transaction = ledger.find(transactionId);
      if (!transaction || stageOf(transaction.state) !== stageOf(state)) return;
      const verdict = run(command(), transaction);
      if (verdict.outcome === 'happened') await notifier.tell(verdict.transaction);
    });
  };

  /** Expiry is a batch job: up to a minute late. Untouched reviews are cancelled when the cards settle. */
  const plan = (transaction: Transaction): void => {
    const { state, createdAt, expiresAt, transactionId } = transaction;
    const now = clock.now();
    const batch = chances(`expiry/${transactionId}`).integer(1, MINUTE / SECOND - 1) * SECOND;
    if (state.status === 'pending') later(expiresAt - now + batch, () => ({ type: 'expire' }), transaction);
    if (state.status === 'authorize')
      later(createdAt + AUTHORIZATION_LIFETIME - now, () => ({ type: 'expire' }), transaction);
    if (state.status !== 'capture') return;
    const settle = (): Command => ({ type: 'settle', at: clock.now() });
    const untouched = (): Command => ({ type: 'cancel' });
    later(nextSettlement(state.at) - now, state.fraud === 'accept' ? settle : untouched, transaction);
  };

  const keep = (transaction: Transaction): void => {
    ledger.put(transaction);
    plan(transaction);
  };

  const run = (command: Command, transaction: Transaction): Verdict => {
    const verdict = decide(command, transaction);
    if (verdict.outcome === 'happened') keep(verdict.transaction);
    return verdict;
  };

  const confirm = (transactionId: string, key: string): Transaction | undefined => {
    const transaction = ledger.find(transactionId);
    const confirmed = transaction && confirmRefund(key, clock.now(), transaction);
    if (confirmed) ledger.put(confirmed);
    return confirmed;
  };

  const planConfirmation = ({ transactionId, method }: Transaction, key: string): void => {
    clock.after(METHODS[method].refundConfirmed ?? 0, async () => {
      const confirmed = confirm(transactionId, key);
      if (confirmed) await notifier.tell(confirmed);
    });
  };

  const refund = (transaction: Transaction, key: string): void => {
    ledger.put(transaction);
    planConfirmation(transaction, key);
  };

  return { ledger, keep, run, refund, planConfirmation, confirm, later };
};
