/** The stream of notices: no gap and no repeat, wherever it is cut; a heartbeat in time; an end in time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import { cursorFrom } from '../../functions/live/cursor.ts';
import { frames } from '../../functions/live/frames.ts';
import { eventSource } from './event-source.ts';
import { hour, liveWorld, noon, notice } from './world.ts';

/** While a stream pauses, things happen in the world. */
const world = (happens: (second: number) => readonly number[] = () => []) => {
  const { append, store, clock } = liveWorld();
  const happen = (numbers: readonly number[]) => Promise.all(numbers.map((n) => append(notice(n))));
  return {
    store,
    happen,
    pass: clock.pass,
    clock: {
      now: clock.now,
      pause: async (ms: number): Promise<void> => {
        clock.pass(ms);
        await happen(happens(Math.floor((clock.now() - noon) / 1_000)));
      },
    },
  };
};
const ends = (seconds: number) => instant(noon + seconds * 1_000);
const all = async (stream: AsyncIterable<string>): Promise<readonly string[]> => Array.fromAsync(stream);

describe('a stream of notices', () => {
  it('begins with its place, shows what happens from then on, and ends in time', async () => {
    const { store, happen, clock } = world((second) => (second === 3 ? [2] : []));
    await happen([1]);
    expect(await all(frames({ feed: store, ...clock }, undefined, ends(6)))).toEqual([
      'retry: 1000\nid: 2026-11-21T05-000000000001\n\n',
      'id: 2026-11-21T05-000000000002\n' +
        'event: payment.settled\n' +
        'data: {"type":"payment.settled","orderId":"TNT-20261121-0000002",' +
        '"paymentRef":"TNT-20261121-0000002-1795232640",' +
        '"amount":120000,"method":"qris","at":"2026-11-21T05:00:00.000Z"}\n\n',
    ]);
    expect(clock.now()).toBe(ends(6));
  });

  it('sends a heartbeat at least every 15 s', async () => {
    const { store, clock } = world();
    const at: number[] = [];
    for await (const frame of frames({ feed: store, ...clock }, undefined, ends(100)))
      if (frame === ':\n\n') at.push((clock.now() - noon) / 1_000);
    expect(at).toEqual([15, 30, 45, 60, 75, 90]);
  });

  it('reads the feed once a second', async () => {
    const { store, clock } = world();
    let reads = 0;
    await all(
      frames(
        {
          ...clock,
          feed: {
            ...store,
            after: (cursor) => {
              reads += 1;
              return store.after(cursor);
            },
          },
        },
        undefined,
        ends(60),
      ),
    );
    expect(reads).toBe(60);
  });

  it('shows what happened while no client was connected, over a change of the hour', async () => {
    const { store, happen, clock, pass } = world();
    await happen([1]);
    const last = cursorFrom('2026-11-21T05-000000000000');
    pass(2 * hour);
    await happen([2, 3]);
    const seen = eventSource();
    seen.read((await all(frames({ feed: store, ...clock }, last, clock.now() + 1_000))).join(''));
    expect(seen.orders()).toEqual([1, 2, 3]);
  });

  it('shows a backlog of several pages without a pause between them', async () => {
    const { store, happen, clock } = world();
    await happen(Array.from({ length: 250 }, (_, n) => n + 1));
    const seen = eventSource();
    const stream = frames({ feed: store, ...clock }, cursorFrom('2026-11-21T05-000000000000'), clock.now() + 1);
    seen.read((await all(stream)).join(''));
    expect(seen.orders()).toHaveLength(250);
  });

  it('states when it cannot show everything that was missed, and continues from now', async () => {
    const { store, happen, clock, pass } = world();
    await happen([1, 2]);
    pass(48 * hour);
    await happen([3]);
    const seen = eventSource();
    seen.read(
      (
        await all(frames({ feed: store, ...clock }, cursorFrom('2026-11-21T05-000000000001'), clock.now() + 1_000))
      ).join(''),
    );
    expect(seen.events.map(({ type }) => type)).toEqual(['reset']);
    await happen([4]);
    seen.read((await all(frames({ feed: store, ...clock }, cursorFrom(seen.lastId()), clock.now() + 1_000))).join(''));
    expect(seen.orders()).toEqual([4]);
  });
});

describe('a stream that is cut', () => {
  const script = (byNow: readonly (readonly number[])[]) => (second: number) => byNow[second] ?? [];
  const until = 14;

  /** An operator's page: connects, is cut after so many characters, reconnects with the last id, until the end. */
  const watched = async (happenings: readonly (readonly number[])[], cuts: Iterable<number>) => {
    const { store, clock, happen } = world(script(happenings));
    const seen = eventSource();
    const cut = cuts[Symbol.iterator]();
    while (clock.now() < ends(until)) {
      let left = cut.next().value as number | undefined;
      seen.connected();
      for await (const frame of frames({ feed: store, ...clock }, cursorFrom(seen.lastId()), ends(until))) {
        seen.read(left === undefined ? frame : frame.slice(0, left));
        if (left !== undefined) {
          left -= frame.length;
          if (left <= 0) break;
        }
      }
      // Being cut takes time, and the world continues.
      await clock.pause(1_000);
    }
    await happen([]);
    seen.connected();
    for await (const frame of frames({ feed: store, ...clock }, cursorFrom(seen.lastId()), clock.now() + 1))
      seen.read(frame);
    return seen;
  };

  it('at any character, repeatedly, misses nothing and repeats nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: until }),
        fc.array(fc.integer({ min: 48, max: 900 }), { maxLength: 12 }),
        async (counts, cuts) => {
          let n = 0;
          const happenings = [[], ...counts.map((count) => Array.from({ length: count }, () => ++n))];
          const seen = await watched(happenings, cuts);
          expect(seen.orders()).toEqual(happenings.flat());
        },
      ),
      { numRuns: 200 },
    );
  });

  it('at each character of three notices, misses nothing and repeats nothing', async () => {
    const opening = 'retry: 1000\nid: 2026-11-21T05-000000000000\n\n'.length;
    for (let cut = opening; cut < opening + 3 * 260; cut += 1) {
      const seen = await watched([[], [1], [2, 3]], [cut]);
      expect([cut, seen.orders()]).toEqual([cut, [1, 2, 3]]);
    }
  });
});
