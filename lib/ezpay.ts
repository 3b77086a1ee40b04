/** EzPay: scans over HTTP, the reports of the argos from a queue, and their meeting, from a queue of facts. */
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Match } from 'aws-cdk-lib/aws-events';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { routes } from '../functions/ezpay/ezpay.routes.ts';
import { items, secret } from './access.ts';
import type { House } from './house.ts';
import type { HttpDoor } from './http-door.ts';
import { metricsOf } from './metrics.ts';
import type { Notify } from './notify.ts';
import type { Platform } from './platform.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import type { SocketDoor } from './socket-door.ts';
import { subscribe } from './subscription.ts';
import { WorkQueue } from './work-queue.ts';

export type EzPayProps = {
  readonly house: House;
  readonly platform: Platform;
  readonly http: HttpDoor;
  readonly socket: SocketDoor;
  readonly notify: Notify;
};

const minutes5 = 300_000;
const hour = { period: Duration.hours(1) };

export class EzPay extends Construct {
  /** Reports of the devices, sent by the rule of the devices' stack. */
  readonly argo: WorkQueue;
  readonly queue: WorkQueue;
  /** Takes the flag `ezpay-predictor` back. */
  readonly predictorErrs: PromiseAlarm;

  constructor(scope: Construct, id: string, { house, platform, http, socket, notify }: EzPayProps) {
    super(scope, id);
    const metric = metricsOf(house);
    const scans = new ServiceFunction(this, 'Scans', {
      house,
      entry: 'functions/ezpay/ezpay.api.ts',
      does: 'EzPay orders and argos over HTTP',
      timeout: Duration.seconds(10),
    });
    const meter = new ServiceFunction(this, 'Meter', {
      house,
      entry: 'functions/ezpay/meter-reports.handler.ts',
      does: 'Writes what the devices report',
      timeout: Duration.seconds(5),
    });
    const facts = new ServiceFunction(this, 'Facts', {
      house,
      entry: 'functions/ezpay/events.handler.ts',
      does: 'Joins reports with scans, and tells customers and drivers',
      timeout: Duration.seconds(10),
    });

    this.argo = new WorkQueue(this, 'Argo', {
      house,
      name: 'argo',
      worker: meter,
      visibility: Duration.seconds(30),
      retention: Duration.days(4),
      receives: 12,
      patience: Duration.minutes(1),
      runbook: { deadLetters: 'queues.md#messages-were-given-up', slow: 'queues.md#a-queue-does-not-keep-up' },
    });
    this.queue = new WorkQueue(this, 'Queue', {
      house,
      name: 'ezpay',
      worker: facts,
      visibility: Duration.minutes(1),
      retention: Duration.days(4),
      receives: 12,
      patience: Duration.minutes(1),
      runbook: { deadLetters: 'queues.md#messages-were-given-up', slow: 'queues.md#a-queue-does-not-keep-up' },
    });

    const { confirmSeconds, answerSeconds, codes, codeSeconds, codeSecret } = house.stage.ezpay;
    scans.uses(items(platform.state, 'GetItem', 'PutItem', 'UpdateItem', 'Query'), {
      environment: {
        EZPAY_CONFIRM_SECONDS: String(confirmSeconds),
        EZPAY_ANSWER_SECONDS: String(answerSeconds),
        EZPAY_CODES: codes,
        EZPAY_CODE_SECONDS: String(codeSeconds),
      },
      statements: [],
    });
    if (codeSecret) scans.uses(secret('EZPAY_CODE_SECRET_ID', codeSecret, Stack.of(this)));
    meter.uses(items(platform.state, 'GetItem', 'PutItem'));
    facts.uses(
      items(platform.state, 'GetItem', 'PutItem', 'Query', 'DeleteItem'),
      items(platform.story, 'PutItem', 'UpdateItem', 'DeleteItem'),
      socket.pushing(),
      notify.pushing(),
    );

    http.opens(routes, scans);
    const common = { house, undelivered: platform.undelivered, bus: platform.bus, queue: this.queue.queue };
    subscribe(this, 'Own', { ...common, name: 'ezpay-events', pattern: { source: ['tuntas.ezpay'] } });
    subscribe(this, 'Cars', {
      ...common,
      name: 'ezpay-cars',
      pattern: { source: ['tuntas.dispatch'], detailType: Match.prefix('car.') },
    });

    new PromiseAlarm(this, 'ReportsLate', {
      house,
      promise: 'argo-reports-come-in-time',
      says: 'The latest 5 % of the argo reports came more than 5 minutes after their time.',
      runbook: 'ezpay.md#argo-reports-come-late',
      metric: metric('ezpay', 'ArgoLag', { statistic: 'p95' }),
      above: minutes5,
    });
    new PromiseAlarm(this, 'ScansWait', {
      house,
      promise: 'argo-is-heard-of-soon-after-a-scan',
      says: 'For the slowest 5 % of the scans the argo was heard of more than 5 minutes later.',
      runbook: 'ezpay.md#argo-reports-come-late',
      metric: metric('ezpay', 'EzPayArgoLag', { statistic: 'p95' }),
      above: minutes5,
    });
    new PromiseAlarm(this, 'NotStarted', {
      house,
      promise: 'scans-find-the-argo-started',
      says: 'More than 5 % of the EzPay orders failed with ARGO_NOT_STARTED.',
      runbook: 'ezpay.md#scans-fail-with-argo_not_started',
      // Each order that ends reports 0 or 1, so the average is the share.
      metric: metric('ezpay', 'EzPayArgoNotStarted', { statistic: 'Average' }),
      above: 0.05,
    });
    new PromiseAlarm(this, 'Fails', {
      house,
      promise: 'ezpay-orders-succeed',
      says: 'Fewer than 95 % of the EzPay orders succeeded.',
      runbook: 'ezpay.md#ezpay-orders-fail',
      metric: metric('ezpay', 'EzPayFailed', { statistic: 'Average' }),
      above: 0.05,
    });
    this.predictorErrs = new PromiseAlarm(this, 'PredictorErrs', {
      house,
      promise: 'ezpay-predictor-is-right',
      says: 'Of the scans that the predictor confirmed early more than 5 % were not proven by the argo.',
      runbook: 'ezpay.md#the-predictor-errs',
      // Each early confirmation reports 0 or 1 when it is proven or not; of a few one is too many by chance.
      metric: new MathExpression({
        expression: 'IF(judged > 20, wrong / judged, 0)',
        usingMetrics: {
          wrong: metric('ezpay', 'EzPayPredictorWrong', hour),
          judged: metric('ezpay', 'EzPayPredictorWrong', { ...hour, statistic: 'SampleCount' }),
        },
        ...hour,
      }),
      above: 0.05,
    });
    const quarterHour = { period: Duration.minutes(15) };
    new PromiseAlarm(this, 'RefusedAgain', {
      house,
      promise: 'no-customer-is-refused-again-and-again',
      says: 'More than 5 scans in 15 minutes failed for a customer whose scan before had failed.',
      runbook: 'ezpay.md#customers-or-cars-fail-again-and-again',
      metric: metric('ezpay', 'EzPayRepeatedFailure', quarterHour),
      above: 5,
    });
    new PromiseAlarm(this, 'CarFails', {
      house,
      promise: 'no-car-fails-again-and-again',
      says: 'More than 5 scans in 15 minutes failed in cars of whose latest orders half or more failed.',
      runbook: 'ezpay.md#customers-or-cars-fail-again-and-again',
      metric: metric('ezpay', 'EzPayCarFailing', quarterHour),
      above: 5,
    });
  }
}
