/** What items promised goes out: events to the bus, deadlines to the timers. */
import { describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import type { Ports } from '../../functions/platform/ports.ts';
import { compose } from '../../functions/platform/publisher.compose.ts';
import { wakeMessage } from '../../functions/platform/timers.ts';
import { logLines } from '../support/log.ts';
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

const setUp = (broken: Partial<Ports<'bus' | 'queues'>> = {}) => {
  const { ports, clock, published, sent } = testPorts();
  clock.set(instant(noon + 9_000));
  const publish = compose({ ...ports, ...broken }, env);
  return { publish: (...images: readonly object[]) => publish(streamed(images as never)), published, sent };
};
const away = async (): Promise<never> => {
  throw new Error('cannot be reached');
};

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

  it.each([
    ['the bus', { bus: away }],
    ['the timers', { queues: { send: away, sendAll: away, delay: away } }],
  ])('[DSP-3] fails when %s cannot be reached, so that the stream repeats', async (_, broken) => {
    await expect(setUp(broken).publish(image([event(1)], noon))).rejects.toThrow('cannot be reached');
  });

  it('parks what is no item of ours in its dead letters', async () => {
    const { publish, sent } = setUp();
    await publish({ pk: 'METER#m' });
    expect(sent).toMatchObject([
      { queue: 'own-dead-letters', attributes: { reason: 'a stream record without a key' } },
    ]);
  });
});
