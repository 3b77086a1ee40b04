// The customer pays: at the bank, with the wallet, or on the card's 3DS page.
import type { Trouble } from './answer.ts';
import { afterAMinute, BANK_DECLINE, cardOutcome, SLOW_CARD } from './card-outcome.ts';
import type { Chance } from './chance.ts';
import type { Office } from './merchant.ts';
import type { Command, Verdict } from './transaction.decider.ts';
import type { Payer, Transaction } from './transaction.ts';

export type Payment = {
  /** QRIS: with a wallet of another company. */
  readonly offUs?: boolean;
  /** GoPay: by scanning the code, which is reported as QRIS. */
  readonly scanned?: boolean;
};

const payerOf = (
  { method }: Transaction,
  { offUs = false, scanned = false }: Payment,
  chance: Chance,
): Payer | undefined => {
  if (method !== 'qris' && !(method === 'gopay' && scanned)) return undefined;
  return { issuer: offUs ? 'dana' : 'gopay', offUs, crossReferenceId: chance.uuid(), scanned: method === 'gopay' };
};

const done = (verdict: Verdict): Transaction | Trouble =>
  verdict.outcome === 'happened' ? verdict.transaction : verdict;

/** Pays a pending transaction; the same transaction comes back when the bank takes its time. 412 when it is not pending. */
export const pay = (
  transaction: Transaction,
  payment: Payment,
  { book, clock, chances }: Office,
): Transaction | Trouble => {
  if (transaction.state.status !== 'pending') return { code: '412' };
  const { instructions } = transaction;
  if (instructions.kind !== 'card') {
    const payer = payerOf(transaction, payment, chances(`pay/${transaction.transactionId}`));
    const command: Command = { type: 'settle', at: clock.now(), ...(payer && { payer }) };
    return done(book.run(command, transaction));
  }
  const outcome = cardOutcome(instructions.card, clock.now());
  if (outcome !== 'later') return done(book.run(outcome, transaction));
  book.later(SLOW_CARD, () => afterAMinute(instructions.card, clock.now()), transaction);
  return transaction;
};

/** The customer gives up. Wallets and banks do not report that (§2.2): the transaction stays pending. A card is denied. */
export const giveUp = (transaction: Transaction, { book }: Office): Transaction | Trouble => {
  if (transaction.state.status !== 'pending') return { code: '412' };
  if (transaction.method !== 'card') return transaction;
  return done(book.run({ type: 'deny', fraud: 'accept', response: BANK_DECLINE }, transaction));
};
