/** The story: each event is one line in the partition of its order. */
import type { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../functions/kernel/errors.ts';
import { lineOf, story } from '../../functions/platform/story.ts';
import type { Change } from '../../functions/platform/stream-reader.ts';
import { clientOf, clientWith, type MemoryTable, memoryTable } from '../support/memory-table.ts';
import { deadLetters } from '../support/queue.ts';

const pk = 'ORDER#TNT-20261121-0000042';
const event = (version: number, type = 'ride.offered') => ({
  source: 'tuntas.dispatch',
  type,
  id: `TNT-20261121-0000042/RIDE/${version}`,
  version,
  at: '2026-11-21T03:44:00.000Z',
  offered: ['driver-1'],
});
const change = (...events: readonly ReturnType<typeof event>[]): Change => ({
  pk,
  sk: 'RIDE',
  sequence: '1',
  writtenAt: 0,
  dueAt: undefined,
  events,
});

const storyOn = (table: MemoryTable) => story({ dynamo: clientOf(table), park: deadLetters().park }, 'Story');

describe('an event is written to the story', () => {
  it('is a line of the order, sorted by version', () => {
    expect(unmarshall(lineOf(pk, event(7)))).toEqual({
      pk,
      sk: 'EVENT#ride#000007',
      kind: 'event',
      type: 'ride.offered',
      id: 'TNT-20261121-0000042/RIDE/7',
      version: 7,
      at: '2026-11-21T03:44:00.000Z',
      offered: ['driver-1'],
    });
  });

  it('[GNT-6] is a separate line from another one of the same write', () => {
    const ofOneWrite = [
      event(2, 'order.finished'),
      { ...event(2, 'order.paid'), id: 'TNT-20261121-0000042/ORDER/2.2' },
    ];
    const twelfth = { ...event(2, 'order.closed'), id: 'TNT-20261121-0000042/ORDER/2.12' };
    const dotted = { ...event(2, 'driver.moved'), id: 'driver.7/DRIVER/2' };
    const payment = { ...event(3, 'refund.changed'), id: 'TNT-20261121-0000042-1795232640/PAYMENT/3.2' };
    expect([...ofOneWrite, payment, twelfth, dotted].map((one) => lineOf(pk, one).sk?.S)).toEqual([
      'EVENT#order#000002',
      'EVENT#order#000002.2',
      'EVENT#refund#000003.2#TNT-20261121-0000042-1795232640',
      'EVENT#order#000002.12',
      'EVENT#driver#000002#driver.7',
    ]);
  });

  it('is a line without the requests to the dispatch worker', async () => {
    const table = memoryTable();
    await storyOn(table)([
      change(event(1, 'ride.requested'), event(1, 'dispatch.requested'), event(1, 'dispatch.requested')),
    ]);
    expect(table.all('Story').map(({ type }) => type)).toEqual(['ride.requested']);
  });

  it('is the same line when it is written again', async () => {
    const table = memoryTable();
    const write = storyOn(table);
    await write([change(event(1)), change(event(2))]);
    await write([change(event(2))]);
    expect(table.all('Story')).toHaveLength(2);
  });

  it('is written once when one batch has it twice', async () => {
    const table = memoryTable();
    await storyOn(table)([change(event(1)), change(event(1))]);
    expect(table.all('Story')).toHaveLength(1);
  });

  it('is written with any number of others', async () => {
    const table = memoryTable();
    await storyOn(table)(Array.from({ length: 100 }, (_, i) => change(event(i + 1))));
    expect(table.all('Story')).toHaveLength(100);
  });
});

describe('the table does not take a line', () => {
  it('fails, so that the stream repeats', async () => {
    const throttled = clientWith(async (command) => ({
      UnprocessedItems: (command as BatchWriteItemCommand).input.RequestItems,
    }));
    await expect(story({ dynamo: throttled, park: deadLetters().park }, 'Story')([change(event(1))])).rejects.toThrow(
      new Unavailable('1 lines of the story were not taken'),
    );
  });

  it('[ORD-8] parks the line that the table refuses for good, with its body, and writes the others', async () => {
    const table = memoryTable();
    const { park, parked } = deadLetters();
    const dynamo = clientWith(async (command) => {
      if (JSON.stringify((command as BatchWriteItemCommand).input).includes('ride.spoilt'))
        throw Object.assign(new Error('Nesting Levels have exceeded supported limits'), {
          name: 'ValidationException',
        });
      return clientOf(table).send(command as never);
    });
    await story({ dynamo, park }, 'Story')([change(event(1)), change(event(2, 'ride.spoilt')), change(event(3))]);
    expect(table.all('Story').map(({ version }) => version)).toEqual([1, 3]);
    expect(parked).toMatchObject([{ reason: 'Nesting Levels have exceeded supported limits', source: 'Story' }]);
    expect(JSON.parse(parked[0]?.body ?? '')).toMatchObject({ pk, type: 'ride.spoilt', version: 2 });
  });
});
