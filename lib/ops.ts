/** Ops: deadlines and the sweeper that repairs lost ones, the story of an order, and taking a failing flag back. */
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { routes } from '../functions/ops/ops.routes.ts';
import { figures, index, items, publishing, sending } from './access.ts';
import type { Dispatch } from './dispatch.ts';
import type { EzPay } from './ezpay.ts';
import type { HttpApiGateway } from './http-api-gateway.ts';
import { metricsOf } from './metrics.ts';
import type { Platform } from './platform.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import type { StageContext } from './stage-context.ts';
import { every, react } from './subscription.ts';
import { WorkQueue } from './work-queue.ts';

export type OpsProps = {
  readonly context: StageContext;
  readonly platform: Platform;
  readonly http: HttpApiGateway;
  readonly dispatch: Dispatch;
  readonly ezpay: EzPay;
};

export class Ops extends Construct {
  readonly timers: WorkQueue;
  /** Where the deadlines of an item are sent, set by its context. */
  readonly deadlines: ServiceFunction;

  constructor(scope: Construct, id: string, { context, platform, http, dispatch, ezpay }: OpsProps) {
    super(scope, id);
    const orders = new ServiceFunction(this, 'Orders', {
      context,
      entry: 'functions/ops/ops.api.ts',
      description: 'The story of an order, and the description of the HTTP API',
      timeout: Duration.seconds(10),
    });
    this.deadlines = new ServiceFunction(this, 'Deadlines', {
      context,
      entry: 'functions/ops/deadlines.handler.ts',
      description: 'Moves on what has passed its deadline, and publishes the facts that were kept',
      timeout: Duration.seconds(10),
    });
    const sweep = new ServiceFunction(this, 'Sweep', {
      context,
      entry: 'functions/ops/sweep.handler.ts',
      description: 'Finds each minute what passed its deadline unnoticed',
      timeout: Duration.seconds(50),
      deadLetters: platform.undelivered,
    });
    const rollback = new ServiceFunction(this, 'Rollback', {
      context,
      entry: 'functions/ops/rollback.handler.ts',
      description: 'Takes a failing flag back',
      timeout: Duration.seconds(10),
      deadLetters: platform.undelivered,
    });

    this.timers = new WorkQueue(this, 'Timers', {
      context,
      name: 'timers',
      worker: this.deadlines,
      visibility: Duration.seconds(60),
      retention: Duration.days(1),
      // A delayed message counts as old from the moment it was sent, and the delay may be 15 minutes.
      maxAge: Duration.minutes(20),
    });
    every(this, 'Minute', {
      context,
      platform,
      name: 'sweep',
      interval: Duration.minutes(1),
      runs: sweep,
    });

    orders.uses(items(platform.story, 'Query'));
    this.deadlines.uses(
      items(platform.state, 'GetItem', 'PutItem', 'DeleteItem'),
      index(platform.state, 'cell'),
      publishing(platform.bus),
      sending('TIMERS_QUEUE_URL', this.timers.queue),
    );
    const { gateway, bus, own } = context.stage.sweep;
    sweep.uses(
      items(platform.state, 'GetItem'),
      index(platform.state, 'due'),
      sending('TIMERS_QUEUE_URL', this.timers.queue),
      figures({ SWEEP_GATEWAY_PER_MINUTE: gateway, SWEEP_BUS_PER_MINUTE: bus, SWEEP_OWN_PER_MINUTE: own }),
    );
    rollback.uses(items(platform.state, 'PutItem'));
    platform.outbox.uses(sending('TIMERS_QUEUE_URL', this.timers.queue));

    http.addRoutes(routes, orders);
    react(this, 'FlagFails', {
      context,
      platform,
      name: 'flag-fails',
      pattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { alarmName: [dispatch.flagFails.knownAs, ezpay.predictorErrs.knownAs], state: { value: ['ALARM'] } },
      },
      runs: rollback,
    });
    this.alarms(context);
  }

  private alarms(context: StageContext): void {
    const metric = metricsOf(context);
    new PromiseAlarm(this, 'SweeperSilent', {
      context,
      promise: 'deadlines-are-swept',
      description: 'The sweeper has not finished once in 5 minutes: a lost timer would leave a ride hanging.',
      runbook: 'deadlines.md#the-sweeper-is-silent',
      metric: metric('ops', 'Swept'),
      below: 1,
    });
    new PromiseAlarm(this, 'SweeperBehind', {
      context,
      promise: 'overdue-items-fit-the-sweep',
      description: 'For 15 minutes more items were overdue than the sweeper may wake in a minute.',
      runbook: 'deadlines.md#the-sweeper-is-at-its-budget',
      metric: metric('ops', 'SweepDeferred'),
      above: 0,
      periods: 3,
    });
    new PromiseAlarm(this, 'DeadlinesLate', {
      context,
      promise: 'deadlines-are-met-in-time',
      description:
        'The latest 1 % of the deadlines of rides and scans, or of payments, came more than 60 s late, for 5 minutes.',
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
