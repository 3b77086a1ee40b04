/** What a function may use: a permission and the environment key that leads to it, in one value. */
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { ArnFormat, type Stack } from 'aws-cdk-lib/core';
import type { Stage } from './stages.ts';

export type Access = {
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
  /** A finding of the security rules that comes with it, and why it is accepted. */
  readonly accepted?: { readonly id: string; readonly reason: string };
};

/** A table, and the environment key under which every function knows it. */
export type Store = { readonly key: 'STATE_TABLE' | 'STORY_TABLE'; readonly table: ITable };

type ItemOperation = 'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query' | 'BatchWriteItem';

const allow = (actions: readonly string[], resource: string): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources: [resource] });

/** A transaction is allowed by the operations it is made of. */
export const items = ({ key, table }: Store, ...operations: readonly ItemOperation[]): Access => ({
  environment: { [key]: table.tableName },
  statements: [
    allow(
      operations.map((operation) => `dynamodb:${operation}`),
      table.tableArn,
    ),
  ],
});

export const index = ({ key, table }: Store, name: 'due' | 'cell' | 'asked'): Access => ({
  environment: { [key]: table.tableName },
  statements: [allow(['dynamodb:Query'], `${table.tableArn}/index/${name}`)],
});

export const sending = (key: string, queue: IQueue): Access => ({
  environment: { [key]: queue.queueUrl },
  statements: [allow(['sqs:SendMessage'], queue.queueArn)],
});

export const publishing = (bus: IEventBus): Access => ({
  environment: { BUS_NAME: bus.eventBusName },
  statements: [allow(['events:PutEvents'], bus.eventBusArn)],
});

/** Figures of the stage that the function reads. */
export const figures = (environment: Readonly<Record<string, number>>): Access => ({
  environment: Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)])),
  statements: [],
});

/** A secret known by name; AWS adds six characters to its ARN. */
export const secret = (key: string, name: string, stack: Stack): Access => ({
  environment: { [key]: name },
  statements: [
    allow(
      ['secretsmanager:GetSecretValue'],
      stack.formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: `${name}-??????`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ),
  ],
});

/** Mail from one address, whose domain is verified in SES. */
export const mailing = ({ mail }: Stage, stack: Stack): Access => {
  const identity = stack.formatArn({ service: 'ses', resource: 'identity', resourceName: mail.domain });
  const sends = new PolicyStatement({
    actions: ['ses:SendEmail'],
    resources: [identity],
    conditions: { StringEquals: { 'ses:FromAddress': mail.address } },
  });
  return { environment: { MAIL_FROM: `${mail.name} <${mail.address}>` }, statements: [sends] };
};

/** What a mapping does in the function's name; it needs no environment. */
export const consuming = (queue: IQueue): Access => ({
  environment: { QUEUE_URL: queue.queueUrl },
  statements: [
    allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      queue.queueArn,
    ),
  ],
});

export const reading = (streamArn: string): Access => ({
  environment: {},
  statements: [
    allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      streamArn,
    ),
  ],
});
