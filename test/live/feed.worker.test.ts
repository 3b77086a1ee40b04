/** The worker of the live queue: each event is in the feed once, under redelivery, races, lost answers, crashes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import type { Cursor } from '../../functions/live/cursor.ts';
import { interleave } from '../support/interleaving.ts';
import { logLines } from '../support/log.ts';
import { memoryTable } from '../support/memory-table.ts';
import { hour, liveWorld, noon, notice, settled } from './world.ts';

const lines = logLines();
const start: Cursor = { hour: '2026-11-21T05', sequence: 0 };

describe('an event of the money', () => {
  it('goes into the feed once, however often it is delivered', async () => {
    const { deliver, store, clock } = liveWorld();
    clock.set(instant(noon + 250));
    expect(await deliver(settled(1), settled(2), settled(1))).toEqual([]);
    expect(await deliver(settled(2))).toEqual([]);
    expect((await store.after(start)).map(({ notice: { key } }) => key)).toEqual([notice(1).key, notice(2).key]);
    expect(lines.metric('LiveLatency')).toEqual([250, 250, 250]);
    expect(lines.metric('LiveNotices')).toEqual([1, 1, 1]);
    expect(lines.named('Live notice').map(({ outcome }) => outcome)).toEqual([
      'appended',
      'appended',
      'appended',
      'present',
    ]);
  });

  it('is parked when operators do not follow it', async () => {
    const { deliver, sent, store } = liveWorld();
    expect(await deliver({ ...settled(1), type: 'payment.teleported' })).toEqual([]);
    expect(sent).toMatchObject([
      { queue: 'own-dead-letters', attributes: { reason: expect.stringContaining('type') } },
    ]);
    expect(await store.after(start)).toEqual([]);
  });
});

describe('writers of the feed meet', () => {
  it('in any order, losing answers or crashing: every notice is in it once, numbers have no gap', async () => {
    const faults = fc.constantFrom(undefined, undefined, undefined, undefined, 'lose' as const, 'crash' as const);
    const batch = fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        fc.infiniteStream(faults),
        async (batches, choices, accidents) => {
          const table = memoryTable();
          const next = <T>(from: Iterator<T>): T => from.next().value as T;
          const actors = batches.map((numbers, i) => (client: Parameters<Parameters<typeof interleave>[0][0]>[0]) => {
            const { deliver, clock } = liveWorld(table, client);
            clock.pass((i % 2) * hour);
            return deliver(...numbers.map((n) => settled(n)));
          });
          const ended = await interleave(actors, table, {
            choose: (n) => next(choices) % n,
            faults: () => next(accidents),
          });
          const { deliver, store } = liveWorld(table);
          // What failed or crashed is delivered again, as the queue does.
          for (const [i, numbers] of batches.entries()) {
            const how = ended[i];
            if (how?.status !== 'fulfilled' || (how.value as readonly string[]).length > 0)
              expect(await deliver(...numbers.map((n) => settled(n)))).toEqual([]);
          }
          const entries = await store.after(start);
          expect(entries.map(({ cursor }) => cursor.sequence)).toEqual(entries.map((_, i) => i + 1));
          expect(entries.map(({ notice: { key } }) => key).toSorted()).toEqual(
            [...new Set(batches.flat())].map((n) => notice(n).key).toSorted(),
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});
