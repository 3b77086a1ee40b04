/** The tail of one table's stream: read once for all its readers, kept for a while, woken by writes. */
import type { DynamoDb } from './client.ts';

export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly dynamodb: Readonly<Record<string, unknown>> & {
    readonly SequenceNumber: string;
    readonly ApproximateCreationDateTime: number;
  };
  readonly [key: string]: unknown;
}

export interface TableStream {
  readonly arn: string;
  /** Records after a sequence number, oldest first; none when the reader has come to the end. */
  readonly after: (sequence: bigint, limit: number) => Promise<readonly StreamRecord[]>;
  readonly latest: () => Promise<bigint>;
  /** Called when there may be something new. */
  readonly subscribe: (reader: () => void) => void;
  readonly wake: () => void;
  readonly stop: () => void;
}

export interface StreamOptions {
  readonly call: DynamoDb;
  readonly table: string;
  /** The ARN and region that functions see; the emulator has its own. */
  readonly arn: string;
  readonly region: string;
}

const IDLE_POLL_MS = 250;
const KEPT = 2000;
const PAGE = 1000;

export const sequenceOf = (record: StreamRecord): bigint => BigInt(record.dynamodb.SequenceNumber);

/** Where the records after a sequence number begin; they are in order. */
const placeAfter = (records: readonly StreamRecord[], sequence: bigint): number => {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sequenceOf(records[middle] as StreamRecord) > sequence) high = middle;
    else low = middle + 1;
  }
  return low;
};

interface Page {
  readonly records: readonly StreamRecord[];
  readonly next: string | undefined;
}

export const openStream = ({ call, table, arn, region }: StreamOptions): TableStream => {
  const readers: (() => void)[] = [];
  let kept: StreamRecord[] = [];
  /** Everything after this sequence number and up to the end is in `kept`, or still to be read. */
  let base = -1n;
  let iterator: string | undefined;
  let reading: Promise<void> | undefined;

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
    const { Records, NextShardIterator } = await call('GetRecords', { ShardIterator: from, Limit: PAGE });
    const records = (Records as StreamRecord[]).map((record) => ({
      ...record,
      eventSourceARN: arn,
      awsRegion: region,
    }));
    return { records, next: typeof NextShardIterator === 'string' ? NextShardIterator : undefined };
  };

  const end = (): bigint => {
    const last = kept.at(-1);
    return last ? sequenceOf(last) : base;
  };

  const readOn = async (): Promise<void> => {
    try {
      iterator ??= await iteratorAfter(end());
      const { records, next } = await page(iterator);
      iterator = next;
      kept.push(...records);
      const surplus = kept.length - KEPT;
      if (surplus <= 0) return;
      const last = kept[surplus - 1];
      if (last) base = sequenceOf(last);
      kept = kept.slice(surplus);
    } catch (error) {
      iterator = undefined;
      throw error;
    }
  };

  const wake = (): void => {
    for (const reader of readers) reader();
  };
  const timer = setInterval(wake, IDLE_POLL_MS);

  return {
    arn,
    wake,
    subscribe: (reader) => void readers.push(reader),
    stop: () => clearInterval(timer),
    latest: async () => {
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
    },
    after: async (sequence, limit) => {
      if (kept.length === 0 && reading === undefined && base < sequence) base = sequence;
      if (sequence < base) return (await page(await iteratorAfter(sequence))).records.slice(0, limit);
      // A read under way may have begun before the write that woke this reader.
      if (sequence >= end()) await reading;
      if (sequence >= end()) {
        reading ??= readOn().finally(() => {
          reading = undefined;
        });
        await reading;
      }
      const first = placeAfter(kept, sequence);
      return kept.slice(first, first + limit);
    },
  };
};
