/** A stream's reader: changes in order, the poison parked, what must come again by its number. */
import { describe, expect, it } from 'vitest';
import { type Change, changeFrom, streamReader } from '../../functions/platform/stream-reader.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';
import { countUp, meterOf, storeOn } from '../support/meter.ts';
import { deadLetters, streamed } from '../support/queue.ts';

const lines = logLines();
const event = {
  source: 'tuntas.test',
  type: 'meter.counted',
  id: 'm/METER/1',
  version: 1,
  at: '2026-11-21T05:00:00.000Z',
};
const image = (pk: string, rest: object = { outbox: JSON.stringify([event]) }) => ({ pk, sk: 'METER', ...rest });

const writtenAt = Date.UTC(2026, 10, 21, 5);
const done = { batchItemFailures: [] };

type Options = { readonly fails?: Error; readonly isLeft?: (change: Change) => boolean };
const setUp = ({ fails, isLeft = () => false }: Options = {}) => {
  const seen: Change[] = [];
  const { park, parked } = deadLetters();
  const reader = streamReader(async (changes) => {
    if (fails) throw fails;
    seen.push(...changes);
    return changes.filter(isLeft);
  }, park);
  return { reader, seen, parked };
};

describe('changes of items arrive', () => {
  it('are handed on in order, with their events and deadlines', async () => {
    const { reader, seen } = setUp();
    const batch = streamed([
      image('A'),
      image('B', { dueAt: 7 }),
      image('C', { outbox: JSON.stringify([event]), dueAt: 8 }),
    ]);
    expect(await reader(batch)).toEqual(done);
    expect(seen).toEqual([
      { pk: 'A', sk: 'METER', sequence: '1', writtenAt, dueAt: undefined, events: [event] },
      { pk: 'B', sk: 'METER', sequence: '2', writtenAt, dueAt: 7, events: [] },
      { pk: 'C', sk: 'METER', sequence: '3', writtenAt, dueAt: 8, events: [event] },
    ]);
  });

  it('[DSP-3] are what the store wrote', async () => {
    const table = memoryTable();
    await storeOn(clientOf(table)).transition(meterOf('m'), countUp());
    const [record] = streamed(table.all('State')).Records;
    expect(record && changeFrom(record)).toEqual({
      pk: 'METER#m',
      sk: 'METER',
      sequence: '1',
      writtenAt,
      dueAt: 1_001,
      events: [{ ...event, count: 1 }],
    });
  });
});

describe('a record can never be read', () => {
  it.each([
    ['has no image', undefined],
    ['has no key', { outbox: '[]' }],
    ['has an outbox that is not JSON', image('B', { outbox: '[{' })],
    ['has an outbox that is no list', image('B', { outbox: '{}' })],
    ['has an event without a type', image('B', { outbox: JSON.stringify([{ ...event, type: undefined }]) })],
    ['has an event without a time', image('B', { outbox: JSON.stringify([{ ...event, at: 'yesterday' }]) })],
    ['has two events with one id', image('B', { outbox: JSON.stringify([event, { ...event, type: 'b.c' }]) })],
    ['has an event with half a version', image('B', { outbox: JSON.stringify([{ ...event, version: 1.5 }]) })],
  ])('is parked with the reason when it %s, and its neighbours are done', async (_, poison) => {
    const { reader, seen, parked } = setUp();
    expect(await reader(streamed([image('A'), poison, image('C')]))).toEqual(done);
    expect(seen.map(({ pk }) => pk)).toEqual(['A', 'C']);
    expect(parked).toHaveLength(1);
    expect(parked[0]?.reason).not.toBe('');
    expect(parked[0]?.body).toContain('"SequenceNumber":"2"');
    expect(parked[0]?.source).toBe('arn:aws:dynamodb:ap-southeast-3:000000000000:table/tuntas-test-state/stream/1');
  });

  it('is parked as of a stream when it names none', async () => {
    const { reader, parked } = setUp();
    await reader({ Records: [{ dynamodb: { SequenceNumber: '1' } }] });
    expect(parked).toEqual([
      { body: '{"SequenceNumber":"1"}', reason: 'a stream record without a key', source: 'stream' },
    ]);
  });

  it('is repeated alone when the dead letters cannot be reached', async () => {
    const seen: string[] = [];
    const reader = streamReader(
      async (changes) => {
        seen.push(...changes.map(({ pk }) => pk));
        return [];
      },
      () => Promise.reject(new Error('the queue is away')),
    );
    expect(await reader(streamed([image('A'), undefined, image('C')]))).toEqual({
      batchItemFailures: [{ itemIdentifier: '2' }],
    });
    expect(seen).toEqual(['A', 'C']);
  });
});

describe('a batch fails', () => {
  it('[ORD-8] names the records that must come again', async () => {
    const { reader } = setUp({ isLeft: ({ pk }) => pk !== 'B' });
    expect(await reader(streamed([image('A'), image('B'), image('C')]))).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }, { itemIdentifier: '3' }],
    });
    expect(lines.all()).toMatchObject([{ level: 'WARN', message: 'Left for a retry', records: 2, first: '1' }]);
  });

  it('[DSP-3] is an error of the function when nothing is known of its records, so that Lambda halves it', async () => {
    const { reader } = setUp({ fails: new Error('the bus is away') });
    await expect(reader(streamed([image('A'), image('B')]))).rejects.toThrow('the bus is away');
    expect(lines.all()).toMatchObject([
      { level: 'ERROR', records: 2, first: '1', error: { message: 'the bus is away' } },
    ]);
  });
});
