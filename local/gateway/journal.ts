/** What survives a killed process: transactions and deliveries, one JSON line each, the last one counts. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { readJsonLines } from '../json.ts';
import type { Delivery } from './deliveries.ts';
import type { Instant, Transaction } from './transaction.ts';

export type Entry = { readonly transaction: Transaction } | { readonly delivery: Delivery };
export type Journal = ReturnType<typeof openJournal>;

/** Reads the file, if there is one, and continues in it; without a file nothing is kept. */
export const openJournal = (file: string | undefined) => {
  const lastById = new Map<string, Entry>();
  for (const entry of readJsonLines<Entry>(file))
    lastById.set('transaction' in entry ? entry.transaction.transactionId : entry.delivery.id, entry);
  const entries = [...lastById.values()];
  const transactions = entries.flatMap((entry) => ('transaction' in entry ? entry.transaction : []));
  const deliveries = entries.flatMap((entry) => ('delivery' in entry ? entry.delivery : []));
  const lineOf = (entry: Entry): string => `${JSON.stringify(entry)}\n`;
  if (file !== undefined) writeFileSync(file, entries.map(lineOf).join(''));
  const attemptedAt = deliveries.flatMap(({ attempts }) => attempts.map(({ at }) => at));
  const times = [...transactions.map(({ createdAt }) => createdAt), ...attemptedAt];
  return {
    transactions,
    deliveries,
    /** The latest time of the gateway's clock that is on record. */
    latest: times.reduce<Instant>((latest, at) => Math.max(latest, at), 0),
    write: (entry: Entry): void => {
      if (file !== undefined) appendFileSync(file, lineOf(entry));
    },
  };
};
