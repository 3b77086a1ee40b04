/** The laws of single writes, checked as the tables take them, and the facts that the writes promised. */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Written } from '../../tools/memory-table.ts';
import type { Breach } from './laws.ts';
import type { Host } from './network.ts';

type Item = Readonly<Record<string, unknown>>;
type Fact = { readonly id: string; readonly type: string };
type Ride = { readonly status: string; readonly driverId?: string };

const none: ReadonlySet<string> = new Set();
const largest = 300 * 1024;

const sizeOf = (item: Item): number => Buffer.byteLength(JSON.stringify(item));

const statusOf = ({ state }: Item): string => {
  const { status, standing } = (state ?? {}) as {
    readonly status?: string;
    readonly standing?: { readonly status: string };
  };
  return status ?? standing?.status ?? '-';
};

export const safety = (table: string) => {
  const before = new Map<string, Item>();
  const breaches: Breach[] = [];
  /** Facts in outboxes, by their partition and id. */
  const facts = new Map<string, Fact>();
  /** Which fact was made in which state in a call that had met which fault. */
  const covered = new Set<string>();

  const check = (key: string, was: Item | undefined, now: Item, met: ReadonlySet<string>): void => {
    const breach = (law: string, why: string): void => void breaches.push({ law, item: key, why });
    if (typeof now.version === 'number' && now.version !== ((was?.version as number | undefined) ?? 0) + 1)
      breach('versions go by one', `${was?.version ?? 'nothing'} then ${now.version}`);
    if (sizeOf(now) > largest) breach('no item is above 300 KB', `${sizeOf(now)} bytes`);
    if (key.endsWith(' RIDE')) {
      const [old, ride] = [was?.state as Ride | undefined, now.state as Ride];
      if (old?.status === 'ACCEPTED' && ride.status === 'ACCEPTED' && old.driverId !== ride.driverId)
        breach('one ride, one driver', `${old.driverId} then ${ride.driverId}`);
    }
    const own = typeof now.outbox === 'string' ? (JSON.parse(now.outbox) as readonly Fact[]) : [];
    if (new Set(own.map(({ id }) => id)).size < own.length)
      breach('two facts of one write have two ids', own.map(({ id }) => id).join(' '));
    for (const fact of own) {
      const known = facts.get(fact.id);
      if (known && known.type !== fact.type) breach('one id, one fact', `${fact.id}: ${known.type} and ${fact.type}`);
      facts.set(fact.id, fact);
      for (const fault of met.size > 0 ? met : ['no fault']) covered.add(`${fact.type} | ${statusOf(now)} | ${fault}`);
    }
  };

  return {
    breaches,
    facts,
    covered,
    onWrite: ({ table: to, key, item }: Written, by: Host | undefined): void => {
      if (to !== table) return;
      const now = item && unmarshall(item);
      if (now) check(key, before.get(key), now, by?.met ?? none);
      if (now) before.set(key, now);
      else before.delete(key);
    },
  };
};
export type Safety = ReturnType<typeof safety>;
