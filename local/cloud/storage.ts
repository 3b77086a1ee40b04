/** What holds state: the DynamoDB emulator with its tables and streams, and the queues. */
import { join } from 'node:path';
import { type Places, REGION } from './addresses.ts';
import { type DynamoDbProcess, startDynamoDb } from './dynamodb/process.ts';
import { openStream, type TableStream } from './dynamodb/stream.ts';
import { openTables, type Table } from './dynamodb/tables.ts';
import { startSqs } from './sqs/fauxqs.ts';
import { openQueues, type Queues } from './sqs/queues.ts';
import type { State } from './state.ts';
import type { Teardown } from './teardown.ts';
import type { Stack } from './template/stack.ts';

export interface Storage {
  readonly database: DynamoDbProcess;
  readonly tables: readonly Table[];
  /** By the ARN that the template knows. */
  readonly streams: ReadonlyMap<string, TableStream>;
  readonly queues: Queues;
  readonly wakeStreams: () => void;
}

export interface StorageOptions {
  readonly stack: Stack;
  readonly state: State;
  readonly places: Places;
  readonly teardown: Teardown;
  readonly onBroken: (reason: string) => void;
}

export const openStorage = async ({ stack, state, places, teardown, onBroken }: StorageOptions): Promise<Storage> => {
  const database = await startDynamoDb({
    folder: join(state.directory, 'dynamodb'),
    port: places.dynamoDb,
    sweepPort: places.sweep,
    onEnd: (code) => onBroken(`the DynamoDB emulator ended (${code})`),
  });
  teardown.add('database', () => database.stop());
  const sqs = await startSqs({
    port: places.sqs,
    region: REGION,
    folder: state.memory ? undefined : join(state.directory, 'queues'),
  });
  const queues = openQueues(stack, sqs);
  teardown.add('queues', () => queues.stop());
  const tables = await openTables(stack, database.call);
  const streams = new Map(
    tables
      .filter(({ hasStream }) => hasStream)
      .map(
        ({ name, streamArn }) =>
          [streamArn, openStream({ call: database.call, table: name, arn: streamArn, region: REGION })] as const,
      ),
  );
  teardown.add('streams', () => {
    for (const stream of streams.values()) stream.stop();
  });
  return {
    database,
    tables,
    streams,
    queues,
    wakeStreams: () => {
      for (const stream of streams.values()) stream.wake();
    },
  };
};
