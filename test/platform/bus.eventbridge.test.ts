/** Events on EventBridge: in groups that it takes, and none lost without an error. */
import type { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../functions/kernel/errors.ts';
import { eventBridge } from '../../functions/platform/bus.eventbridge.ts';

const event = (n: number) => ({
  source: 'tuntas.test',
  type: 'meter.counted',
  id: `m/METER/${n}`,
  version: n,
  at: '2026-11-21T05:00:00.000Z',
  count: n,
});

const setUp = (answer: object = {}) => {
  const puts: NonNullable<PutEventsCommand['input']['Entries']>[] = [];
  const send = async (command: PutEventsCommand): Promise<object> => {
    puts.push(command.input.Entries ?? []);
    return answer;
  };
  return { bus: eventBridge({ send: send as never }), puts };
};

describe('events are published', () => {
  it('[DSP-3] carry source, type and everything else as the detail', async () => {
    const { bus, puts } = setUp();
    await bus('tuntas-test', [event(1)]);
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
    const { bus, puts } = setUp();
    const events = Array.from({ length: 25 }, (_, i) => event(i + 1));
    await bus('tuntas-test', events);
    expect(puts.map((entries) => entries.length)).toEqual([10, 10, 5]);
    expect(new Set(puts.flat().map(({ Detail }) => Detail)).size).toBe(25);
  });

  it('send nothing when there are none', async () => {
    const { bus, puts } = setUp();
    await bus('tuntas-test', []);
    expect(puts).toEqual([]);
  });

  it('[DSP-3] fail when the bus did not take one of them, so that the stream repeats', async () => {
    const { bus } = setUp({ FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException' }] });
    await expect(bus('tuntas-test', [event(1), event(2)])).rejects.toThrow(
      new Unavailable('1 events were not taken: ThrottlingException'),
    );
  });
});
