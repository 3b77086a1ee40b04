/** What items promised goes out: events to the bus, deadlines to the timers. */
import { describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import { NotPublished } from '../../functions/platform/not-published.ts';
import type { Ports } from '../../functions/platform/ports.ts';
import { compose } from '../../functions/platform/publisher.compose.ts';
import { wakeMessage } from '../../functions/platform/timers.ts';
import { logLines } from '../support/log.ts';
import { clientWith } from '../support/memory-table.ts';
import { env, testPorts } from '../support/ports.ts';
import { streamed } from '../support/queue.ts';

const lines = logLines();
const noon = instant(Date.parse('2026-11-21T05:00:00.000Z'));
const event = (n: number, second = 0) => ({
  source: 'tuntas.test',
  type: 'meter.counted',
  id: `m/METER/${n}`,
  version: n,
  at: new Date(noon + second * 1_000).toISOString(),
  count: n,
});
const image = (events: readonly object[], dueAt?: number) => ({
  pk: 'METER#m',
  sk: 'METER',
  ...(events.length > 0 ? { outbox: JSON.stringify(events) } : {}),
  ...(dueAt === undefined ? {} : { dueAt }),
});

const setUp = (broken: Partial<Ports<'bus' | 'queues' | 'dynamo'>> = {}) => {
  const { ports, clock, published, sent, table } = testPorts();
  clock.set(instant(noon + 9_000));
  const publish = compose({ ...ports, ...broken }, env);
  return {
    /** @returns the sequence numbers of the records that must come again */
    publish: async (...images: readonly object[]) =>
      (await publish(streamed(images as never, noon))).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    clock,
    published,
    sent,
    kept: () => table.all('State').filter(({ sk }) => sk === 'FACT'),
    parked: () => sent.filter(({ queue }) => queue === 'own-dead-letters'),
  };
};
const away = async (): Promise<never> => {
  throw new Error('cannot be reached');
};
const allAway = { send: away, sendAll: away, delay: away };
/** After the time in which the stream repeats what the bus did not take. */
const late = instant(noon + 600_000);

describe('changes are carried out', () => {
  it('[DSP-3] publishes the events in order, and starts a timer for each deadline', async () => {
    const { publish, published, sent } = setUp();
    await publish(image([event(1)]), image([event(2), event(3)], noon + 10_000), image([], noon + 11_000));
    expect(published).toEqual([event(1), event(2), event(3)]);
    expect(sent.map(({ queue, body, delaySeconds }) => [queue, wakeMessage.read(body), delaySeconds])).toEqual([
      ['timers', { pk: 'METER#m', sk: 'METER', dueAt: noon + 10_000 }, 1],
      ['timers', { pk: 'METER#m', sk: 'METER', dueAt: noon + 11_000 }, 2],
    ]);
    expect(lines.named('Published')).toMatchObject([{ events: 3, wakes: 2 }]);
  });

  it('measures the lag of the oldest event', async () => {
    await setUp().publish(image([event(1, 5)]), image([event(2, 2)]));
    expect(lines.metric('OutboxLag')).toEqual([7_000]);
  });

  it('measures no lag when there is no event', async () => {
    await setUp().publish(image([], noon + 9_000));
    expect(lines.metric('OutboxLag')).toEqual([]);
  });

  it('[DSP-3] publishes although the timers cannot be reached: the sweeper finds the deadline', async () => {
    const { publish, published } = setUp({ queues: allAway });
    expect(await publish(image([event(1)], noon + 10_000))).toEqual([]);
    expect(published).toEqual([event(1)]);
    expect(lines.named('Wake-ups not sent, left to the sweeper')).toMatchObject([{ level: 'WARN', wakes: 1 }]);
  });

  it('[ORD-8] sends no wake-up for a deadline more than 15 minutes away: the sweeper finds it', async () => {
    const { publish, sent } = setUp();
    await publish(image([], noon + 9_000 + 900_000), image([], noon + 9_000 + 900_001));
    expect(sent.map(({ delaySeconds }) => delaySeconds)).toEqual([900]);
  });

  it('parks what is no item of ours in its dead letters', async () => {
    const { publish, sent } = setUp();
    expect(await publish({ pk: 'METER#m' })).toEqual([]);
    expect(sent).toMatchObject([
      { queue: 'own-dead-letters', attributes: { reason: 'a stream record without a key' } },
    ]);
  });
});

describe('the bus does not take an event', () => {
  it('[DSP-3] names the records that must come again when the bus cannot be reached', async () => {
    const { publish, kept } = setUp({ bus: away });
    expect(await publish(image([event(1)]), image([], noon + 9_000), image([event(2)]))).toEqual(['1', '3']);
    expect(kept()).toEqual([]);
    expect(lines.named('Events not taken by the bus')).toMatchObject([{ level: 'WARN', events: 2 }]);
    expect(lines.named('Left for a retry')).toMatchObject([{ level: 'WARN', records: 2, first: '1' }]);
  });

  it('[ORD-8] repeats only the record whose event was not taken', async () => {
    const bus = async () => Promise.reject(new NotPublished([], [event(2)], 'ThrottlingException'));
    const { publish } = setUp({ bus });
    expect(await publish(image([event(1)]), image([event(2)]), image([event(3)]))).toEqual(['2']);
  });

  it('[ORD-8] sends one wake-up per write: none for a record that comes again, nor for those behind it', async () => {
    const bus = async () => Promise.reject(new NotPublished([], [event(2)], 'ThrottlingException'));
    const { publish, sent } = setUp({ bus });
    const due = (n: number) => image([event(n)], noon + 10_000 + n);
    expect(await publish(due(1), due(2), due(3))).toEqual(['2']);
    expect(sent.map(({ body }) => wakeMessage.read(body).dueAt)).toEqual([noon + 10_001]);
  });

  it('[ORD-8] is not asked again for what it took, while it throttles others of the batch', async () => {
    const calls: (readonly number[])[] = [];
    const { publish } = setUp({
      bus: async (_, events) => {
        calls.push(events.map(({ version }) => version));
        const throttled = events.filter(({ version }) => version % 2 === 1 && calls.length < 3);
        if (throttled.length > 0) throw new NotPublished([], throttled, 'ThrottlingException');
      },
    });
    const batch = [image([event(1), event(2)]), image([event(3)]), image([event(4)])];
    expect([await publish(...batch), await publish(...batch), await publish(...batch)]).toEqual([
      ['1', '2'],
      ['1', '2'],
      [],
    ]);
    expect(calls).toEqual([
      [1, 2, 3, 4],
      [1, 3],
      [1, 3],
    ]);
  });

  it('[ORD-8] parks an event that it refuses, with its body, and goes on', async () => {
    const refused = [{ event: event(2), reason: 'MalformedDetail: Detail is malformed.' }];
    const { publish, parked, kept } = setUp({ bus: async () => Promise.reject(new NotPublished(refused, [], '')) });
    expect(await publish(image([event(1), event(2)]))).toEqual([]);
    expect(parked()).toEqual([
      {
        queue: 'own-dead-letters',
        body: JSON.stringify(event(2)),
        attributes: { reason: 'MalformedDetail: Detail is malformed.', source: 'bus' },
        delaySeconds: 0,
      },
    ]);
    expect(kept()).toEqual([]);
    expect(lines.metric('Parked')).toEqual([1]);
  });

  it('[ORD-8] repeats the record of a refused event that cannot be parked either', async () => {
    const refused = [{ event: event(2), reason: 'MalformedDetail' }];
    const bus = async () => Promise.reject(new NotPublished(refused, [], ''));
    const { publish } = setUp({ bus, queues: allAway });
    expect(await publish(image([event(1)]), image([event(2)]))).toEqual(['2']);
  });
});

describe('[ORD-8] the bus is away for longer than ten minutes', () => {
  it('keeps each event with its body, due at once, and goes on', async () => {
    const { publish, clock, kept, sent } = setUp({ bus: away });
    clock.set(late);
    expect(await publish(image([event(1), event(2)]), image([event(3)]))).toEqual([]);
    expect(kept()).toEqual(
      [1, 2, 3].map((n) => ({
        pk: `FACT#m/METER/${n}`,
        sk: 'FACT',
        fact: JSON.stringify(event(n)),
        dueShard: expect.stringMatching(/^fact#[0-3]$/),
        dueAt: late,
      })),
    );
    expect(sent).toEqual([]);
    expect(lines.metric('FactKept')).toEqual([3]);
  });

  it('repeats a record that is a moment younger', async () => {
    const { publish, clock, kept } = setUp({ bus: away });
    clock.set(instant(late - 1));
    expect(await publish(image([event(1)]))).toEqual(['1']);
    expect(kept()).toEqual([]);
  });

  it('keeps only what was not taken, and each event once though its record comes twice', async () => {
    const bus = async () => Promise.reject(new NotPublished([], [event(2), event(2)], 'ThrottlingException'));
    const { publish, clock, kept } = setUp({ bus });
    clock.set(late);
    expect(await publish(image([event(1)]), image([event(2)]), image([event(2)]))).toEqual([]);
    expect(kept().map(({ pk }) => pk)).toEqual(['FACT#m/METER/2']);
  });

  it('repeats the record when the table does not take it', async () => {
    const { publish, clock } = setUp({ bus: away, dynamo: clientWith(away) });
    clock.set(late);
    expect(await publish(image([event(1)]))).toEqual(['1']);
  });

  it('does not ask the bus for each old batch: once its breaker is open, one in ten seconds tries', async () => {
    let calls = 0;
    const bus = async () => {
      calls += 1;
      throw new Error('cannot be reached');
    };
    const { publish, clock, kept } = setUp({ bus });
    clock.set(late);
    for (let n = 1; n <= 20; n += 1) await publish(image([event(n)]));
    expect([calls, kept().length]).toEqual([5, 20]);
    clock.pass(10_000);
    for (let n = 21; n <= 40; n += 1) await publish(image([event(n)]));
    expect([calls, kept().length]).toEqual([6, 40]);
  });

  it('sends no wake-up for a kept event: the sweeper does, within its budget', async () => {
    const { publish, clock, kept, sent } = setUp({ bus: away });
    clock.set(late);
    await publish(image([event(1)]));
    await publish(...kept());
    expect(sent).toEqual([]);
  });
});
