/** Both tables on the DynamoDB emulator, or on whatever TUNTAS_DYNAMODB_ENDPOINT names, with the real SDK client. */
import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { startDynamoDb } from '../../local/cloud/dynamodb/process.ts';
import { freePort, memoryFolder } from '../../tools/places.ts';

const key = (name: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName: name, KeyType });
const attribute = (AttributeName: string, AttributeType: 'S' | 'N' = 'S') => ({ AttributeName, AttributeType });
const ofItems = {
  BillingMode: 'PAY_PER_REQUEST' as const,
  KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
  AttributeDefinitions: [attribute('pk'), attribute('sk')],
};
const ofState = {
  ...ofItems,
  AttributeDefinitions: [
    ...ofItems.AttributeDefinitions,
    attribute('dueShard'),
    attribute('dueAt', 'N'),
    attribute('cell'),
    attribute('reportedAt', 'N'),
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'due',
      KeySchema: [key('dueShard', 'HASH'), key('dueAt', 'RANGE')],
      Projection: { ProjectionType: 'KEYS_ONLY' as const },
    },
    {
      IndexName: 'cell',
      KeySchema: [key('cell', 'HASH'), key('reportedAt', 'RANGE')],
      Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: ['lat', 'lng'] },
    },
  ],
};

const ofStory = {
  ...ofItems,
  AttributeDefinitions: [...ofItems.AttributeDefinitions, attribute('driverId'), attribute('claimedAt', 'N')],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'asked',
      KeySchema: [key('driverId', 'HASH'), key('claimedAt', 'RANGE')],
      Projection: { ProjectionType: 'KEYS_ONLY' as const },
    },
  ],
};

const settings = {
  region: 'ap-southeast-3',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 3,
};

export type RealTables = {
  readonly client: () => DynamoDBClient;
  /** A second client with connections of its own, as another function has. */
  readonly anotherClient: () => DynamoDBClient;
  readonly state: string;
  readonly story: string;
};

/** Call it at the top of a test file; the tables are there for its tests and gone afterwards. */
export const realTables = (): RealTables => {
  const run = randomUUID().slice(0, 8);
  const [state, story] = [`tuntas-test-${run}-state`, `tuntas-test-${run}-story`];
  const clients: DynamoDBClient[] = [];
  let endpoint = '';
  let stop = async (): Promise<void> => undefined;

  const anotherClient = (): DynamoDBClient => {
    const client = new DynamoDBClient({ ...settings, endpoint });
    clients.push(client);
    return client;
  };
  const client = (): DynamoDBClient => clients[0] ?? anotherClient();

  beforeAll(async () => {
    const folder = await memoryFolder();
    const database = await startDynamoDb({
      folder: folder.path,
      port: await freePort(),
      sweepPort: await freePort(),
      onEnd: () => undefined,
    });
    endpoint = database.endpoint;
    stop = async () => {
      for (const TableName of [state, story]) await client().send(new DeleteTableCommand({ TableName }));
      for (const each of clients) each.destroy();
      await database.stop();
      await folder.remove();
    };
    await client().send(new CreateTableCommand({ ...ofState, TableName: state }));
    await client().send(new CreateTableCommand({ ...ofStory, TableName: story }));
  });
  afterAll(() => stop());
  return { client, anotherClient, state, story };
};
