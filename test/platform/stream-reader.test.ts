/** A stream's reader: changes in order, the poison parked, a failure thrown. */
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

const setUp = (fails?: Error) => {
  const seen: Change[] = [];
  const { park, parked } = deadLetters();
  const reader = streamReader(async (changes) => {
    if (fails) throw fails;
    seen.push(...changes);
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
    await reader(batch);
    expect(seen).toEqual([
      { pk: 'A', sk: 'METER', dueAt: undefined, events: [event] },
      { pk: 'B', sk: 'METER', dueAt: 7, events: [] },
      { pk: 'C', sk: 'METER', dueAt: 8, events: [event] },
    ]);
  });

  it('[DSP-3] are what the store wrote', async () => {
    const table = memoryTable();
    await storeOn(clientOf(table)).transition(meterOf('m'), countUp());
    const [record] = streamed(table.all('State')).Records;
    expect(record && changeFrom(record)).toEqual({
      pk: 'METER#m',
      sk: 'METER',
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
    await reader(streamed([image('A'), poison, image('C')]));
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

  it('is repeated when the dead letters cannot be reached', async () => {
    const reader = streamReader(
      async () => undefined,
      () => Promise.reject(new Error('the queue is away')),
    );
    await expect(reader(streamed([image('A'), undefined]))).rejects.toThrow('the queue is away');
  });
});

describe('a batch fails', () => {
  it('[DSP-3] is an error of the function, so that Lambda halves and repeats it, and says so', async () => {
    const { reader } = setUp(new Error('the bus is away'));
    await expect(reader(streamed([image('A'), image('B')]))).rejects.toThrow('the bus is away');
    expect(lines.all()).toMatchObject([
      { level: 'ERROR', records: 2, first: '1', error: { message: 'the bus is away' } },
    ]);
  });
});
