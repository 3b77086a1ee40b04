/** Dispatch: rides and drivers behind the HTTP API, offers to drivers from a queue, and the promises kept to those who declined. */
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { routes } from '../functions/dispatch/dispatch.routes.ts';
import { index, items } from './access.ts';
import type { House } from './house.ts';
import type { HttpDoor } from './http-door.ts';
import { metricsOf, namespaceOf } from './metrics.ts';
import type { Notify } from './notify.ts';
import type { Platform } from './platform.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import type { SocketDoor } from './socket-door.ts';
import { subscribe } from './subscription.ts';
import { WorkQueue } from './work-queue.ts';

export type DispatchProps = {
  readonly house: House;
  readonly platform: Platform;
  readonly http: HttpDoor;
  readonly socket: SocketDoor;
  readonly notify: Notify;
};

export class Dispatch extends Construct {
  readonly queue: WorkQueue;
  /** Goes off when dispatches under the flag fail too often; ops then takes the flag back. */
  readonly flagFails: PromiseAlarm;

  constructor(scope: Construct, id: string, { house, platform, http, socket, notify }: DispatchProps) {
    super(scope, id);
    const metric = metricsOf(house);
    const rides = new ServiceFunction(this, 'Rides', {
      house,
      entry: 'functions/dispatch/dispatch.api.ts',
      does: 'Rides and drivers over HTTP',
      timeout: Duration.seconds(10),
    });
    const offers = new ServiceFunction(this, 'Offers', {
      house,
      entry: 'functions/dispatch/offers.handler.ts',
      does: 'Shows each offer to its driver, once',
      timeout: Duration.seconds(5),
    });

    this.queue = new WorkQueue(this, 'Queue', {
      house,
      name: 'dispatch',
      worker: offers,
      visibility: Duration.seconds(30),
      retention: Duration.seconds(345_600),
      receives: 3,
      patience: Duration.seconds(30),
      runbook: { deadLetters: 'queues.md#messages-were-given-up', slow: 'queues.md#a-queue-does-not-keep-up' },
    });

    rides.uses(
      items(platform.state, 'GetItem', 'PutItem', 'UpdateItem'),
      index(platform.state, 'cell'),
      index(platform.story, 'asked'),
    );
    offers.uses(
      items(platform.state, 'GetItem', 'Query', 'DeleteItem'),
      items(platform.story, 'PutItem', 'UpdateItem', 'DeleteItem'),
      socket.pushing(),
      notify.pushing(),
    );

    http.opens(routes, rides);
    subscribe(this, 'Requested', {
      house,
      undelivered: platform.undelivered,
      name: 'dispatch-requested',
      bus: platform.bus,
      pattern: { source: ['tuntas.dispatch'], detailType: ['dispatch.requested'] },
      queue: this.queue.queue,
    });

    new PromiseAlarm(this, 'Twice', {
      house,
      promise: 'no-duplicate-dispatch',
      says: 'A ride was dispatched to the same driver more than once.',
      runbook: 'dispatch.md#a-ride-was-dispatched-twice-to-one-driver',
      metric: metric('dispatch', 'DispatchDuplicate'),
      above: 0,
    });
    new PromiseAlarm(this, 'AfterDecline', {
      house,
      promise: 'no-dispatch-after-decline',
      says: 'A dispatch was sent after the ride was declined.',
      runbook: 'dispatch.md#a-dispatch-was-sent-after-a-decline',
      metric: metric('dispatch', 'DispatchAfterDecline'),
      above: 0,
    });
    const line = new MetricFilter(this, 'AfterDeclineLine', {
      logGroup: offers.logs,
      filterPattern: FilterPattern.literal('"Dispatch sent for DECLINED request"'),
      metricNamespace: namespaceOf(house),
      metricName: 'DispatchAfterDeclineLogged',
      metricValue: '1',
    });
    new PromiseAlarm(this, 'AfterDeclineLogged', {
      house,
      promise: 'no-dispatch-after-decline-logged',
      says: 'The line "Dispatch sent for DECLINED request" was logged.',
      runbook: 'dispatch.md#a-dispatch-was-sent-after-a-decline',
      metric: line.metric({ statistic: 'Sum', period: Duration.minutes(5) }),
      above: 0,
    });
    this.flagFails = new PromiseAlarm(this, 'FlagFails', {
      house,
      promise: 'idempotent-dispatch-works',
      says: 'More than 1 % of the dispatches under the flag idempotent-dispatch failed, three minutes in a row; the flag is held off by itself.',
      runbook: 'flags.md#idempotent-dispatch-was-taken-back',
      // Each attempt reports 0 or 1, so the average is the error rate.
      metric: metric('dispatch', 'DispatchFailed', {
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
