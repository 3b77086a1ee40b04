/** EzPay: scans over HTTP, the reports of the argos from a queue, and their meeting, from a queue of facts. */
import { Match } from 'aws-cdk-lib/aws-events';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { routes } from '../functions/ezpay/ezpay.routes.ts';
import { items, secret } from './access.ts';
import { ezpayAlarms, predictorAlarm } from './ezpay.alarms.ts';
import type { HttpApiGateway } from './http-api-gateway.ts';
import type { Notify } from './notify.ts';
import type { Platform } from './platform.ts';
import type { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import type { StageContext } from './stage-context.ts';
import { subscribe } from './subscription.ts';
import type { WebSocketApiGateway } from './websocket-api-gateway.ts';
import { WorkQueue } from './work-queue.ts';

export type EzPayProps = {
  readonly context: StageContext;
  readonly platform: Platform;
  readonly http: HttpApiGateway;
  readonly socket: WebSocketApiGateway;
  readonly notify: Notify;
};

export class EzPay extends Construct {
  /** Reports of the devices, sent by the rule of the devices' stack. */
  readonly argo: WorkQueue;
  readonly queue: WorkQueue;
  /** Takes the flag `ezpay-predictor` back. */
  readonly predictorErrs: PromiseAlarm;

  constructor(scope: Construct, id: string, { context, platform, http, socket, notify }: EzPayProps) {
    super(scope, id);
    const scans = new ServiceFunction(this, 'Scans', {
      context,
      entry: 'functions/ezpay/ezpay.api.ts',
      description: 'EzPay orders and argos over HTTP',
      timeout: Duration.seconds(10),
    });
    const meter = new ServiceFunction(this, 'Meter', {
      context,
      entry: 'functions/ezpay/meter-reports.handler.ts',
      description: 'Writes what the devices report',
      timeout: Duration.seconds(5),
    });
    const facts = new ServiceFunction(this, 'Facts', {
      context,
      entry: 'functions/ezpay/events.handler.ts',
      description: 'Joins reports with scans, and notifies customers and drivers',
      timeout: Duration.seconds(10),
    });

    this.argo = new WorkQueue(this, 'Argo', {
      context,
      name: 'argo',
      worker: meter,
      visibility: Duration.seconds(30),
      maxAge: Duration.minutes(1),
    });
    this.queue = new WorkQueue(this, 'Queue', {
      context,
      name: 'ezpay',
      worker: facts,
      visibility: Duration.minutes(1),
      maxAge: Duration.minutes(1),
    });

    const { confirmSeconds, answerSeconds, codes, codeSeconds, codeSecret } = context.stage.ezpay;
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

    http.addRoutes(routes, scans);
    const common = { context, platform, queue: this.queue };
    subscribe(this, 'Own', { ...common, name: 'ezpay-events', pattern: { source: ['tuntas.ezpay'] } });
    subscribe(this, 'Cars', {
      ...common,
      name: 'ezpay-cars',
      pattern: { source: ['tuntas.dispatch'], detailType: Match.prefix('car.') },
    });

    subscribe(this, 'Trips', {
      ...common,
      name: 'ezpay-trips',
      pattern: { source: ['tuntas.orders'], detailType: Match.prefix('order.finish-') },
    });

    ezpayAlarms(this, context);
    this.predictorErrs = predictorAlarm(this, context);
  }
}
