/** The guarantees of the platform on a real conditional store, with the real client of the SDK. */
import { describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import { sweep } from '../../functions/ops/sweep.ts';
import type { Created } from '../../functions/platform/idempotency.ts';
import { dueShards } from '../../functions/platform/item.ts';
import { leaseFrom, orderNumbers } from '../../functions/platform/order-numbers.ts';
import type { Wake } from '../../functions/platform/timers.ts';
import { realTables } from '../support/dynamo.ts';
import { logLines } from '../support/log.ts';
import { countOn, countUp, meterOf, noon, startMeter, storeOn } from '../support/meter.ts';

logLines();
const { client, anotherClient, state } = realTables();
const keyed = (id: string) => ({
  scope: 'rides#rider-1',
  id,
  fingerprint: 'f1',
  expiresAt: instant(Date.now() + 60_000),
});

describe('a request is repeated fifty times at once under one key', () => {
  it('creates one aggregate, and answers all the others with it', async () => {
    const { create } = storeOn(client(), state);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => create(meterOf(`twin-${i}`), startMeter(), keyed('k1'))),
    );
    const created = answers.flatMap(({ outcome }, i) => (outcome === 'created' ? [i] : []));
    expect(created).toHaveLength(1);
    const repeated: Created = { outcome: 'repeated', id: `twin-${created[0]}` };
    expect(answers.filter((_, i) => i !== created[0])).toEqual(Array.from({ length: 49 }, () => repeated));
    const stored = await Promise.all(answers.map((_, i) => storeOn(client(), state).load(meterOf(`twin-${i}`))));
    expect(stored.filter(({ version }) => version > 0)).toHaveLength(1);
  });

  it('refuses all but one when every request is another', async () => {
    const { create } = storeOn(client(), state);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        create(meterOf(`other-${i}`), startMeter(), { ...keyed('k2'), fingerprint: `f${i}` }),
      ),
    );
    expect(answers.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    expect(answers.filter(({ outcome }) => outcome === 'key-reused')).toHaveLength(49);
  });
});

describe('order numbers are issued by eight functions at once', () => {
  it('[IDS-1] four thousand are all different, though some functions die with their blocks', async () => {
    const issuers = Array.from({ length: 8 }, (_, i) => ({
      ...orderNumbers(leaseFrom(anotherClient(), state), 50),
      dies: i % 3 === 0,
    }));
    const issued = await Promise.all(
      issuers.map(async ({ next, dies }) => {
        const numbers: string[] = [];
        for (let i = 0; i < (dies ? 333 : 600); i += 1) numbers.push(await next(noon));
        return numbers;
      }),
    );
    const all = issued.flat();
    expect(all.length).toBeGreaterThanOrEqual(3_999);
    expect(new Set(all).size).toBe(all.length);
    for (const numbers of issued) expect(numbers.toSorted()).toEqual(numbers);
    for (const { issued: counts } of issuers) expect(counts().leased - counts().handedOut).toBeLessThanOrEqual(100);
  });
});

describe('a hundred writers meet on one aggregate', () => {
  it('[DSP-1] lose nothing: the version is the number of writers that were answered that it happened', async () => {
    const { transition } = storeOn(client(), state);
    const answers = await Promise.allSettled(Array.from({ length: 100 }, () => transition(meterOf('busy'), countOn)));
    const happened = answers.filter(({ status }) => status === 'fulfilled').length;
    expect(await storeOn(client(), state).load(meterOf('busy'))).toEqual({
      state: { count: happened },
      version: happened,
    });
    // Each of the eight rounds has a winner.
    expect(happened).toBeGreaterThanOrEqual(8);
  });

  it('[DSP-1] reads what won from the failed write itself', async () => {
    const { transition } = storeOn(client(), state);
    await transition(meterOf('known'), countUp('first'));
    const stale = { state: undefined, version: 0 };
    expect(await transition(meterOf('known'), countUp('second'), stale)).toMatchObject({
      state: { count: 2, by: 'second' },
      version: 2,
    });
  });
});

describe('deadlines are on the index', () => {
  it('lists what is overdue, and nothing that has left its state', async () => {
    const { transition } = storeOn(client(), state);
    for (let i = 0; i < 20; i += 1) await transition(meterOf(`due-${i}`), countUp());
    for (let times = 0; times < 2; times += 1) await transition(meterOf('due-0'), countUp());
    const woken: Wake[] = [];
    const targets = [{ name: 'all', shards: dueShards, has: () => true, budget: 100 }];
    const wake = async (wakes: readonly Wake[]) => void woken.push(...wakes);
    await sweep({ dynamo: client(), now: () => instant(10_000), wake, targets }, state)();
    const due = woken.map(({ pk }) => pk).filter((pk) => pk.startsWith('METER#due-'));
    expect(due.toSorted()).toEqual(Array.from({ length: 19 }, (_, i) => `METER#due-${i + 1}`).toSorted());
  });
});
