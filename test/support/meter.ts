/** A small aggregate for the tests of the store: a meter that counts up, is due while under way, and stops at 3. */
import { type Aggregate, refOf } from '../../functions/kernel/aggregate.ts';
import {
  type Decision,
  type Fact,
  type Happened,
  happened,
  nothing,
  refused,
} from '../../functions/kernel/decision.ts';
import { type Instant, instant } from '../../functions/kernel/types.ts';
import type { Dynamo } from '../../functions/platform/ports.ts';
import { store } from '../../functions/platform/store.ts';
import { testPorts } from './ports.ts';

export type Meter = { readonly count: number; readonly by?: string };
type Counted = Fact<'meter.counted', { readonly count: number }>;
type Started = Fact<'meter.started', Readonly<Record<string, never>>>;
export type MeterFact = Counted | Started;

const meter: Aggregate<Meter, MeterFact> = {
  name: 'METER',
  key: (id) => ({ pk: `METER#${id}`, sk: 'METER' }),
  dueAt: ({ count }) => (count < 3 ? instant(1_000 + count) : undefined),
  indexed: ({ count }) => (count === 2 ? { cell: 'two', reportedAt: 7 } : {}),
};
export const meterOf = (id: string) => refOf(meter, id);

export const noon: Instant = instant(Date.parse('2026-11-21T05:00:00.000Z'));

export const meterCounted = (count: number): Counted => ({
  type: 'meter.counted',
  source: 'tuntas.test',
  data: { count },
});

const stateOf = (count: number, by: string | undefined): Meter => ({ count, ...(by ? { by } : {}) });

/** Counts up by one; a full meter has nothing to do, a broken one refuses. */
export const countUp =
  (by?: string) =>
  (state: Meter | undefined): Decision<Meter, MeterFact> => {
    const count = (state?.count ?? 0) + 1;
    if (count > 3) return nothing('full');
    if (state?.by === 'broken') return refused({ code: 'BROKEN', message: 'The meter is broken.' });
    return happened(stateOf(count, by), noon, meterCounted(count));
  };

/** Counts up, however far; tells nobody. */
export const countOn = (state: Meter | undefined): Happened<Meter, MeterFact> =>
  happened({ count: (state?.count ?? 0) + 1 }, noon);

export const startMeter = (count = 1, by?: string): Happened<Meter, MeterFact> =>
  happened(stateOf(count, by), noon, { type: 'meter.started', source: 'tuntas.test', data: {} });

/** The store over a client of the tables. */
export const storeOn = (dynamo: Dynamo, table = 'State') => store(testPorts({ dynamo }).ports, table);
