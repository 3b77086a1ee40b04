/** The slow path to a deadline: every minute, overdue items are woken, the oldest first, within the budgets. */
import { batchesOf } from '../kernel/batches.ts';
import type { Key } from '../kernel/keys.ts';
import { log } from '../kernel/log.ts';
import { readBreaker } from '../platform/breaker.store.ts';
import { fromItem, queryPages, toItem } from '../platform/dynamo.ts';
import type { TablePorts } from '../platform/ports.ts';
import type { SendWakes, Wake } from '../platform/timers.ts';

/** What the deadlines of some items call. */
export type Target = {
  readonly name: string;
  /** Partitions of the index `due` in which its items are. */
  readonly shards: readonly string[];
  readonly has: (key: Key) => boolean;
  /** Items woken in one run, at most. */
  readonly budget: number;
  /** The name of its breaker. */
  readonly breaker?: string;
};
export type SweepDeps = TablePorts & { readonly wake: SendWakes; readonly targets: readonly Target[] };

/** `count`: how many were seen; `oldest`: as many as the budget allows. */
type Overdue = { count: number; readonly oldest: Wake[] };
type Swept = { readonly woken: number; readonly deferred: number; readonly waiting: number };

/** The delayed message has this long to be first. */
const grace = 2_000;
/** So many find out whether a target answers again whose breaker is open; before the breaker's time none does. */
const trials = 10;
/** Wake-ups that are sent at the same time. */
const sentAtOnce = 500;

export const sweep = (deps: SweepDeps, table: string) => async (): Promise<void> => {
  const { targets } = deps;
  const shards = [...new Set(targets.flatMap((target) => target.shards))];
  const found = await Promise.all(shards.map((shard) => overdueIn(deps, table, shard)));
  const total = { overdue: 0, woken: 0, deferred: 0, waiting: 0 };
  const deferring: string[] = [];
  for (const target of targets) {
    const parts = found.flatMap((ofShard) => ofShard.get(target) ?? []);
    const count = parts.reduce((sum, part) => sum + part.count, 0);
    const oldest = parts.flatMap((part) => part.oldest).toSorted((a, b) => a.dueAt - b.dueAt);
    const { woken, deferred, waiting } = await wakeOldest(deps, table, target, { count, oldest });
    total.overdue += count;
    total.woken += woken;
    total.deferred += deferred;
    total.waiting += waiting;
    if (deferred > 0) deferring.push(target.name);
  }
  const metrics = { Swept: 1, Overdue: total.overdue, SweepDeferred: total.deferred };
  log.info('Swept', { ...total, deferring: deferring.join() }, metrics);
};

/** Reads a shard until it ends, or holds more for each of its targets than the budgets allow. */
const overdueIn = async (
  { dynamo, now, targets }: SweepDeps,
  table: string,
  shard: string,
): Promise<ReadonlyMap<Target, Overdue>> => {
  const here = targets.filter(({ shards }) => shards.includes(shard));
  const found = new Map(here.map((target): [Target, Overdue] => [target, { count: 0, oldest: [] }]));
  const pages = queryPages(dynamo, {
    TableName: table,
    IndexName: 'due',
    KeyConditionExpression: 'dueShard = :shard AND dueAt <= :before',
    ExpressionAttributeValues: toItem({ ':shard': shard, ':before': now() - grace }),
    Limit: 1_000,
  });
  for await (const items of pages) {
    for (const { pk, sk, dueAt } of items.map((item) => fromItem<Wake>(item))) {
      const target = here.find(({ has }) => has({ pk, sk }));
      const overdue = target && found.get(target);
      if (!overdue) continue;
      overdue.count += 1;
      if (overdue.oldest.length < target.budget) overdue.oldest.push({ pk, sk, dueAt });
    }
    if (here.every((target) => (found.get(target)?.count ?? 0) > target.budget)) break;
  }
  return found;
};

const wakeOldest = async (
  { dynamo, now, wake }: SweepDeps,
  table: string,
  { breaker, budget }: Target,
  { count, oldest }: Overdue,
): Promise<Swept> => {
  const open = count > 0 && breaker !== undefined ? await readBreaker(dynamo, table, breaker) : undefined;
  const limit = open === undefined ? budget : now() < open.retryAt ? 0 : trials;
  const wakes = oldest.slice(0, limit);
  for (const batch of batchesOf(wakes, sentAtOnce)) await wake(batch);
  const left = count - wakes.length;
  return { woken: wakes.length, deferred: open ? 0 : left, waiting: open ? left : 0 };
};
