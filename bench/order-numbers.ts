/** Order numbers: how many are wasted by functions that end with a block unfinished, and how fast they are issued. */

import { instant } from '../functions/kernel/types.ts';
import { leaseFrom, orderNumbers } from '../functions/platform/order-numbers.ts';
import { openDatabase } from './support/database.ts';
import { type Benchmark, line, number, type Table } from './support/report.ts';

const blockSize = 200;
const environments = 50;
const day = 86_400;

type Scene = { readonly ridesPerSecond: number; readonly lifeSeconds: number };
type Waste = Scene & { readonly issued: number; readonly leased: number; readonly ended: number };

/** The same sequence in every run. */
const seeded = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

/** A counter in memory: what one lease costs is measured elsewhere. */
const counter = () => {
  let leased = 0;
  return async (size: number): Promise<number> => {
    leased += size;
    return leased - size;
  };
};

/**
 * A day of 50 environments, each living for an exponential time and replaced at once; every ride goes to any of them.
 * A short day where rides are many:
 * the share does not depend on its length.
 */
const live = async ({ ridesPerSecond, lifeSeconds }: Scene): Promise<Waste> => {
  const random = seeded(42);
  const lease = counter();
  const born = (now: number) => ({
    numbers: orderNumbers(lease, blockSize),
    ends: now - lifeSeconds * Math.log(1 - random()),
  });
  const all = Array.from({ length: environments }, () => born(0));
  const past: { readonly leased: number; readonly handedOut: number }[] = [];
  const seconds = Math.min(day, Math.max(100_000 / ridesPerSecond, 2 * lifeSeconds));
  for (let now = 0; now < seconds; now += -Math.log(1 - random()) / ridesPerSecond) {
    const i = Math.floor(random() * environments);
    const chosen = all[i];
    if (!chosen) continue;
    if (chosen.ends <= now) {
      past.push(chosen.numbers.issued());
      all[i] = born(now);
    }
    await all[i]?.numbers.next(instant(0));
  }
  const every = [...past, ...all.map(({ numbers }) => numbers.issued())];
  const sum = (key: 'leased' | 'handedOut'): number => every.reduce((total, one) => total + one[key], 0);
  return { ridesPerSecond, lifeSeconds, issued: sum('handedOut'), leased: sum('leased'), ended: every.length };
};

const scenes: readonly Scene[] = [1, 10, 100].flatMap((ridesPerSecond) =>
  [300, 1_800, 7_200].map((lifeSeconds) => ({ ridesPerSecond, lifeSeconds })),
);

const words = (seconds: number): string => (seconds < 3_600 ? `${seconds / 60} min` : `${seconds / 3_600} h`);

const table = (wastes: readonly Waste[]): Table => ({
  title: `Waste with ${environments} environments coming and going, blocks of ${blockSize}`,
  columns: [
    'rides per second',
    'life of an environment',
    'environments',
    'issued',
    'leased',
    'issued of leased',
    'wasted per environment',
  ],
  rows: wastes.map(({ ridesPerSecond, lifeSeconds, issued, leased, ended }) => [
    number(ridesPerSecond),
    words(lifeSeconds),
    number(ended),
    number(issued),
    number(leased),
    `${((100 * issued) / leased).toFixed(1)} %`,
    number(Math.round((leased - issued) / ended)),
  ]),
});

const perSecond = async (count: number, work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return (count * 1_000) / (performance.now() - started);
};

const benchmark: Benchmark = async () => {
  const wastes: Waste[] = [];
  for (const scene of scenes) wastes.push(await live(scene));
  const database = await openDatabase();
  try {
    const lease = leaseFrom(database.client(), database.state);
    const issuers = Array.from({ length: environments }, () => orderNumbers(lease, blockSize));
    const each = 2_000;
    const issued = new Set<string>();
    const issue = async ({ next }: (typeof issuers)[number]): Promise<void> => {
      for (let n = 0; n < each; n += 1) issued.add(await next(instant(0)));
    };
    const together = await perSecond(environments * each, () => Promise.all(issuers.map(issue)));
    const leases = await perSecond(500, async () => {
      for (let n = 0; n < 500; n += 1) await lease(blockSize);
    });
    const most = Math.max(...wastes.map(({ leased, issued, ended }) => (leased - issued) / ended));
    return {
      title: 'Order numbers',
      lines: [
        line('wasted per environment, most of all scenes', {
          measured: Math.round(most),
          unit: 'numbers',
          limit: { of: 'measured', atMost: 2 * blockSize },
        }),
        line(`doubles among ${number(environments * each)} issued by ${environments} environments at once`, {
          measured: environments * each - issued.size,
          limit: { of: 'measured', atMost: 0 },
        }),
        line('numbers per second, of all of them together', { measured: together }),
        line('leases per second of the durable counter, one after another', { measured: leases }),
      ],
      details: [table(wastes)],
      notes: [
        'There are 34,359,738,368 numbers for each day; a wasted one costs nothing but its place.',
        `The counter is one item: DynamoDB writes an item 1,000 times per second, which is
          ${number(1_000 * blockSize)} numbers per second.`,
      ],
    };
  } finally {
    await database.stop();
  }
};

export default benchmark;
