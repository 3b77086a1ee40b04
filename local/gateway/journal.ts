// What the gateway does not forget when its process is killed: transactions and deliveries, one JSON line each, the last one counts.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Delivery } from './deliveries.ts';
import type { Instant, Transaction } from './transaction.ts';

export type Entry = { readonly transaction: Transaction } | { readonly delivery: Delivery };

export type Journal = {
  readonly transactions: readonly Transaction[];
  readonly deliveries: readonly Delivery[];
  /** The latest time of the gateway's clock that is on record. */
  readonly latest: Instant;
  readonly write: (entry: Entry) => void;
};

/** A line that was being written when the process was killed is no JSON, and did not happen. */
const entryOf = (line: string): Entry[] => {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
};

/** Reads the file, if it is there, and goes on in it; without a file nothing is kept. */
export const openJournal = (file: string | undefined): Journal => {
  if (file === undefined) return { transactions: [], deliveries: [], latest: 0, write: () => {} };
  const transactions = new Map<string, Transaction>();
  const deliveries = new Map<string, Delivery>();
  for (const entry of existsSync(file) ? readFileSync(file, 'utf8').split('\n').flatMap(entryOf) : [])
    if ('transaction' in entry) transactions.set(entry.transaction.transactionId, entry.transaction);
    else deliveries.set(entry.delivery.id, entry.delivery);
  const kept: Entry[] = [
    ...[...transactions.values()].map((transaction) => ({ transaction })),
    ...[...deliveries.values()].map((delivery) => ({ delivery })),
  ];
  writeFileSync(file, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  const times = [...transactions.values()].map(({ createdAt }) => createdAt);
  const attempts = [...deliveries.values()].flatMap((delivery) => delivery.attempts.map(({ at }) => at));
  return {
    transactions: [...transactions.values()],
    deliveries: [...deliveries.values()],
    latest: [...times, ...attempts].reduce((latest, at) => Math.max(latest, at), 0),
    write: (entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`),
  };
};
