/** The tables of the template on the DynamoDB emulator: made once, compared on later starts. */
import { AwsError } from '../../server/aws-json.ts';
import { flag, number, text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';
import type { DynamoDb } from './client.ts';

const keys = z.array(z.strictObject({ AttributeName: text, KeyType: text }));
const projection = z.strictObject({ ProjectionType: text, NonKeyAttributes: z.array(text).optional() });
const throughput = z.strictObject({ ReadCapacityUnits: number, WriteCapacityUnits: number });

const schema = z.strictObject({
  TableName: text.optional(),
  KeySchema: keys,
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: text, AttributeType: text })),
  BillingMode: text.default('PROVISIONED'),
  ProvisionedThroughput: throughput.optional(),
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        IndexName: text,
        KeySchema: keys,
        Projection: projection,
        ProvisionedThroughput: throughput.optional(),
        ContributorInsightsSpecification: unused,
        OnDemandThroughput: unused,
        WarmThroughput: unused,
      }),
    )
    .default([]),
  LocalSecondaryIndexes: z
    .array(z.strictObject({ IndexName: text, KeySchema: keys, Projection: projection }))
    .optional(),
  StreamSpecification: z.strictObject({ StreamViewType: text }).optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: text, Enabled: flag }).optional(),
  PointInTimeRecoverySpecification: unused,
  SSESpecification: unused,
  DeletionProtectionEnabled: unused,
  ContributorInsightsSpecification: unused,
  OnDemandThroughput: unused,
  WarmThroughput: unused,
  TableClass: unused,
  Tags: unused,
});

export type Table = {
  readonly id: string;
  readonly name: string;
  readonly streamArn: string;
  readonly hasStream: boolean;
  readonly hasTimeToLive: boolean;
};

type Properties = z.infer<typeof schema>;

const onDemand = { BillingMode: 'PAY_PER_REQUEST' };

const tableInput = (name: string, properties: Properties): Record<string, unknown> => ({
  TableName: name,
  KeySchema: properties.KeySchema,
  AttributeDefinitions: properties.AttributeDefinitions,
  ...onDemand,
  ...(properties.GlobalSecondaryIndexes.length > 0 && {
    GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    })),
  }),
  ...(properties.LocalSecondaryIndexes && { LocalSecondaryIndexes: properties.LocalSecondaryIndexes }),
  ...(properties.StreamSpecification && {
    StreamSpecification: { StreamEnabled: true, ...properties.StreamSpecification },
  }),
});

const described = z.object({
  Table: z.looseObject({
    KeySchema: keys,
    GlobalSecondaryIndexes: z
      .array(z.looseObject({ IndexName: text, KeySchema: keys, Projection: z.looseObject({ ProjectionType: text }) }))
      .default([]),
    LatestStreamArn: text.optional(),
  }),
});

const shapeOf = (table: {
  KeySchema: unknown;
  GlobalSecondaryIndexes: readonly { IndexName: string; KeySchema: unknown; Projection: { ProjectionType: string } }[];
}): string =>
  JSON.stringify([
    table.KeySchema,
    table.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => [
      IndexName,
      KeySchema,
      Projection.ProjectionType,
    ]).toSorted(),
  ]);

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

export const openTables = async (stack: Stack, call: DynamoDb): Promise<readonly Table[]> => {
  const tables: Table[] = [];
  for (const { id, properties } of stack.read('AWS::DynamoDB::Table', schema)) {
    const { ref: name, attributes } = stack.identify(id);
    await ensure(call, name, properties);
    tables.push({
      id,
      name,
      streamArn: attributes.StreamArn ?? name,
      hasStream: properties.StreamSpecification !== undefined,
      hasTimeToLive: properties.TimeToLiveSpecification?.Enabled === true,
    });
  }
  return tables;
};
