/** A small aggregate for the tests of the store: a meter that counts up, is due while under way, and stops at 3. */
import { type Decision, happened, nothing, refused } from '../../functions/kernel/decision.ts';
import { type Instant, instant } from '../../functions/kernel/types.ts';
import type { Aggregate } from '../../functions/platform/store.ts';

export type Meter = { readonly count: number; readonly by?: string };

export const meter: Aggregate<Meter> = {
  name: 'METER',
  source: 'tuntas.test',
  key: (id) => ({ pk: `METER#${id}`, sk: 'METER' }),
  dueAt: ({ count }) => (count < 3 ? instant(1_000 + count) : undefined),
  indexed: ({ count }) => (count === 2 ? { cell: 'two', reportedAt: 7 } : {}),
};
export const meterOf = (id: string) => ({ aggregate: meter, id });

export const noon: Instant = instant(Date.parse('2026-11-21T05:00:00.000Z'));

/** Counts up by one; a full meter has nothing to do, a broken one refuses. */
export const countUp =
  (by?: string) =>
  (state: Meter | undefined): Decision<Meter> => {
    const count = (state?.count ?? 0) + 1;
    if (count > 3) return nothing('full');
    if (state?.by === 'broken') return refused({ code: 'BROKEN', message: 'The meter is broken.' });
    return happened({ count, ...(by ? { by } : {}) }, noon, { type: 'meter.counted', data: { count } });
  };
export const startMeter = (count = 1, by?: string) =>
  ({
    outcome: 'happened',
    state: { count, ...(by ? { by } : {}) },
    at: noon,
    facts: [{ type: 'meter.started', data: {} }],
  }) as const;
