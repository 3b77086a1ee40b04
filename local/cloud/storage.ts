/** What holds state: the DynamoDB emulator with its tables and streams, and the queues. */
import { join } from 'node:path';
import { region } from './addresses.ts';
import { startDynamoDb } from './dynamodb/process.ts';
import { openStream } from './dynamodb/stream.ts';
import { openTables } from './dynamodb/tables.ts';
import type { Needs } from './parts.ts';
import { startSqs } from './sqs/fauxqs.ts';
import { openQueues } from './sqs/queues.ts';

export const openStorage = async (
  { stack, state, addresses, teardown }: Needs<'stack' | 'state' | 'addresses' | 'teardown'>,
  onBroken: (reason: string) => void,
) => {
  const database = await startDynamoDb({
    folder: join(state.directory, 'dynamodb'),
    port: addresses.dynamoDbPort,
    sweepPort: addresses.sweepPort,
    onEnd: (code) => onBroken(`the DynamoDB emulator ended (${code})`),
  });
  teardown.add('database', database.stop);
  const folder = state.memory ? undefined : join(state.directory, 'queues');
  const queues = openQueues(stack, await startSqs({ port: addresses.sqsPort, region, folder }));
  teardown.add('queues', queues.stop);
  const tables = await openTables(stack, database.call);
  const open = tables
    .filter(({ hasStream }) => hasStream)
    .map(({ name, streamArn }) => openStream({ call: database.call, table: name, arn: streamArn, region }));
  teardown.add('streams', () => open.forEach((stream) => void stream.stop()));
  return {
    database,
    tables,
    streams: new Map(open.map((stream) => [stream.arn, stream] as const)),
    queues,
    wakeStreams: (): void => open.forEach((stream) => void stream.wake()),
  };
};
