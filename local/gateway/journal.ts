/** What survives a killed process: transactions and deliveries, one JSON line each, the last one counts. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { readJsonLines } from '../json.ts';
import type { Delivery } from './deliveries.ts';
import type { Instant, Transaction } from './transaction.ts';

export type Entry = { readonly transaction: Transaction } | { readonly delivery: Delivery };
export type Journal = ReturnType<typeof openJournal>;

/** Reads the file, if there is one, and continues in it; without a file nothing is kept. */
export const openJournal = (file: string | undefined) => {
  const transactions = new Map<string, Transaction>();
  const deliveries = new Map<string, Delivery>();
  for (const entry of readJsonLines<Entry>(file))
    if ('transaction' in entry) transactions.set(entry.transaction.transactionId, entry.transaction);
    else deliveries.set(entry.delivery.id, entry.delivery);
  const kept = { transactions: [...transactions.values()], deliveries: [...deliveries.values()] };
  const lineOf = (entry: Entry): string => `${JSON.stringify(entry)}\n`;
  const lines = [
    ...kept.transactions.map((transaction) => lineOf({ transaction })),
    ...kept.deliveries.map((delivery) => lineOf({ delivery })),
  ];
  if (file !== undefined) writeFileSync(file, lines.join(''));
  const times = [
    ...kept.transactions.map(({ createdAt }) => createdAt),
    ...kept.deliveries.flatMap(({ attempts }) => attempts.map(({ at }) => at)),
  ];
  return {
    ...kept,
    /** The latest time of the gateway's clock that is on record. */
    latest: times.reduce<Instant>((latest, at) => Math.max(latest, at), 0),
    write: (entry: Entry): void => {
      if (file !== undefined) appendFileSync(file, lineOf(entry));
    },
  };
};
