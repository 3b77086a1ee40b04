// Goes on where a killed gateway stopped: what it has charged is there, what it has not told yet is told.
import type { Book } from './book.ts';
import type { Journal } from './journal.ts';
import type { Merchant } from './merchant.ts';
import type { Notifier } from './notifier.ts';
import { refundsOf } from './refund.decider.ts';

export type Resumed = {
  readonly journal: Journal;
  readonly book: Book;
  readonly notifier: Notifier;
  readonly merchant: Merchant;
};

/** Refund keys come back with their refunds; Idempotency-Keys do not: they live five minutes only. */
export const resume = ({ journal, book, notifier, merchant }: Resumed): void => {
  notifier.restore(journal.deliveries);
  for (const transaction of journal.transactions) {
    const { transactionId, state } = transaction;
    book.keep(transaction);
    for (const { key, at, bankConfirmedAt } of refundsOf(state)) {
      merchant.refundKeys.set(key, { since: at, made: true });
      if (bankConfirmedAt === undefined) book.planConfirmation(transaction, key);
    }
    const told = journal.deliveries.some(
      (delivery) => delivery.transactionId === transactionId && delivery.status === state.status,
    );
    if (!told) void notifier.tell(transaction);
  }
};
