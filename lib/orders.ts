/** Orders: the trip and its money, from an accepted ride or a confirmed scan to the settled payment. */
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { routes } from '../functions/orders/orders.routes.ts';
import { items } from './access.ts';
import type { HttpApiGateway } from './http-api-gateway.ts';
import { metricsOf } from './metrics.ts';
import type { Platform } from './platform.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import type { StageContext } from './stage-context.ts';
import { subscribe } from './subscription.ts';
import { WorkQueue } from './work-queue.ts';

export type OrdersProps = {
  readonly context: StageContext;
  readonly platform: Platform;
  readonly http: HttpApiGateway;
};

export class Orders extends Construct {
  readonly queue: WorkQueue;

  constructor(scope: Construct, id: string, { context, platform, http }: OrdersProps) {
    super(scope, id);
    const metric = metricsOf(context);
    const orders = new ServiceFunction(this, 'Orders', {
      context,
      entry: 'functions/orders/orders.api.ts',
      description: 'Orders over HTTP',
      timeout: Duration.seconds(10),
    });
    const facts = new ServiceFunction(this, 'Facts', {
      context,
      entry: 'functions/orders/events.handler.ts',
      description: 'Takes what rides, scans and payments mean for an order',
      timeout: Duration.seconds(5),
    });

    this.queue = new WorkQueue(this, 'Queue', {
      context,
      name: 'orders',
      worker: facts,
      visibility: Duration.seconds(30),
      // A settlement waits for its order: the pauses between so many attempts make an hour.
      maxAge: Duration.minutes(2),
    });

    const { fareLimit } = context.stage;
    orders.uses(items(platform.state, 'GetItem', 'PutItem'), {
      environment: { FARE_LIMITS: JSON.stringify(fareLimit) },
      statements: [],
    });
    facts.uses(items(platform.state, 'GetItem', 'PutItem', 'Query'));

    http.addRoutes(routes, orders);
    subscribe(this, 'Rides', {
      context,
      platform,
      name: 'order-rides',
      pattern: { source: ['tuntas.dispatch'], detailType: ['ride.accepted', 'ride.cancelled'] },
      queue: this.queue,
    });
    subscribe(this, 'Money', {
      context,
      platform,
      name: 'order-money',
      pattern: {
        source: ['tuntas.orders', 'tuntas.payments'],
        detailType: ['order.finished', 'payment.settled', 'payment.reversed'],
      },
      queue: this.queue,
    });

    new PromiseAlarm(this, 'Refused', {
      context,
      promise: 'orders-take-their-payments',
      description:
        'An order refused what a ride, a scan or a payment means for it: money may be there that pays nothing.',
      runbook: 'payments.md#an-order-refused-its-payment',
      metric: metric('orders', 'OrderFactRefused'),
      above: 0,
    });
  }
}
