/** Every queue, dead letter, stream mapping and rule: nothing waits for ever, nothing is given up unnoticed. */
import { describe, expect, it } from 'vitest';
import { list, nameOf, type Resource, type Statement, template, text } from './template.ts';

const { of, named, at } = template;
const fourteenDays = 14 * 24 * 3_600;
const isDead = (queue: Resource): boolean => nameOf(queue).endsWith('-dead');
const queues = of('SQS::Queue');
const mappings = of('Lambda::EventSourceMapping');
const ofQueues = mappings.filter(({ Properties }) => text(Properties.EventSourceArn).endsWith('.Arn>'));
const ofStreams = mappings.filter(({ Properties }) => text(Properties.EventSourceArn).endsWith('.StreamArn>'));

describe('the dispatch queue', () => {
  const { Properties } = named('SQS::Queue', '-dispatch');

  it('[DSP-6] hides a message for 30 s, keeps it 345,600 s, polls 20 s and gives up after 3 receives', () => {
    expect(Properties).toMatchObject({
      VisibilityTimeout: 30,
      MessageRetentionPeriod: 345_600,
      ReceiveMessageWaitTimeSeconds: 20,
    });
    expect(Properties.RedrivePolicy.maxReceiveCount).toBe(3);
    expect(nameOf(at(Properties.RedrivePolicy.deadLetterTargetArn))).toBe('tuntas-dev-dispatch-dead');
  });

  it('[DSP-6] loses a message only after it was processed: each failed one is answered by its own id', () => {
    const mapping = ofQueues.find(({ Properties: { EventSourceArn } }) =>
      nameOf(at(EventSourceArn)).endsWith('-dispatch'),
    );
    expect(mapping?.Properties).toMatchObject({ BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] });
    expect(mapping?.Properties.MaximumBatchingWindowInSeconds ?? 0).toBe(0);
  });
});

describe.each(queues.filter((queue) => !isDead(queue)).map((queue) => [nameOf(queue), queue] as const))(
  'the queue %s',
  (name, { id, Properties }) => {
    const mapping = ofQueues.find(({ Properties: { EventSourceArn } }) => at(EventSourceArn).id === id);

    it('gives up into dead letters of its own', () => {
      expect(nameOf(at(Properties.RedrivePolicy.deadLetterTargetArn))).toBe(`${name}-dead`);
    });

    // SQS counts a receive of a worker that is killed like a failure. DSP-6 leaves the dispatch queue three receives.
    const kills = name.endsWith('-dispatch') ? 2 : 11;
    it(`[ORD-8] keeps a message through ${kills} kills of its worker`, () => {
      expect(Properties.RedrivePolicy.maxReceiveCount - 1).toBeGreaterThanOrEqual(kills);
    });

    it('is worked off, in batches that answer with the failed ids', () => {
      expect(mapping?.Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    });

    it('hides a message six times as long as its worker may take', () => {
      const worker = at(mapping?.Properties.FunctionName);
      expect(Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * worker.Properties.Timeout);
    });

    it('does not let its workers take all concurrency', () => {
      expect(mapping?.Properties.ScalingConfig.MaximumConcurrency).toBeLessThanOrEqual(200);
    });
  },
);

describe.each(queues.filter(isDead).map((queue) => [nameOf(queue), queue] as const))(
  'the dead letters %s',
  (_, { id, Properties }) => {
    it('are kept 14 days', () => expect(Properties.MessageRetentionPeriod).toBe(fourteenDays));

    it('raise an alarm with the first one', () => {
      const alarms = of('CloudWatch::Alarm').filter(
        ({ Properties: p }) =>
          p.MetricName === 'ApproximateNumberOfMessagesVisible' && text(p.Dimensions[0].Value) === `<${id}.QueueName>`,
      );
      expect(alarms.map(({ Properties: p }) => [p.Threshold, p.ComparisonOperator])).toEqual([
        [0, 'GreaterThanThreshold'],
      ]);
    });
  },
);

describe('every queue', () => {
  it.each(queues.map((queue) => [nameOf(queue), queue] as const))(
    '%s is encrypted and reached over TLS only',
    (_, { id, Properties }) => {
      expect(Properties.SqsManagedSseEnabled).toBe(true);
      const policies = of('SQS::QueuePolicy').filter(({ Properties: { Queues } }) =>
        list(Queues).some((queue) => at(queue).id === id),
      );
      const statements = policies.flatMap(
        ({ Properties: { PolicyDocument } }) => PolicyDocument.Statement as Statement[],
      );
      expect(statements).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    },
  );
});

describe('every reader of the State stream', () => {
  it('is one of two: a third would be throttled', () => expect(ofStreams).toHaveLength(2));

  it.each(ofStreams.map((mapping) => [nameOf(at(mapping.Properties.FunctionName)), mapping] as const))(
    '[ORD-8] %s never gives a record up: it is repeated without end, from the first one that failed',
    (_, { Properties }) => {
      expect(Properties).toMatchObject({
        MaximumRetryAttempts: -1,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        StartingPosition: 'TRIM_HORIZON',
      });
      expect(Properties.MaximumRecordAgeInSeconds ?? -1).toBe(-1);
      expect(isDead(at(Properties.DestinationConfig.OnFailure.Destination))).toBe(true);
    },
  );

  it.each(ofStreams.map((mapping) => [nameOf(at(mapping.Properties.FunctionName)), mapping] as const))(
    '%s filters on leaves: AWS ignores `exists` anywhere else',
    (_, { Properties }) => {
      for (const { Pattern } of Properties.FilterCriteria.Filters) {
        const images = Object.values(JSON.parse(Pattern).dynamodb.NewImage as Record<string, object>);
        for (const image of images)
          expect(Object.entries(image)).toEqual([[expect.stringMatching(/^[SN]$/), [{ exists: true }]]]);
      }
    },
  );

  it('[DSP-3] the publisher reads every item with events or a deadline, the story every item with events', () => {
    const filters = Object.fromEntries(
      ofStreams.map(({ Properties: { FunctionName, FilterCriteria } }) => [
        nameOf(at(FunctionName)),
        FilterCriteria.Filters.flatMap(({ Pattern }: { Pattern: string }) =>
          Object.keys(JSON.parse(Pattern).dynamodb.NewImage),
        ),
      ]),
    );
    expect(filters).toEqual({
      'tuntas-dev-platform-publisher': ['outbox', 'dueAt'],
      'tuntas-dev-platform-story': ['outbox'],
    });
  });
});
