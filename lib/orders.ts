/** Orders: the trip and its money, opened by an accepted ride or a confirmed scan, finished by the driver, paid by the gateway's word. */
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { routes } from '../functions/orders/orders.routes.ts';
import { items } from './access.ts';
import type { House } from './house.ts';
import type { HttpDoor } from './http-door.ts';
import { metricsOf } from './metrics.ts';
import type { Platform } from './platform.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import { subscribe } from './subscription.ts';
import { WorkQueue } from './work-queue.ts';

export type OrdersProps = { readonly house: House; readonly platform: Platform; readonly http: HttpDoor };

export class Orders extends Construct {
  readonly queue: WorkQueue;

  constructor(scope: Construct, id: string, { house, platform, http }: OrdersProps) {
    super(scope, id);
    const metric = metricsOf(house);
    const orders = new ServiceFunction(this, 'Orders', {
      house,
      entry: 'functions/orders/orders.api.ts',
      does: 'Orders over HTTP',
      timeout: Duration.seconds(10),
    });
    const facts = new ServiceFunction(this, 'Facts', {
      house,
      entry: 'functions/orders/events.handler.ts',
      does: 'Takes what rides, scans and payments mean for an order',
      timeout: Duration.seconds(5),
    });

    this.queue = new WorkQueue(this, 'Queue', {
      house,
      name: 'orders',
      worker: facts,
      visibility: Duration.seconds(30),
      retention: Duration.days(4),
      // A settlement waits for its order: the pauses between so many attempts make an hour.
      receives: 12,
      patience: Duration.minutes(2),
      runbook: { deadLetters: 'queues.md#messages-were-given-up', slow: 'queues.md#a-queue-does-not-keep-up' },
    });

    orders.uses(items(platform.state, 'GetItem', 'PutItem'));
    facts.uses(items(platform.state, 'GetItem', 'PutItem'));

    http.opens(routes, orders);
    subscribe(this, 'Rides', {
      house,
      undelivered: platform.undelivered,
      name: 'order-rides',
      bus: platform.bus,
      pattern: { source: ['tuntas.dispatch'], detailType: ['ride.accepted', 'ride.cancelled'] },
      queue: this.queue.queue,
    });
    subscribe(this, 'Scans', {
      house,
      undelivered: platform.undelivered,
      name: 'order-scans',
      bus: platform.bus,
      pattern: { source: ['tuntas.ezpay'], detailType: ['ezpay.confirmed'] },
      queue: this.queue.queue,
    });
    subscribe(this, 'Money', {
      house,
      undelivered: platform.undelivered,
      name: 'order-money',
      bus: platform.bus,
      pattern: {
        source: ['tuntas.orders', 'tuntas.payments'],
        detailType: ['order.finished', 'payment.settled', 'payment.reversed'],
      },
      queue: this.queue.queue,
    });

    new PromiseAlarm(this, 'Refused', {
      house,
      promise: 'orders-take-their-payments',
      says: 'An order refused what a ride, a scan or a payment means for it: money may be there that pays nothing.',
      runbook: 'payments.md#an-order-refused-its-payment',
      metric: metric('orders', 'OrderFactRefused'),
      above: 0,
    });
  }
}
