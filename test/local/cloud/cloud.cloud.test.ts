/** The way of a fact through the running stack: table, stream, bus, queue; what fails on the way, and what a restart keeps. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
} from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Local } from '../../../local/cloud/cloud.ts';
import { eventually, lambda, mapping, queue, type SmallCloud, smallCloud, table } from '../support/small-cloud.ts';

const functions = {
  Write:
    'export const handler = async ({ pk, more }) => { await put("small-facts", pk, { outbox: { S: "x" }, ...more }); return "written"; };',
  Publish: `export const handler = async ({ Records }) => {
    if (Records.some(({ dynamodb }) => dynamodb.Keys.pk.S === 'poison')) throw new Error('cannot be published');
    await aws('EVENTBRIDGE', 'AWSEvents.PutEvents', { Entries: Records.map(({ dynamodb, awsRegion, eventSourceARN }) => ({ Source: 'small', DetailType: 'fact.written', EventBusName: 'small', Detail: JSON.stringify({ pk: dynamodb.Keys.pk.S, awsRegion, eventSourceARN }) })) });
  };`,
  Work: `export const handler = async ({ Records }) => {
    for (const { body } of Records) {
      const { pk } = JSON.parse(body);
      console.log(JSON.stringify({ message: 'worked', pk, _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: 'Small', Dimensions: [['service']], Metrics: [{ Name: 'Worked' }] }] }, service: 'work', Worked: 1 }));
      await put('small-done', 'done-' + pk);
    }
    return { batchItemFailures: Records.filter(({ body }) => body.includes('never')).map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };`,
  Alarmed: 'export const handler = async (event) => { console.log(JSON.stringify(event)); };',
};

const arn = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });
const alarm = (more: object) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    EvaluationPeriods: 1,
    Period: 60,
    Statistic: 'Sum',
    TreatMissingData: 'notBreaching',
    ...more,
  },
});
const resources = {
  ...table('Facts'),
  ...table('Done'),
  ...Object.assign({}, ...Object.keys(functions).map((name) => lambda(name))),
  ...queue('WorkDead', { MessageRetentionPeriod: 1_209_600 }),
  ...queue('StreamDead'),
  ...queue('EventsDead'),
  ...queue('Jobs', {
    VisibilityTimeout: 1,
    RedrivePolicy: { deadLetterTargetArn: arn('WorkDead'), maxReceiveCount: 2 },
  }),
  ...queue('Idle'),
  ...mapping('Stream', { 'Fn::GetAtt': ['Facts', 'StreamArn'] }, 'Publish', {
    StartingPosition: 'TRIM_HORIZON',
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: arn('StreamDead') } },
    FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"outbox":{"S":[{"exists":true}]}}}}' }] },
  }),
  ...mapping('Queue', arn('Jobs'), 'Work'),
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'small' } },
  Written: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: 'small-written',
      EventBusName: { Ref: 'Bus' },
      EventPattern: { 'detail-type': [{ prefix: 'fact.' }] },
      Targets: [
        {
          Id: 'Jobs',
          Arn: arn('Jobs'),
          InputPath: '$.detail',
          RetryPolicy: { MaximumRetryAttempts: 1 },
          DeadLetterConfig: { Arn: arn('EventsDead') },
        },
      ],
    },
  },
  Rang: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: 'small-rang',
      EventPattern: { source: ['aws.cloudwatch'], detail: { alarmName: ['small-dead'], state: { value: ['ALARM'] } } },
      Targets: [{ Id: 'Alarmed', Arn: arn('Alarmed') }],
    },
  },
  Dead: alarm({
    AlarmName: 'small-dead',
    AlarmDescription: 'Messages were given up. Runbook: none',
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Statistic: 'Maximum',
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['WorkDead', 'QueueName'] } }],
  }),
};

let cloud: SmallCloud;
let local: Local;
beforeAll(async () => {
  cloud = smallCloud(resources, functions);
  local = await cloud.start({ memory: false, alarmEveryMs: 50 });
});
afterAll(async () => {
  await local.stop();
  cloud.remove();
});

const config = () => ({ region: 'ap-southeast-3', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
const sqs = () => new SQSClient({ ...config(), endpoint: local.ready.sqs });
const bodies = (name: string): unknown[] => local.hooks.queue(name).stored.messages.map(({ body }) => JSON.parse(body));
const done = async (pk: string): Promise<boolean> =>
  local.hooks.logs('work').some((line) => line.includes(`"pk":"${pk}"`));
const work = (body: object) =>
  sqs().send(new SendMessageCommand({ QueueUrl: String(local.ready.queues.jobs), MessageBody: JSON.stringify(body) }));

describe('a fact written by a function', () => {
  it('is soon worked on at the end of its way', async () => {
    await local.hooks.invoke('write', { pk: 'warm' });
    await local.hooks.idle();
    const started = performance.now();
    await local.hooks.invoke('write', { pk: 'first' });
    await local.hooks.idle();
    expect(await done('first')).toBe(true);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('without what the filter wants is not published', async () => {
    await local.hooks.invoke('write', { pk: 'silent', more: { outbox: { N: '1' } } });
    await local.hooks.idle();
    expect(await done('silent')).toBe(false);
  });

  it('that cannot be published is given up with its place in the stream, and the next is not held up', async () => {
    await Promise.all(['before', 'poison', 'after'].map((pk) => local.hooks.invoke('write', { pk })));
    await local.hooks.idle();
    expect([await done('before'), await done('after')]).toEqual([true, true]);
    expect(bodies('streamdead')).toMatchObject([
      {
        requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
        DDBStreamBatchInfo: { batchSize: 1 },
      },
    ]);
  });

  it('is delivered again when a function dies in the middle of it', async () => {
    local.hooks.inject('work', { times: 1, delayMs: 150 });
    const written = local.hooks.invoke('write', { pk: 'survivor' });
    await written;
    await eventually(
      () => local.hooks.queue('jobs').stored.inflightMessages.size,
      (size) => size > 0,
    );
    await new Promise((resolve) => setTimeout(resolve, 140));
    await local.hooks.kill('work');
    await local.hooks.idle();
    expect(await done('survivor')).toBe(true);
  });
});

describe('a message', () => {
  it('that fails each time ends in the dead letters, with its neighbours done; the alarm rings and is heard', async () => {
    await Promise.all([work({ pk: 'never' }), work({ pk: 'fine' })]);
    await local.hooks.idle();
    expect(bodies('workdead')).toEqual([{ pk: 'never' }]);
    expect(await done('fine')).toBe(true);
    local.hooks.evaluateAlarms();
    const [line] = await eventually(
      () => local.hooks.logs('alarmed'),
      (lines) => lines.length > 0 && lines[0] !== '',
    );
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: 'small-dead', state: { value: 'ALARM' }, previousState: { value: 'OK' } },
    });
  });

  it('made visible at once is there again, also on disk', async () => {
    const { ReceiveMessageCommand: Receive, ChangeMessageVisibilityCommand: Change } = await import(
      '@aws-sdk/client-sqs'
    );
    const QueueUrl = String(local.ready.queues.idle);
    await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: 'back' }));
    const { Messages = [] } = await sqs().send(new Receive({ QueueUrl }));
    await sqs().send(new Change({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle, VisibilityTimeout: 0 }));
    const again = await sqs().send(new Receive({ QueueUrl, MessageSystemAttributeNames: ['All'] }));
    expect(again.Messages?.[0]).toMatchObject({ Body: 'back', Attributes: { ApproximateReceiveCount: '2' } });
  });
});

describe('an event', () => {
  const events = () => new EventBridgeClient({ ...config(), endpoint: local.ready.events });

  it('that cannot be delivered is tried again, then kept with its reason', async () => {
    local.hooks.failRule('small-written', 2);
    await events().send(
      new PutEventsCommand({
        Entries: [{ Source: 's', DetailType: 'fact.lost', Detail: '{"pk":"lost"}', EventBusName: 'small' }],
      }),
    );
    const [message] = await eventually(
      () => local.hooks.queue('eventsdead').stored.messages,
      ({ length }) => length > 0,
    );
    expect(message?.body).toBe('{"pk":"lost"}');
    expect(message?.messageAttributes).toMatchObject({
      RULE_ARN: { StringValue: 'arn:aws:events:ap-southeast-3:000000000000:rule/small/small-written' },
      TARGET_ARN: { StringValue: 'arn:aws:sqs:ap-southeast-3:000000000000:small-jobs' },
      ERROR_CODE: { StringValue: 'SDK_CLIENT_ERROR' },
      EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
      RETRY_ATTEMPTS: { StringValue: '1' },
    });
  });

  it('that is malformed is refused by itself, and too many together as a whole', async () => {
    const good = { Source: 's', DetailType: 'other', Detail: '{}', EventBusName: 'small' };
    const answer = await events().send(new PutEventsCommand({ Entries: [good, { ...good, Detail: 'no json' }] }));
    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ EventId: expect.any(String) }, { ErrorCode: 'MalformedDetail' }],
    });
    await expect(
      events().send(new PutEventsCommand({ Entries: Array.from({ length: 11 }, () => good) })),
    ).rejects.toThrow(/between 1 and 10/);
  });
});

describe('the metrics', () => {
  it('can be read with the CloudWatch client', async () => {
    const client = new CloudWatchClient({ ...config(), endpoint: local.ready.cloudwatch });
    const span = { StartTime: new Date(Date.now() - 600_000), EndTime: new Date(Date.now() + 60_000) };
    const Metric = { Namespace: 'Small', MetricName: 'Worked', Dimensions: [{ Name: 'service', Value: 'work' }] };
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({ ...Metric, ...span, Period: 60, Statistics: ['Sum'] }),
    );
    const sum = Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
    expect(sum).toBeGreaterThanOrEqual(5);
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        ...span,
        MetricDataQueries: [
          { Id: 'worked', MetricStat: { Metric, Period: 3600, Stat: 'Sum' }, ReturnData: false },
          { Id: 'twice', Expression: '2 * worked', Period: 3600 },
        ],
      }),
    );
    expect(MetricDataResults?.[0]?.Values?.reduce((total, value) => total + value, 0)).toBe(2 * sum);
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms).toMatchObject([
      { AlarmName: 'small-dead', StateValue: 'ALARM', AlarmDescription: 'Messages were given up. Runbook: none' },
    ]);
  });
});

describe('time to live', () => {
  it('deletes what has expired', async () => {
    await local.hooks.invoke('write', {
      pk: 'old',
      more: { expiresAt: { N: String(Math.floor(Date.now() / 1000) - 10) } },
    });
    await local.hooks.housekeeping();
    const response = await fetch(`${local.ready.dynamodb}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.GetItem',
        'x-amz-date': '20261121T000000Z',
        authorization: 'AWS4-HMAC-SHA256 Credential=a/20261121/local/s/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify({ TableName: 'small-facts', Key: { pk: { S: 'old' } } }),
    });
    expect(await response.json()).toEqual({});
  });
});

describe('a restart', () => {
  it('keeps messages, tokens, places in streams and addresses', async () => {
    await sqs().send(new SendMessageCommand({ QueueUrl: String(local.ready.queues.idle), MessageBody: 'kept' }));
    const before = local.ready;
    await local.hooks.idle();
    const { token } = (await (await fetch(`${before.tokens}?role=rider&sub=r`)).json()) as { token: string };
    await local.stop();
    local = await cloud.start({ memory: false, port: undefined });
    expect({ ...local.ready, api: '', pid: 0 }).toEqual({ ...before, api: '', pid: 0 });
    const { Messages } = await sqs().send(
      new ReceiveMessageCommand({ QueueUrl: String(local.ready.queues.idle), MaxNumberOfMessages: 10 }),
    );
    expect(Messages?.map(({ Body }) => Body)).toContain('kept');
    const keys = createRemoteJWKSet(new URL(`${local.ready.issuer}/.well-known/jwks.json`));
    expect((await jwtVerify(token, keys, { issuer: local.ready.issuer })).payload.sub).toBe('r');
    await local.hooks.idle();
    // Read from where it stopped: nothing is published a second time.
    expect(
      local.hooks.metric(
        { namespace: 'AWS/Lambda', name: 'Invocations', dimensions: { FunctionName: 'small-publish' } },
        'Sum',
      ),
    ).toBeUndefined();
    await local.hooks.invoke('write', { pk: 'later' });
    await local.hooks.idle();
    expect(await done('later')).toBe(true);
  });
});
