/** The tail of one table's stream: read once for all its readers, kept for a while, woken by writes. */
import type { DynamoDb } from './client.ts';

export type StreamRecord = {
  readonly eventID: string;
  readonly eventName: string;
  readonly dynamodb: Readonly<Record<string, unknown>> & {
    readonly SequenceNumber: string;
    readonly ApproximateCreationDateTime: number;
  };
  readonly [key: string]: unknown;
};

export type TableStream = ReturnType<typeof openStream>;

type StreamOptions = {
  readonly call: DynamoDb;
  readonly table: string;
  /** The ARN and region that functions see; the emulator has others. */
  readonly arn: string;
  readonly region: string;
};
type Page = { readonly records: readonly StreamRecord[]; readonly next: string | undefined };

const idlePollMs = 250;
const keptRecords = 2000;
const pageSize = 1000;

export const sequenceOf = (record: StreamRecord): bigint => BigInt(record.dynamodb.SequenceNumber);

/** Where the records after a sequence number begin; they are in order. */
const indexAfter = (records: readonly StreamRecord[], sequence: bigint): number => {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sequenceOf(records[middle] as StreamRecord) > sequence) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** Reads pages of the stream at the emulator. */
const pagesOf = ({ call, table, arn, region }: StreamOptions) => {
  const shard = async (): Promise<{ StreamArn: unknown; ShardId: unknown }> => {
    const { Streams } = await call('ListStreams', { TableName: table });
    const [stream] = Array.isArray(Streams) ? Streams : [];
    if (!stream) throw new Error(`the table ${table} has no stream`);
    const { StreamDescription } = await call('DescribeStream', { StreamArn: stream.StreamArn });
    const { Shards } = StreamDescription as { Shards: { ShardId: string }[] };
    return { StreamArn: stream.StreamArn, ShardId: Shards.at(-1)?.ShardId };
  };
  const iteratorAfter = async (sequence: bigint): Promise<string> => {
    const from =
      sequence < 0n
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: String(sequence) };
    const { ShardIterator } = await call('GetShardIterator', { ...(await shard()), ...from });
    return String(ShardIterator);
  };
  const page = async (from: string): Promise<Page> => {
    const { Records, NextShardIterator } = await call('GetRecords', { ShardIterator: from, Limit: pageSize });
    const records = (Records as StreamRecord[]).map((one) => ({ ...one, eventSourceARN: arn, awsRegion: region }));
    return { records, next: typeof NextShardIterator === 'string' ? NextShardIterator : undefined };
  };
  const latest = async (): Promise<bigint> => {
    let last = -1n;
    let from: string | undefined = await iteratorAfter(-1n);
    while (from) {
      const { records, next }: Page = await page(from);
      const newest = records.at(-1);
      if (!newest) return last;
      last = sequenceOf(newest);
      from = next;
    }
    return last;
  };
  return { iteratorAfter, page, latest };
};

export const openStream = (options: StreamOptions) => {
  const { iteratorAfter, page, latest } = pagesOf(options);
  const readers: (() => void)[] = [];
  let kept: StreamRecord[] = [];
  /** Everything after this sequence number and up to the end is in `kept`, or still to be read. */
  let base = -1n;
  let iterator: string | undefined;
  let reading: Promise<void> | undefined;

  const end = (): bigint => {
    const last = kept.at(-1);
    return last ? sequenceOf(last) : base;
  };

  const readNext = async (): Promise<void> => {
    try {
      iterator ??= await iteratorAfter(end());
      const { records, next } = await page(iterator);
      iterator = next;
      kept.push(...records);
      const surplus = kept.length - keptRecords;
      const last = kept[surplus - 1];
      if (!last) return;
      base = sequenceOf(last);
      kept = kept.slice(surplus);
    } catch (error) {
      iterator = undefined;
      throw error;
    }
  };

  const wake = (): void => {
    for (const reader of readers) reader();
  };
  const timer = setInterval(wake, idlePollMs);

  return {
    arn: options.arn,
    latest,
    wake,
    /** The reader is called when there may be something new. */
    subscribe: (reader: () => void): void => void readers.push(reader),
    stop: (): void => clearInterval(timer),
    /** Records after a sequence number, oldest first; none when the reader has come to the end. */
    after: async (sequence: bigint, limit: number): Promise<readonly StreamRecord[]> => {
      if (kept.length === 0 && reading === undefined && base < sequence) base = sequence;
      if (sequence < base) return (await page(await iteratorAfter(sequence))).records.slice(0, limit);
      // A read under way may have begun before the write that woke this reader.
      if (sequence >= end()) await reading;
      if (sequence >= end()) {
        reading ??= readNext().finally(() => {
          reading = undefined;
        });
        await reading;
      }
      const first = indexAfter(kept, sequence);
      return kept.slice(first, first + limit);
    },
  };
};
