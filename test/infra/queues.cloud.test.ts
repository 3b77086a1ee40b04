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

    // A worker that is killed has received the message: SQS counts it like a failure. DSP-6 leaves the dispatch queue three receives.
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
    '%s repeats a record a bounded number of times, then gives it up into dead letters',
    (_, { Properties }) => {
      expect(Properties).toMatchObject({
        MaximumRetryAttempts: 5,
        BisectBatchOnFunctionError: true,
        StartingPosition: 'TRIM_HORIZON',
      });
      expect(Properties.MaximumRecordAgeInSeconds).toBeLessThanOrEqual(86_400);
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

/** In these events money moved, or somebody must look. */
const money = [
  'payment.settled',
  'payment.under-review',
  'payment.held',
  'payment.released',
  'payment.reversed',
  'payment.denied',
  'payment.expired',
  'payment.failed',
  'refund.changed',
  'chargeback.recorded',
  'chargeback.held',
  'order.paid',
  'order.unpaid',
];

/** Who may send to a queue. */
const letIn = ({ id }: Resource): readonly Statement[] =>
  of('SQS::QueuePolicy')
    .filter(({ Properties: { Queues } }) => at(Queues[0]).id === id)
    .flatMap(({ Properties: { PolicyDocument } }) => PolicyDocument.Statement as Statement[])
    .filter(({ Effect, Action }) => Effect === 'Allow' && Action === 'sqs:SendMessage');

/** Whether a pattern with stars fits all of a text. */
const fits = (pattern: string, whole: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(whole);

describe('every rule', () => {
  const targets = of('Events::Rule').flatMap((rule) =>
    list(rule.Properties.Targets).map((target) => [nameOf(rule), rule, target] as const),
  );

  it.each(targets)('%s tries a bounded number of times and keeps what it could not deliver', (_, rule, target) => {
    expect(target.RetryPolicy.MaximumRetryAttempts).toBeLessThanOrEqual(185);
    expect(target.RetryPolicy.MaximumEventAgeInSeconds).toBeLessThanOrEqual(86_400);
    const undelivered = at(target.DeadLetterConfig.Arn);
    expect(nameOf(undelivered)).toBe('tuntas-dev-events-dead');
    const [allowed, ...others] = letIn(undelivered);
    expect(others).toEqual([]);
    const { Name, EventBusName } = rule.Properties;
    const arn = `arn:aws:events:ap-southeast-3:000000000000:rule/${EventBusName ? 'tuntas-dev/' : ''}${Name}`;
    const patterns = list(allowed?.Condition?.ArnLike['aws:SourceArn']).map(text);
    expect([Name, patterns.some((pattern) => fits(pattern, arn))]).toEqual([Name, true]);
  });

  it('of any number is let into the dead letters by one statement: a policy holds 20', () => {
    const undelivered = named('SQS::Queue', '-events-dead');
    expect(
      letIn(undelivered).map(({ Principal, Condition }) => [
        Principal,
        list(Condition?.ArnLike['aws:SourceArn']).map(text),
      ]),
    ).toEqual([
      [
        { Service: 'events.amazonaws.com' },
        [
          'arn:aws:events:ap-southeast-3:000000000000:rule/tuntas-dev/*',
          'arn:aws:events:ap-southeast-3:000000000000:rule/tuntas-dev-*',
        ],
      ],
    ]);
    for (const { Properties } of of('SQS::QueuePolicy'))
      expect(Properties.PolicyDocument.Statement.length).toBeLessThan(10);
  });

  it('sends what the bus carries to their queues, as the bare detail', () => {
    const onBus = targets.filter(([, rule]) => rule.Properties.EventBusName);
    const said = onBus.map(([name, { Properties }, target]) => [
      name,
      Properties.EventPattern,
      nameOf(at(target.Arn)),
      target.InputPath,
    ]);
    expect(said.toSorted()).toEqual([
      [
        'tuntas-dev-dispatch-requested',
        { source: ['tuntas.dispatch'], 'detail-type': ['dispatch.requested'] },
        'tuntas-dev-dispatch',
        '$.detail',
      ],
      [
        'tuntas-dev-ezpay-cars',
        { source: ['tuntas.dispatch'], 'detail-type': [{ prefix: 'car.' }] },
        'tuntas-dev-ezpay',
        '$.detail',
      ],
      ['tuntas-dev-ezpay-events', { source: ['tuntas.ezpay'] }, 'tuntas-dev-ezpay', '$.detail'],
      [
        'tuntas-dev-live-notices',
        {
          source: ['tuntas.payments', 'tuntas.orders'],
          'detail-type': money,
        },
        'tuntas-dev-live',
        '$.detail',
      ],
      [
        'tuntas-dev-order-money',
        {
          source: ['tuntas.orders', 'tuntas.payments'],
          'detail-type': ['order.finished', 'payment.settled', 'payment.reversed'],
        },
        'tuntas-dev-orders',
        '$.detail',
      ],
      [
        'tuntas-dev-order-rides',
        { source: ['tuntas.dispatch'], 'detail-type': ['ride.accepted', 'ride.cancelled'] },
        'tuntas-dev-orders',
        '$.detail',
      ],
      [
        'tuntas-dev-order-scans',
        { source: ['tuntas.ezpay'], 'detail-type': ['ezpay.confirmed'] },
        'tuntas-dev-orders',
        '$.detail',
      ],
      [
        'tuntas-dev-receipts',
        { source: ['tuntas.orders'], 'detail-type': ['order.paid'] },
        'tuntas-dev-receipts',
        '$.detail',
      ],
      [
        'tuntas-dev-ride-notices',
        { source: ['tuntas.dispatch'], 'detail-type': [{ prefix: 'ride.' }] },
        'tuntas-dev-notify',
        '$.detail',
      ],
    ]);
  });

  it('[DSP-10, EZP-11] takes a flag back when its alarm goes off', () => {
    const { Properties } = named('Events::Rule', '-flag-fails');
    expect(Properties.EventBusName).toBeUndefined();
    expect(Properties.EventPattern).toMatchObject({
      source: ['aws.cloudwatch'],
      detail: { state: { value: ['ALARM'] } },
    });
    expect(Properties.EventPattern.detail.alarmName).toEqual([
      nameOf(named('CloudWatch::Alarm', '-idempotent-dispatch-works')),
      nameOf(named('CloudWatch::Alarm', '-ezpay-predictor-is-right')),
    ]);
    expect(nameOf(at(Properties.Targets[0].Arn))).toBe('tuntas-dev-ops-rollback');
  });

  it('runs the sweeper each minute', () => {
    const { Properties } = named('Events::Rule', '-sweep');
    expect([Properties.ScheduleExpression, nameOf(at(Properties.Targets[0].Arn))]).toEqual([
      'rate(1 minute)',
      'tuntas-dev-ops-sweep',
    ]);
  });

  it('has dead letters for the functions it calls asynchronously as well', () => {
    for (const name of ['ops-sweep', 'ops-rollback'])
      expect(nameOf(at(named('Lambda::Function', name).Properties.DeadLetterConfig.TargetArn))).toBe(
        'tuntas-dev-events-dead',
      );
  });
});
