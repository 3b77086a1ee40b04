/** Dispatch: rides and drivers over HTTP, offers from a queue, and the promises kept to drivers who declined. */
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { routes } from '../functions/dispatch/dispatch.routes.ts';
import { index, items } from './access.ts';
import type { HttpApiGateway } from './http-api-gateway.ts';
import { metricsOf, namespaceOf } from './metrics.ts';
import type { Notify } from './notify.ts';
import type { Platform } from './platform.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import type { StageContext } from './stage-context.ts';
import { subscribe } from './subscription.ts';
import type { WebSocketApiGateway } from './websocket-api-gateway.ts';
import { WorkQueue } from './work-queue.ts';

export type DispatchProps = {
  readonly context: StageContext;
  readonly platform: Platform;
  readonly http: HttpApiGateway;
  readonly socket: WebSocketApiGateway;
  readonly notify: Notify;
};

export class Dispatch extends Construct {
  readonly queue: WorkQueue;
  /** Goes off when dispatches under the flag fail too often; ops then takes the flag back. */
  readonly flagFails: PromiseAlarm;

  constructor(scope: Construct, id: string, { context, platform, http, socket, notify }: DispatchProps) {
    super(scope, id);
    const rides = new ServiceFunction(this, 'Rides', {
      context,
      entry: 'functions/dispatch/dispatch.api.ts',
      description: 'Rides and drivers over HTTP',
      timeout: Duration.seconds(10),
    });
    const offers = new ServiceFunction(this, 'Offers', {
      context,
      entry: 'functions/dispatch/offers.handler.ts',
      description: 'Shows each offer to its driver, once',
      timeout: Duration.seconds(5),
    });

    this.queue = new WorkQueue(this, 'Queue', {
      context,
      name: 'dispatch',
      worker: offers,
      visibility: Duration.seconds(30),
      receives: 3,
      maxAge: Duration.seconds(30),
    });

    rides.uses(
      items(platform.state, 'GetItem', 'PutItem', 'UpdateItem'),
      index(platform.state, 'cell'),
      index(platform.story, 'asked'),
      {
        environment: {
          CANCELLATION_FEE: JSON.stringify(context.stage.cancellationFee),
          CANCELLATION_GRACE_SECONDS: String(context.stage.cancellationGraceSeconds),
        },
        statements: [],
      },
    );
    offers.uses(
      items(platform.state, 'GetItem', 'Query', 'DeleteItem'),
      items(platform.story, 'PutItem', 'UpdateItem', 'DeleteItem'),
      socket.pushing(),
      notify.pushing(),
    );

    http.addRoutes(routes, rides);
    subscribe(this, 'Requested', {
      context,
      platform,
      name: 'dispatch-requested',
      pattern: { source: ['tuntas.dispatch'], detailType: ['dispatch.requested'] },
      queue: this.queue,
    });

    this.promises(context, offers);
    this.flagFails = this.flagAlarm(context);
  }

  private promises(context: StageContext, offers: ServiceFunction): void {
    const metric = metricsOf(context);
    new PromiseAlarm(this, 'Twice', {
      context,
      promise: 'no-duplicate-dispatch',
      description: 'A ride was dispatched to the same driver more than once.',
      runbook: 'dispatch.md#a-ride-was-dispatched-twice-to-one-driver',
      metric: metric('dispatch', 'DispatchDuplicate'),
      above: 0,
    });
    new PromiseAlarm(this, 'AfterDecline', {
      context,
      promise: 'no-dispatch-after-decline',
      description: 'A dispatch was sent after the ride was declined.',
      runbook: 'dispatch.md#a-dispatch-was-sent-after-a-decline',
      metric: metric('dispatch', 'DispatchAfterDecline'),
      above: 0,
    });
    new PromiseAlarm(this, 'TripOverdue', {
      context,
      promise: 'trips-end-in-time',
      description: 'An accepted ride was not picked up, or a trip not finished, long after its driver was reminded.',
      runbook: 'dispatch.md#a-trip-is-overdue',
      metric: metric('ops', 'RideOverdue'),
      above: 0,
    });
    new PromiseAlarm(this, 'BusyTooLong', {
      context,
      promise: 'drivers-become-free',
      description: 'A driver was found busy with the same trip three times: they get no offers.',
      runbook: 'dispatch.md#a-driver-stays-busy',
      metric: metric('ops', 'DriverBusyTooLong'),
      above: 0,
    });
    const line = new MetricFilter(this, 'AfterDeclineLine', {
      logGroup: offers.logs,
      filterPattern: FilterPattern.literal('"Dispatch sent for DECLINED request"'),
      metricNamespace: namespaceOf(context),
      metricName: 'DispatchAfterDeclineLogged',
      metricValue: '1',
    });
    new PromiseAlarm(this, 'AfterDeclineLogged', {
      context,
      promise: 'no-dispatch-after-decline-logged',
      description: 'The line "Dispatch sent for DECLINED request" was logged.',
      runbook: 'dispatch.md#a-dispatch-was-sent-after-a-decline',
      metric: line.metric({ statistic: 'Sum', period: Duration.minutes(5) }),
      above: 0,
    });
  }

  private flagAlarm(context: StageContext): PromiseAlarm {
    return new PromiseAlarm(this, 'FlagFails', {
      context,
      promise: 'idempotent-dispatch-works',
      description:
        'More than 1 % of the dispatches under the flag idempotent-dispatch failed, three minutes in a row; ' +
        'the flag is held automatically.',
      runbook: 'flags.md#idempotent-dispatch-was-taken-back',
      // Each attempt reports 0 or 1, so the average is the error rate.
      metric: metricsOf(context)('dispatch', 'DispatchFailed', {
        dimensionsMap: { service: 'dispatch', flag: 'on' },
        statistic: 'Average',
        period: Duration.minutes(1),
      }),
      above: 0.01,
      // Three minutes in a row: one failure among a few dispatches must not switch the guarantee off for everybody.
      periods: 3,
    });
  }
}
