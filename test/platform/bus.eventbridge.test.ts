/** Events on EventBridge: in groups that it takes, and none lost without an error. */
import type { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { eventBridge } from '../../functions/platform/bus.eventbridge.ts';
import { NotPublished } from '../../functions/platform/not-published.ts';
import type { Published } from '../../functions/platform/stream-reader.ts';

type Entries = NonNullable<PutEventsCommand['input']['Entries']>;

const event = (n: number) => ({
  source: 'tuntas.test',
  type: 'meter.counted',
  id: `m/METER/${n}`,
  version: n,
  at: '2026-11-21T05:00:00.000Z',
  count: n,
});

const setUp = (answer: object = {}) => {
  const puts: Entries[] = [];
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

  const untaken = async (answers: (entries: Entries) => object | Error, events: readonly Published[]) => {
    const groups: number[] = [];
    const send = async ({ input: { Entries = [] } }: PutEventsCommand): Promise<object> => {
      groups.push(Entries.length);
      const answer = answers(Entries);
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const error = await eventBridge({ send: send as never })('tuntas-test', events).catch((reason: unknown) => reason);
    if (!(error instanceof NotPublished)) throw error;
    return { error, groups };
  };
  const named = (name: string, message: string) => Object.assign(new Error(message), { name });

  it('[DSP-3] name the one that the bus did not take, so that it alone is repeated', async () => {
    const throttled = { FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException' }] };
    const { error } = await untaken(() => throttled, [event(1), event(2)]);
    expect(error).toMatchObject({
      message: '1 events were not taken: ThrottlingException',
      refused: [],
      untaken: [event(2)],
    });
  });

  it.each(['MalformedDetail', 'InvalidArgument', 'NotAuthorizedForSourceException'])(
    '[ORD-8] name the one that the bus refuses for good with %s',
    async (ErrorCode) => {
      const refused = { FailedEntryCount: 1, Entries: [{ ErrorCode, ErrorMessage: 'why' }, { EventId: '2' }] };
      const { error } = await untaken(() => refused, [event(1), event(2)]);
      expect(error).toMatchObject({ refused: [{ event: event(1), reason: `${ErrorCode}: why` }], untaken: [] });
    },
  );

  it('[ORD-8] go alone when their group is refused: one that is too large holds up no other', async () => {
    const tooLarge = named('ValidationException', 'Total size of the entries in the request is over the limit.');
    const isLarge = ({ Detail = '' }: Entries[number]) => Detail.includes('"version":2,');
    const { error, groups } = await untaken(
      (entries) => (entries.some(isLarge) ? tooLarge : { FailedEntryCount: 0, Entries: entries }),
      [event(1), event(2), event(3)],
    );
    expect(groups).toEqual([3, 1, 1, 1]);
    expect(error.refused).toEqual([{ event: event(2), reason: `ValidationException: ${tooLarge.message}` }]);
    expect(error.untaken).toEqual([]);
  });

  it('[ORD-8] of other groups are taken while one cannot be sent', async () => {
    const isFirst = (entries: Entries) => entries.length === 10;
    const { error } = await untaken(
      (entries) => (isFirst(entries) ? named('TimeoutError', 'no answer') : { FailedEntryCount: 0 }),
      Array.from({ length: 12 }, (_, i) => event(i + 1)),
    );
    expect(error.message).toBe('10 events were not taken: TimeoutError: no answer');
    expect(error.untaken.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('[ORD-8] are not refused for good when we may not publish: a permission can be put right', async () => {
    const { error, groups } = await untaken(
      () => named('AccessDeniedException', 'not authorized'),
      [event(1), event(2)],
    );
    expect([error.refused, error.untaken.length, groups]).toEqual([[], 2, [2]]);
  });
});
