/** Diagnose reads again what looks wrong: a ride is judged as a whole, and after its story has followed. */
import { describe, expect, it } from 'vitest';
import type { RideRecord } from '../../functions/dispatch/commands.ts';
import type { OrderId } from '../../functions/kernel/types.ts';
import { diagnose } from '../../functions/ops/diagnose.ts';
import { declined, later, sent } from './rides.ts';

const rideId = 'TNT-20261121-0000042' as OrderId;
const since = later(-3_600_000);
const gap = declined({ events: declined().events.slice(0, 1) });
const crossed = declined({ dispatches: [sent('d1', 50), sent('d3', 3_990, { sentAt: later(4_030) })] });
const queue = { name: 'tuntas-test-dispatch-dead', visible: 1, inFlight: 0, delayed: 0, isDeadLetters: true };

/** @param again what each further reading of a ride finds, in order; the last one remains */
const setUp = (found: readonly RideRecord[], ...again: readonly (RideRecord | undefined)[]) => {
  const [pauses, read]: [number[], string[]] = [[], []];
  const next = [...again];
  const records = {
    period: async () => found,
    one: async (id: OrderId) => {
      read.push(id);
      return next.length > 1 ? next.shift() : next[0];
    },
    cost: () => ({ readUnits: 7, items: 9 }),
  };
  const deps = {
    records,
    queues: async () => ({ queues: [queue], agesUnknown: 'no CloudWatch was named' }),
    pause: async (ms: number) => void pauses.push(ms),
  };
  return { pauses, read, run: (subject: Parameters<typeof diagnose>[1]) => diagnose(deps, subject) };
};
const questionsOf = ({ findings }: Awaited<ReturnType<typeof diagnose>>) => findings.map(({ question }) => question);

describe('[DSP-11] a diagnosis of a period', () => {
  it('reads a ride with which nothing is wrong once, and reports queues and cost', async () => {
    const { pauses, read, run } = setUp([declined(), crossed]);
    expect(await run({ since })).toMatchObject({
      rides: 2,
      crossed: 1,
      queues: [queue],
      agesUnknown: 'no CloudWatch was named',
      cost: { readUnits: 7, items: 9 },
      findings: [{ question: 'queues' }],
    });
    expect([pauses, read]).toEqual([[], []]);
  });

  it('reports nothing of a ride that is whole when it is read again', async () => {
    const { pauses, read, run } = setUp([gap], declined());
    const diagnosis = await run({ since });
    expect([questionsOf(diagnosis), diagnosis.rides]).toEqual([['queues'], 1]);
    expect([pauses, read]).toEqual([[2_000], [rideId]]);
  });

  it('reads twice at most, and reports what is wrong then', async () => {
    const { pauses, read, run } = setUp([gap], gap);
    expect(questionsOf(await run({ since }))).toEqual(['sequence', 'queues']);
    expect([pauses, read]).toEqual([
      [2_000, 2_000],
      [rideId, rideId],
    ]);
  });

  it('counts the crossings of a ride that was read again', async () => {
    expect((await setUp([gap], crossed).run({ since })).crossed).toBe(1);
  });

  it('reports nothing of a ride that is gone when it is read again', async () => {
    expect(questionsOf(await setUp([gap], undefined).run({ since }))).toEqual(['queues']);
  });
});

describe('[DSP-11] a diagnosis of one ride', () => {
  it('reads it by its key', async () => {
    const { read, run } = setUp([], declined());
    expect(await run({ rideId })).toMatchObject({ rides: 1, findings: [{ question: 'queues' }] });
    expect(read).toEqual([rideId]);
  });

  it('is of no ride when it does not exist', async () => {
    expect((await setUp([], undefined).run({ rideId })).rides).toBe(0);
  });
});
