/** A small stack with the whole way of a fact: table, stream, bus, queue, worker, with dead letters and an alarm. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Local } from '../../../local/cloud/cloud.ts';
import { lambda, mapping, queue, table } from './small-cloud.ts';

export const functions = {
  Write: `export const handler = async ({ pk, more }) => {
    await put('small-facts', pk, { outbox: { S: 'x' }, ...more });
    return 'written';
  };`,
  Publish: `export const handler = async ({ Records }) => {
    if (Records.some(({ dynamodb }) => dynamodb.Keys.pk.S === 'poison')) throw new Error('cannot be published');
    const Entries = Records.map(({ dynamodb, awsRegion, eventSourceARN }) => {
      const Detail = JSON.stringify({ pk: dynamodb.Keys.pk.S, awsRegion, eventSourceARN });
      return { Source: 'small', DetailType: 'fact.written', EventBusName: 'small', Detail };
    });
    await aws('EVENTBRIDGE', 'AWSEvents.PutEvents', { Entries });
  };`,
  Work: `export const handler = async ({ Records }) => {
    for (const { body, attributes } of Records) {
      const { pk } = JSON.parse(body);
      if (pk === 'interrupted' && attributes.ApproximateReceiveCount === '1') {
        console.log('waits to be interrupted');
        await new Promise(() => {});
      }
      const metrics = { Namespace: 'Small', Dimensions: [['service']], Metrics: [{ Name: 'Worked' }] };
      const _aws = { Timestamp: Date.now(), CloudWatchMetrics: [metrics] };
      console.log(JSON.stringify({ message: 'worked', pk, _aws, service: 'work', Worked: 1 }));
      await put('small-done', 'done-' + pk);
    }
    const failed = Records.filter(({ body }) => body.includes('never'));
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
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
export const resources = {
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
  Raised: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: 'small-raised',
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

const account = { region: 'ap-southeast-3', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** Settings of an AWS client for an endpoint of the stack. */
export const clientAt = (endpoint: string) => ({ ...account, endpoint });

export const reachOf = (local: () => Local) => {
  const sqs = () => new SQSClient(clientAt(local().ready.sqs));
  return {
    sqs,
    queueUrl: (name: string): string => String(local().ready.queues[name]),
    send: (name: string, body: object | string) =>
      sqs().send(
        new SendMessageCommand({
          QueueUrl: String(local().ready.queues[name]),
          MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      ),
    bodies: (name: string): unknown[] =>
      local()
        .hooks.queue(name)
        .stored.messages.map(({ body }) => JSON.parse(body)),
    isDone: (pk: string): boolean =>
      local()
        .hooks.logs('work')
        .some((line) => line.includes(`"pk":"${pk}"`)),
  };
};
