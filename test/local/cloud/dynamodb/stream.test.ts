/** The tail of a stream: read once for all its readers, from memory where they are close to its end. */
import { afterEach, expect, it } from 'vitest';
import type { DynamoDb } from '../../../../local/cloud/dynamodb/client.ts';
import { openStream, type StreamRecord, type TableStream } from '../../../../local/cloud/dynamodb/stream.ts';

let stream: TableStream;
afterEach(() => stream.stop());

/** A stream of so many records, by number. An iterator is the number after which it reads. */
const streamOf = (count: { records: number }) => {
  const calls: string[] = [];
  const call: DynamoDb = async (operation, input) => {
    calls.push(operation);
    const { ShardIterator, SequenceNumber = '0', Limit } = input as Readonly<Record<string, string>>;
    if (operation === 'ListStreams') return { Streams: [{ StreamArn: 'arn:emulator' }] };
    if (operation === 'DescribeStream') return { StreamDescription: { Shards: [{ ShardId: 's1' }] } };
    if (operation === 'GetShardIterator') return { ShardIterator: SequenceNumber };
    const from = Number(ShardIterator);
    const to = Math.min(count.records, from + Number(Limit));
    const Records = Array.from({ length: to - from }, (_, i) => ({
      dynamodb: { SequenceNumber: String(from + i + 1) },
    }));
    return { Records, NextShardIterator: String(to) };
  };
  stream = openStream({ call, table: 'facts', arn: 'arn:stream', region: 'here' });
  return { stream, reads: () => calls.filter((one) => one === 'GetRecords').length };
};
const numbers = (records: readonly StreamRecord[]) => records.map(({ dynamodb }) => Number(dynamodb.SequenceNumber));

it('gives the records after a number in order, as they look on AWS, and none at the end', async () => {
  const { stream: tail } = streamOf({ records: 5 });
  expect(numbers(await tail.after(-1n, 3))).toEqual([1, 2, 3]);
  expect(await tail.after(3n, 3)).toMatchObject([{ eventSourceARN: 'arn:stream', awsRegion: 'here' }, {}]);
  expect(await tail.after(5n, 3)).toEqual([]);
});

it('is read once for two readers', async () => {
  const { stream: tail, reads } = streamOf({ records: 5 });
  const both = await Promise.all([tail.after(-1n, 10), tail.after(-1n, 10)]);
  expect(both.map((records) => numbers(records))).toEqual(Array(2).fill([1, 2, 3, 4, 5]));
  expect(reads()).toBe(1);
});

it('gives what was written since the last read', async () => {
  const count = { records: 2 };
  const { stream: tail } = streamOf(count);
  expect(numbers(await tail.after(-1n, 10))).toEqual([1, 2]);
  count.records = 4;
  expect(numbers(await tail.after(2n, 10))).toEqual([3, 4]);
});

it('keeps the newest records only; a reader further behind reads from the table', async () => {
  const { stream: tail } = streamOf({ records: 4_500 });
  let position = -1n;
  for (let page = await tail.after(position, 1_000); page.length > 0; page = await tail.after(position, 1_000))
    position = BigInt(numbers(page).at(-1) ?? 0);
  expect(position).toBe(4_500n);
  expect(numbers(await tail.after(10n, 2))).toEqual([11, 12]);
  expect(numbers(await tail.after(4_498n, 10))).toEqual([4_499, 4_500]);
});

it('knows its latest number', async () => {
  expect(await streamOf({ records: 1_200 }).stream.latest()).toBe(1_200n);
});
