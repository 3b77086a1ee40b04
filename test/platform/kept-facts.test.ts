/** A fact that the bus did not take in time is published when the sweeper wakes it: once, or parked with its body. */
import { describe, expect, it } from 'vitest';
import { compose as composeDeadlines } from '../../functions/ops/deadlines.compose.ts';
import { compose as composeSweep } from '../../functions/ops/sweep.compose.ts';
import { keptFacts } from '../../functions/platform/kept-facts.ts';
import { NotPublished } from '../../functions/platform/not-published.ts';
import type { Bus } from '../../functions/platform/ports.ts';
import { logLines } from '../support/log.ts';
import { clientWith } from '../support/memory-table.ts';
import { start, testPorts } from '../support/ports.ts';
import { delivered } from '../support/queue.ts';

const lines = logLines();
const event = (n: number) => ({
  source: 'tuntas.test',
  type: 'meter.counted',
  id: `m/METER/${n}`,
  version: n,
  at: '2026-11-21T03:44:00.000Z',
  count: n,
});
const wakeOf = (n: number) => ({ pk: `FACT#m/METER/${n}`, sk: 'FACT', dueAt: start });

const setUp = async (count: number, given?: Bus) => {
  const world = testPorts();
  const { ports, env, table } = world;
  const worker = composeDeadlines(given ? { ...ports, bus: given } : ports, env);
  await keptFacts(ports, 'State').keep(Array.from({ length: count }, (_, i) => event(i + 1)));
  return {
    ...world,
    wake: async (...numbers: readonly number[]) =>
      (await worker(delivered(numbers.map(wakeOf)))).batchItemFailures.length,
    kept: () => table.all('State').filter(({ sk }) => sk === 'FACT').length,
    sweep: composeSweep(ports, env),
  };
};
const refused = async () =>
  Promise.reject(new NotPublished([{ event: event(1), reason: 'MalformedDetail' }], [], 'MalformedDetail'));

describe('a kept fact is woken', () => {
  it('[ORD-8] is published with its body, and is gone', async () => {
    const { wake, published, kept } = await setUp(1);
    expect(await wake(1)).toBe(0);
    expect(published).toEqual([event(1)]);
    expect(kept()).toBe(0);
    expect(lines.metric('FactPublishedLate')).toEqual([1]);
    expect(lines.metric('DeadlineLate')).toEqual([]);
    expect(lines.named('Decided')).toMatchObject([{ orderId: 'm', command: 'deadline', outcome: 'published' }]);
  });

  it('[OPS-2] is published once, however often it is woken and the message is redriven', async () => {
    const { wake, published } = await setUp(1);
    await wake(1);
    expect(await wake(1, 1)).toBe(0);
    expect(published).toEqual([event(1)]);
  });

  it('[ORD-8] is found by the sweeper, which wakes each of them', async () => {
    const { sweep, clock, messagesTo } = await setUp(30);
    clock.pass(2_000);
    await sweep();
    expect(messagesTo('timers')).toHaveLength(30);
    expect(messagesTo('timers')).toContainEqual(wakeOf(30));
  });

  it('[ORD-8] stays while the bus is away, and the message is done: the sweeper comes again', async () => {
    const { wake, kept } = await setUp(1, async () => Promise.reject(new Error('cannot be reached')));
    expect(await wake(1)).toBe(0);
    expect(kept()).toBe(1);
    expect(lines.named('Decided')).toMatchObject([{ outcome: 'kept' }]);
  });

  it('[ORD-8] does not ask a bus that is known to be away', async () => {
    let calls = 0;
    const { wake, kept } = await setUp(20, async () => {
      calls += 1;
      throw new Error('cannot be reached');
    });
    for (let n = 1; n <= 20; n += 1) await wake(n);
    expect([calls, kept()]).toEqual([5, 20]);
  });

  it('[ORD-8] is parked with its body when the bus refuses it for good', async () => {
    const { wake, sent, kept } = await setUp(1, refused);
    expect(await wake(1)).toBe(0);
    expect(sent).toEqual([
      {
        queue: 'own-dead-letters',
        body: JSON.stringify(event(1)),
        attributes: { reason: 'MalformedDetail', source: 'bus' },
        delaySeconds: 0,
      },
    ]);
    expect(kept()).toBe(0);
  });

  it('[ORD-8] stays when it can be neither published nor parked, and the message comes again', async () => {
    const { ports, env, kept } = await setUp(1);
    const away = () => Promise.reject(new Error('cannot be reached'));
    const worker = composeDeadlines({ ...ports, bus: refused, queues: { ...ports.queues, send: away } }, env);
    expect((await worker(delivered([wakeOf(1)]))).batchItemFailures).toHaveLength(1);
    expect(kept()).toBe(1);
  });
});

describe('facts are kept', () => {
  it('fails when the table does not take all of them, so that the stream repeats', async () => {
    const { ports } = testPorts();
    const dynamo = clientWith(async () => ({ UnprocessedItems: { State: [{}] } }));
    await expect(keptFacts({ ...ports, dynamo }, 'State').keep([event(1)])).rejects.toThrow('1 facts were not kept');
  });

  it('takes any number of them', async () => {
    const { kept } = await setUp(60);
    expect(kept()).toBe(60);
  });
});
