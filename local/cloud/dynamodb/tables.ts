/** The tables of the template on the DynamoDB emulator: made once, compared on later starts. */
import { AwsError } from '../../server/aws-json.ts';
import { flag, number, text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';
import type { DynamoDb } from './client.ts';

const keys = z.array(z.strictObject({ AttributeName: text, KeyType: text }));
const throughput = z.strictObject({ ReadCapacityUnits: number, WriteCapacityUnits: number });
const index = z.strictObject({
  IndexName: text,
  KeySchema: keys,
  Projection: z.strictObject({ ProjectionType: text, NonKeyAttributes: z.array(text).optional() }),
});
const globalIndex = index
  .extend({
    ProvisionedThroughput: throughput.optional(),
    ...unused('ContributorInsightsSpecification', 'OnDemandThroughput', 'WarmThroughput'),
  })
  .transform(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));

const schema = z.strictObject({
  TableName: text.optional(),
  KeySchema: keys,
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: text, AttributeType: text })),
  BillingMode: text.default('PROVISIONED'),
  ProvisionedThroughput: throughput.optional(),
  GlobalSecondaryIndexes: z.array(globalIndex).optional(),
  LocalSecondaryIndexes: z.array(index).optional(),
  StreamSpecification: z.strictObject({ StreamViewType: text }).optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: text, Enabled: flag }).optional(),
  ...unused(
    'PointInTimeRecoverySpecification',
    'SSESpecification',
    'DeletionProtectionEnabled',
    'ContributorInsightsSpecification',
  ),
  ...unused('OnDemandThroughput', 'WarmThroughput', 'TableClass', 'Tags'),
});

export type Table = Awaited<ReturnType<typeof openTables>>[number];

type Properties = z.infer<typeof schema>;

const tableInput = (TableName: string, properties: Properties): Record<string, unknown> => {
  const { KeySchema, AttributeDefinitions, StreamSpecification: stream } = properties;
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes } = properties;
  return {
    ...{ TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes },
    BillingMode: 'PAY_PER_REQUEST',
    ...(stream && { StreamSpecification: { StreamEnabled: true, ...stream } }),
  };
};

const described = z.object({
  Table: z.object({
    KeySchema: keys,
    GlobalSecondaryIndexes: z
      .array(z.object({ IndexName: text, KeySchema: keys, Projection: z.object({ ProjectionType: text }) }))
      .optional(),
  }),
});

/** Keys and indexes as a text that can be compared. */
const shapeOf = ({ KeySchema, GlobalSecondaryIndexes = [] }: z.infer<typeof described>['Table']): string => {
  const indexes = GlobalSecondaryIndexes.map((one) => [one.IndexName, one.KeySchema, one.Projection.ProjectionType]);
  return JSON.stringify([KeySchema, indexes.toSorted()]);
};

const ensure = async (call: DynamoDb, name: string, properties: Properties): Promise<void> => {
  const existing = await call('DescribeTable', { TableName: name }).catch((error: unknown) => {
    if (error instanceof AwsError && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  });
  if (!existing) {
    await call('CreateTable', tableInput(name, properties));
  } else if (shapeOf(described.parse(existing).Table) !== shapeOf(properties)) {
    throw new Error(
      `the stored table ${name} has other keys or indexes than the template: start once with --fresh to forget it`,
    );
  }
  const { TimeToLiveSpecification: timeToLive } = properties;
  if (!existing && timeToLive?.Enabled)
    await call('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification: timeToLive });
};

export const openTables = async (stack: Stack, call: DynamoDb) => {
  const tables = [];
  for (const { id, properties } of stack.read('AWS::DynamoDB::Table', schema)) {
    const { ref: name, attributes } = stack.identify(id);
    await ensure(call, name, properties);
    tables.push({
      name,
      streamArn: attributes.StreamArn ?? name,
      hasStream: properties.StreamSpecification !== undefined,
      hasTimeToLive: properties.TimeToLiveSpecification?.Enabled === true,
    });
  }
  return tables;
};
