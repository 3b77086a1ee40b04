/** What items promised goes out: events to the bus, deadlines to the timers. */
import type { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../functions/kernel/errors.ts';
import { outbox, publishTo } from '../../functions/platform/publisher.ts';
import type { Change, Published } from '../../functions/platform/stream-reader.ts';
import type { Wake } from '../../functions/platform/timers.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();
const event = (n: number, second = 0): Published & { readonly count: number } => ({
  source: 'tuntas.test',
  type: 'meter.counted',
  id: `m/METER/${n}`,
  version: n,
  at: new Date(Date.parse('2026-11-21T05:00:00.000Z') + second * 1_000).toISOString(),
  count: n,
});
const change = (n: number, rest: Partial<Change> = {}): Change => ({
  pk: 'METER#m',
  sk: 'METER',
  dueAt: undefined,
  events: [event(n)],
  ...rest,
});

const bus = (answer: object = {}) => {
  const puts: NonNullable<PutEventsCommand['input']['Entries']>[] = [];
  const client = {
    send: async (command: PutEventsCommand) => {
      puts.push(command.input.Entries ?? []);
      return answer;
    },
  } as unknown as EventBridgeClient;
  return { publish: publishTo(client, 'tuntas-test'), puts };
};

describe('events are published', () => {
  it('[DSP-3] carry source, type and everything else as the detail', async () => {
    const { publish, puts } = bus();
    await publish([event(1)]);
    const [[entry] = []] = puts;
    expect(entry).toMatchObject({ EventBusName: 'tuntas-test', Source: 'tuntas.test', DetailType: 'meter.counted' });
    expect(JSON.parse(String(entry?.Detail))).toEqual({
      type: 'meter.counted',
      id: 'm/METER/1',
      version: 1,
      at: '2026-11-21T05:00:00.000Z',
      count: 1,
    });
  });

  it('go out in groups of ten, each event once', async () => {
    const { publish, puts } = bus();
    await publish(Array.from({ length: 25 }, (_, i) => event(i + 1)));
    expect(puts.map((entries) => entries.length)).toEqual([10, 10, 5]);
    expect(new Set(puts.flat().map(({ Detail }) => Detail)).size).toBe(25);
  });

  it('ask the bus for nothing when there are none', async () => {
    const { publish, puts } = bus();
    await publish([]);
    expect(puts).toEqual([]);
  });

  it('[DSP-3] fail when the bus did not take one of them, so that the stream repeats', async () => {
    const { publish } = bus({ FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException' }] });
    await expect(publish([event(1), event(2)])).rejects.toThrow(
      new Unavailable('1 events were not taken: ThrottlingException'),
    );
  });
});

describe('changes are carried out', () => {
  const setUp = (fails: { publish?: Error; wake?: Error } = {}) => {
    const published: Published[] = [];
    const wakes: Wake[] = [];
    const carry = outbox({
      publish: async (events) => {
        if (fails.publish) throw fails.publish;
        published.push(...events);
      },
      wake: async (wanted) => {
        if (fails.wake) throw fails.wake;
        wakes.push(...wanted);
      },
      now: () => Date.parse('2026-11-21T05:00:09.000Z'),
    });
    return { carry, published, wakes };
  };

  it('publishes the events in order and starts a timer for each deadline', async () => {
    const { carry, published, wakes } = setUp();
    await carry([change(1), change(2, { dueAt: 9 }), change(3, { events: [], dueAt: 10 })]);
    expect(published.map(({ version }) => version)).toEqual([1, 2]);
    expect(wakes).toEqual([
      { pk: 'METER#m', sk: 'METER', dueAt: 9 },
      { pk: 'METER#m', sk: 'METER', dueAt: 10 },
    ]);
  });

  it('measures the lag of the oldest event', async () => {
    await setUp().carry([change(1, { events: [event(1, 5)] }), change(2, { events: [event(2, 2)] })]);
    expect(lines.metric('OutboxLag')).toEqual([7_000]);
  });

  it('measures no lag when there is no event', async () => {
    await setUp().carry([change(1, { events: [], dueAt: 9 })]);
    expect(lines.metric('OutboxLag')).toEqual([]);
  });

  it.each([
    ['the bus', { publish: new Unavailable('no') }],
    ['the timers', { wake: new Unavailable('no') }],
  ])('fails when %s fail', async (_, fails) => {
    await expect(setUp(fails).carry([change(1, { dueAt: 9 })])).rejects.toThrow('no');
  });
});
