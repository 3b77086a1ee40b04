/** The DynamoDB emulator of the local stack with the tables of the template, in memory, empty. */
import { readFile } from 'node:fs/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDb } from '../../local/cloud/dynamodb/client.ts';
import { openHousekeeping } from '../../local/cloud/dynamodb/housekeeping.ts';
import { startDynamoDb } from '../../local/cloud/dynamodb/process.ts';
import { freePort, memoryFolder } from '../../tools/places.ts';

export type Database = {
  /** With the settings of the functions; `withoutTimeouts`: for a process that is overloaded on purpose. */
  readonly client: (options?: { readonly withoutTimeouts: boolean }) => DynamoDBClient;
  /** A DynamoDB call without the SDK. */
  readonly call: DynamoDb;
  readonly endpoint: string;
  readonly state: string;
  readonly story: string;
  readonly stop: () => Promise<void>;
};

type TableProperties = {
  readonly TableName: string;
  readonly GlobalSecondaryIndexes?: readonly {
    readonly IndexName: string;
    readonly KeySchema: unknown;
    readonly Projection: unknown;
  }[];
  readonly StreamSpecification?: object;
} & Readonly<Record<'KeySchema' | 'AttributeDefinitions' | 'BillingMode', unknown>>;

const tablesOf = async (template: string): Promise<readonly TableProperties[]> => {
  const { Resources } = JSON.parse(await readFile(template, 'utf8')) as {
    Resources: Record<string, { readonly Type: string; readonly Properties: TableProperties }>;
  };
  return Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::DynamoDB::Table' ? [Properties] : [],
  );
};

const inputOf = ({
  TableName,
  KeySchema,
  AttributeDefinitions,
  BillingMode,
  GlobalSecondaryIndexes,
  StreamSpecification,
}: TableProperties) => ({
  TableName,
  KeySchema,
  AttributeDefinitions,
  BillingMode,
  ...(GlobalSecondaryIndexes
    ? {
        GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
          IndexName,
          KeySchema,
          Projection,
        })),
      }
    : {}),
  ...(StreamSpecification ? { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } } : {}),
});

/** The template of stage local, synthesized by the runner. */
const template = (): string => {
  const path = process.env.BENCH_TEMPLATE;
  if (!path) throw new Error('start benchmarks with: npm run bench');
  return path;
};

const named = (tables: readonly TableProperties[], ending: string): string => {
  const found = tables.find(({ TableName }) => TableName.endsWith(ending));
  if (!found) throw new Error(`the template has no table ${ending}`);
  return found.TableName;
};

/**
 * Credentials for the SDK's clients are put into the environment.
 * @param withStream off where many items are loaded: the stream costs no capacity and half of the time
 */
export const openDatabase = async ({
  withStream = true,
}: {
  readonly withStream?: boolean;
} = {}): Promise<Database> => {
  const folder = await memoryFolder();
  const [port, sweepPort] = [await freePort(), await freePort()];
  const database = await startDynamoDb({
    folder: folder.path,
    port,
    sweepPort,
    onEnd: (code) => {
      throw new Error(`the DynamoDB emulator ended with ${code}`);
    },
  });
  const found = await tablesOf(template());
  const tables = withStream
    ? found
    : found.map(({ StreamSpecification: _, ...properties }): TableProperties => properties);
  for (const properties of tables) await database.call('CreateTable', inputOf(properties));
  Object.assign(process.env, {
    AWS_REGION: 'ap-southeast-3',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
  });
  const house = openHousekeeping({
    database: { ...database, sweep: undefined },
    tables: tables.map((properties) => ({
      id: properties.TableName,
      name: properties.TableName,
      streamArn: '',
      hasStream: properties.StreamSpecification !== undefined,
      hasTimeToLive: false,
    })),
    neededFrom: () => 2n ** 62n,
  });
  return {
    client: ({ withoutTimeouts } = { withoutTimeouts: false }) =>
      new DynamoDBClient({
        endpoint: database.endpoint,
        maxAttempts: 3,
        requestHandler: withoutTimeouts ? {} : { connectionTimeout: 500, requestTimeout: 1_500 },
      }),
    call: database.call,
    endpoint: database.endpoint,
    state: named(tables, '-state'),
    story: named(tables, '-story'),
    stop: async () => {
      house.stop();
      await database.stop();
      await folder.remove();
    },
  };
};
