/** Ops: deadlines and the sweeper that repairs lost ones, the story of an order, and taking a failing flag back. */
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { routes } from '../functions/ops/ops.routes.ts';
import { index, items, sending } from './access.ts';
import type { Dispatch } from './dispatch.ts';
import type { EzPay } from './ezpay.ts';
import type { House } from './house.ts';
import type { HttpDoor } from './http-door.ts';
import { metricsOf } from './metrics.ts';
import type { Platform } from './platform.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import { every, react } from './subscription.ts';
import { WorkQueue } from './work-queue.ts';

export type OpsProps = {
  readonly house: House;
  readonly platform: Platform;
  readonly http: HttpDoor;
  readonly dispatch: Dispatch;
  readonly ezpay: EzPay;
};

export class Ops extends Construct {
  readonly timers: WorkQueue;
  /** Other contexts whose items have deadlines tell it where to send them. */
  readonly deadlines: ServiceFunction;

  constructor(scope: Construct, id: string, { house, platform, http, dispatch, ezpay }: OpsProps) {
    super(scope, id);
    const metric = metricsOf(house);
    const orders = new ServiceFunction(this, 'Orders', {
      house,
      entry: 'functions/ops/ops.api.ts',
      does: 'The story of an order, and the description of the HTTP API',
      timeout: Duration.seconds(10),
    });
    this.deadlines = new ServiceFunction(this, 'Deadlines', {
      house,
      entry: 'functions/ops/deadlines.handler.ts',
      does: 'Moves on what has passed its deadline',
      timeout: Duration.seconds(5),
    });
    const sweep = new ServiceFunction(this, 'Sweep', {
      house,
      entry: 'functions/ops/sweep.handler.ts',
      does: 'Finds each minute what passed its deadline unnoticed',
      timeout: Duration.seconds(50),
      deadLetters: platform.undelivered,
    });
    const rollback = new ServiceFunction(this, 'Rollback', {
      house,
      entry: 'functions/ops/rollback.handler.ts',
      does: 'Takes a failing flag back',
      timeout: Duration.seconds(10),
      deadLetters: platform.undelivered,
    });

    this.timers = new WorkQueue(this, 'Timers', {
      house,
      name: 'timers',
      worker: this.deadlines,
      visibility: Duration.seconds(30),
      retention: Duration.days(1),
      receives: 12,
      // A delayed message counts as old from the moment it was sent, and the delay may be 15 minutes.
      patience: Duration.minutes(20),
      runbook: { deadLetters: 'queues.md#messages-were-given-up', slow: 'queues.md#a-queue-does-not-keep-up' },
    });
    every(this, 'Minute', {
      house,
      undelivered: platform.undelivered,
      name: 'sweep',
      interval: Duration.minutes(1),
      runs: sweep,
    });

    orders.uses(items(platform.story, 'Query'));
    this.deadlines.uses(
      items(platform.state, 'GetItem', 'PutItem'),
      index(platform.state, 'cell'),
      sending('TIMERS_QUEUE_URL', this.timers.queue),
    );
    sweep.uses(index(platform.state, 'due'), sending('TIMERS_QUEUE_URL', this.timers.queue));
    rollback.uses(items(platform.state, 'PutItem'));
    platform.outbox.uses(sending('TIMERS_QUEUE_URL', this.timers.queue));

    http.opens(routes, orders);
    react(this, 'FlagFails', {
      house,
      undelivered: platform.undelivered,
      name: 'flag-fails',
      pattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { alarmName: [dispatch.flagFails.knownAs, ezpay.predictorErrs.knownAs], state: { value: ['ALARM'] } },
      },
      runs: rollback,
    });

    new PromiseAlarm(this, 'SweeperSilent', {
      house,
      promise: 'deadlines-are-swept',
      says: 'The sweeper has not finished once in 5 minutes: a lost timer would leave a ride hanging.',
      runbook: 'deadlines.md#the-sweeper-is-silent',
      metric: metric('ops', 'Swept'),
      below: 1,
    });
    new PromiseAlarm(this, 'DeadlinesLate', {
      house,
      promise: 'deadlines-are-met-in-time',
      says: 'The latest 1 % of the deadlines of rides and scans, or of payments, came more than 60 s late, for 5 minutes.',
      runbook: 'deadlines.md#deadlines-come-late',
      metric: new MathExpression({
        expression: 'MAX([own, payments])',
        usingMetrics: {
          own: metric('ops', 'DeadlineLate', { statistic: 'p99' }),
          payments: metric('payments', 'DeadlineLate', { statistic: 'p99' }),
        },
      }),
      above: 60_000,
    });
  }
}
