/** Every rule of the bus and of the stage: bounded retries, a place for what is not delivered, the queue it fills. */
import { describe, expect, it } from 'vitest';
import { list, nameOf, type Resource, type Statement, template, text } from './template.ts';

const { of, named, at } = template;

/** In these events money moved, or a person must look. */
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
  'chargeback.returned',
  'chargeback.held',
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
    const rules = onBus.map(([name, { Properties }, target]) => [
      name,
      Properties.EventPattern,
      nameOf(at(target.Arn)),
      target.InputPath,
    ]);
    expect(rules.toSorted()).toEqual([
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
        'tuntas-dev-ezpay-trips',
        { source: ['tuntas.orders'], 'detail-type': [{ prefix: 'order.finish-' }] },
        'tuntas-dev-ezpay',
        '$.detail',
      ],
      [
        'tuntas-dev-live-cash',
        { source: ['tuntas.orders'], 'detail-type': ['order.paid'], detail: { method: ['cash'] } },
        'tuntas-dev-live',
        '$.detail',
      ],
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
        'tuntas-dev-order-notices',
        { source: ['tuntas.orders'], 'detail-type': ['order.payment-due'] },
        'tuntas-dev-notify',
        '$.detail',
      ],
      [
        'tuntas-dev-order-rides',
        { source: ['tuntas.dispatch'], 'detail-type': ['ride.accepted', 'ride.cancelled'] },
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
