/** A function may call what its role allows, and nothing else, as on AWS. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Local } from '../../../../local/cloud/cloud.ts';
import { lambda, queue, type SmallCloud, smallCloud, table } from '../../support/small-cloud.ts';

const arn = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });
const join = (id: string, more: string): object => ({ 'Fn::Join': ['', [arn(id), more]] });
const call = `export const handler = async ({ service, target, input }) =>
  aws(service, target, input).then(() => 'done', ({ name, message }) => name + ': ' + message);`;

const resources = {
  ...table('Own'),
  ...table('Other'),
  ...queue('Mine'),
  ...queue('Yours'),
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'small' } },
  ...lambda('Bound', { Role: arn('Role') }),
  ...lambda('Free'),
  Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'bound' } },
  Policy: {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyName: 'own',
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: arn('Own') },
          { Effect: 'Allow', Action: 'dynamodb:Query', Resource: [join('Own', '/index/due')] },
          { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arn('Mine') },
        ],
      },
    },
  },
};

const url = (name: string) => `http://127.0.0.1/000000000000/small-${name}`;
const item = { pk: { S: '"TableName":"small-other"' } };
const putIn = (name: string) => ({ Put: { TableName: name, Item: item } });

describe('a function', () => {
  let cloud: SmallCloud;
  let local: Local;
  beforeAll(async () => {
    cloud = smallCloud(resources, { Bound: call, Free: call });
    local = await cloud.start();
  });
  afterAll(async () => {
    await local.stop();
    cloud.remove();
  });
  const invoke = async (name: string, target: string, input: object): Promise<string> => {
    const service = /^Dynamo/.test(target) ? 'DYNAMODB' : /^AmazonSQS/.test(target) ? 'SQS' : 'EVENTBRIDGE';
    const outcome = await local.hooks.invoke(`small-${name}`, { service, target, input });
    return outcome.ok ? String(JSON.parse(outcome.payload)) : outcome.error.errorMessage;
  };

  it.each([
    ['an operation that is allowed', 'DynamoDB_20120810.PutItem', { TableName: 'small-own', Item: item }],
    ['a transaction of them', 'DynamoDB_20120810.TransactWriteItems', { TransactItems: [putIn('small-own')] }],
    ['a message to its queue', 'AmazonSQS.SendMessage', { QueueUrl: url('mine'), MessageBody: 'x' }],
  ])('is let through with %s', async (_, target, input) => {
    expect(await invoke('bound', target, input)).toBe('done');
  });

  it.each([
    [
      'another operation',
      'DynamoDB_20120810.DeleteItem',
      { TableName: 'small-own', Key: item },
      'dynamodb:DeleteItem on resource: table/small-own',
    ],
    [
      'another table',
      'DynamoDB_20120810.PutItem',
      { TableName: 'small-other', Item: item },
      'dynamodb:PutItem on resource: table/small-other',
    ],
    [
      'the table instead of its index',
      'DynamoDB_20120810.Query',
      { TableName: 'small-own' },
      'dynamodb:Query on resource: table/small-own',
    ],
    [
      'another index',
      'DynamoDB_20120810.Query',
      { TableName: 'small-own', IndexName: 'cell' },
      'dynamodb:Query on resource: table/small-own/index/cell',
    ],
    [
      'a transaction with one part that is not',
      'DynamoDB_20120810.TransactWriteItems',
      { TransactItems: [putIn('small-own'), putIn('small-other')] },
      'dynamodb:PutItem on resource: table/small-other',
    ],
    [
      'a batch',
      'DynamoDB_20120810.BatchWriteItem',
      { RequestItems: { 'small-own': [{ PutRequest: { Item: item } }] } },
      'dynamodb:BatchWriteItem on resource: table/small-own',
    ],
    [
      'another queue',
      'AmazonSQS.SendMessage',
      { QueueUrl: url('yours'), MessageBody: 'x' },
      'sqs:SendMessage on resource: small-yours',
    ],
    [
      'a bus',
      'AWSEvents.PutEvents',
      { Entries: [{ EventBusName: 'small', Source: 's', DetailType: 't', Detail: '{}' }] },
      'events:PutEvents on resource: small',
    ],
  ])('is refused with %s', async (_, target, input, what) => {
    const [action] = what.split(' ');
    expect(await invoke('bound', target, input)).toBe(
      `AccessDeniedException: small-bound is not authorized to perform: ${what} ` +
        `because no identity-based policy allows the ${action} action`,
    );
  });

  it('may call everything when its role is not part of the template', async () => {
    expect(await invoke('free', 'DynamoDB_20120810.PutItem', { TableName: 'small-other', Item: item })).toBe('done');
  });
});
