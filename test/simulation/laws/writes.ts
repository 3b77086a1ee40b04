/** The laws of single writes, checked as the tables take them, and the facts that the writes promised. */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Written } from '../../../tools/memory-table.ts';
import { books, type Fact } from '../books.ts';
import { type Item, rideIn, runningRide, statusOf } from '../items.ts';
import type { Host } from '../network.ts';
import { feedLaws, logLaws } from './feed-writes.ts';
import { breaches } from './law.ts';
import { moneyWriteLaws } from './money-writes.ts';
import { tripLaws } from './trip-writes.ts';

const none: ReadonlySet<string> = new Set();
const largest = 300 * 1024;

const sizeOf = (item: Item): number => Buffer.byteLength(JSON.stringify(item));
const factsOf = ({ outbox }: Item): readonly Fact[] =>
  typeof outbox === 'string' ? (JSON.parse(outbox) as readonly Fact[]) : [];

export const writeLaws = (table: string, now: () => number) => {
  const items = new Map<string, Item>();
  const { found, report } = breaches();
  const ledger = books();
  const facts = new Map<string, Fact>();
  /** Which fact was made in which state in a call that had met which fault. */
  const covered = new Set<string>();
  /** Since when nothing is to be paid of an order. */
  const coveredSince = new Map<string, number>();
  let touched: string[] = [];

  const enterFacts = (key: string, item: Item, met: ReadonlySet<string>): void => {
    const own = factsOf(item);
    if (new Set(own.map(({ id }) => id)).size < own.length)
      report('two facts of one write have two ids', key, own.map(({ id }) => id).join(' '));
    for (const fact of own) {
      const known = facts.get(fact.id);
      if (known && known.type !== fact.type) report('one id, one fact', fact.id, `${known.type} and ${fact.type}`);
      if (!known) ledger.enter(fact);
      facts.set(fact.id, fact);
      for (const fault of met.size > 0 ? met : ['none']) covered.add(`${fact.type} | ${statusOf(item)} | ${fault}`);
    }
  };
  const { checkPayment, checkOrder } = moneyWriteLaws({ items, ledger, coveredSince, now, report });
  const checkFeed = feedLaws(report);
  const checkLog = logLaws(report);
  const checkTrip = tripLaws(items, report);
  const check = (key: string): void => {
    const item = items.get(key);
    if (!item || item.state === undefined) return;
    if (key.includes(' PAYMENT#')) checkPayment(key, item);
    if (key.endsWith(' ORDER')) checkOrder(key, item);
    checkTrip(key, item);
  };

  return {
    breaches: found,
    facts,
    covered,
    coveredSince,
    books: ledger,
    onWrite: ({ table: to, key, item }: Written, by: Host | undefined): void => {
      if (to !== table) {
        checkLog(key, item);
        return;
      }
      const was = items.get(key);
      if (!item) return void items.delete(key);
      const is = unmarshall(item);
      const before = (was?.version as number | undefined) ?? 0;
      if (typeof is.version === 'number' && is.version !== before + 1)
        report('versions go by one', key, `${before} then ${is.version}`);
      if (sizeOf(is) > largest) report('no item is above 300 KB', key, `${sizeOf(is)} bytes`);
      if (key.endsWith(' RIDE') && was) {
        const [old, ride] = [rideIn(was), rideIn(is)];
        if (runningRide.has(old.status) && runningRide.has(ride.status) && old.driverId !== ride.driverId)
          report('one ride, one driver', key, `${old.driverId} then ${ride.driverId}`);
      }
      items.set(key, is);
      if (key.startsWith('LIVE')) checkFeed(key, is);
      enterFacts(key, is, by?.met ?? none);
      touched.push(key);
    },
    /** A command is carried out: what must be true together is checked now. */
    onCommand: (): void => {
      const keys = touched;
      touched = [];
      for (const key of keys) check(key);
    },
  };
};
export type WriteLaws = ReturnType<typeof writeLaws>;
