/** Payments: charges at the gateway, and its notifications on a function URL that does nothing but check, keep and answer. */
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { routes } from '../functions/payments/payments.routes.ts';
import { type Access, items, secret, sending } from './access.ts';
import type { House } from './house.ts';
import type { HttpDoor } from './http-door.ts';
import { metricsOf } from './metrics.ts';
import { moneyAlarms } from './money-alarms.ts';
import type { Ops } from './ops.ts';
import type { Platform } from './platform.ts';
import { type Broken, PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import { WorkQueue } from './work-queue.ts';

export type PaymentsProps = {
  readonly house: House;
  readonly platform: Platform;
  readonly http: HttpDoor;
  readonly ops: Ops;
};

export class Payments extends Construct {
  readonly webhook: WorkQueue;
  readonly gateway: WorkQueue;
  /** Where the gateway posts: `POST {url}midtrans/notifications`. */
  readonly url: string;

  constructor(scope: Construct, id: string, { house, platform, http, ops }: PaymentsProps) {
    super(scope, id);
    const charges = new ServiceFunction(this, 'Payments', {
      house,
      entry: 'functions/payments/payments.api.ts',
      does: 'Charges, checks, cancels and refunds over HTTP',
      // The longest charge takes 22 s, retries included; the HTTP API waits 30 s.
      timeout: Duration.seconds(28),
    });
    const door = new ServiceFunction(this, 'Webhook', {
      house,
      entry: 'functions/payments/notifications/webhook.handler.ts',
      does: 'Checks, keeps and answers what the gateway tells',
      timeout: Duration.seconds(5),
    });
    const listener = new ServiceFunction(this, 'WebhookWorker', {
      house,
      entry: 'functions/payments/notifications/notifications.handler.ts',
      does: 'Finds the payment a notification is about, asks the gateway, and decides',
      timeout: Duration.seconds(25),
    });
    const asker = new ServiceFunction(this, 'GatewayWorker', {
      house,
      entry: 'functions/payments/deadlines/deadlines.handler.ts',
      does: 'Asks the gateway about payments whose deadline has come',
      timeout: Duration.seconds(28),
    });

    this.webhook = new WorkQueue(this, 'WebhookQueue', {
      house,
      name: 'webhook',
      worker: listener,
      visibility: Duration.seconds(150),
      retention: Duration.days(4),
      receives: 12,
      patience: Duration.minutes(2),
      runbook: { deadLetters: 'payments.md#notifications-without-a-payment', slow: 'payments.md#notifications-wait' },
    });
    // A queue of its own: a slow gateway never holds up the deadlines of rides.
    this.gateway = new WorkQueue(this, 'GatewayQueue', {
      house,
      name: 'gateway',
      worker: asker,
      visibility: Duration.seconds(170),
      retention: Duration.days(4),
      receives: 12,
      patience: Duration.minutes(20),
      runbook: { deadLetters: 'queues.md#messages-were-given-up', slow: 'payments.md#notifications-wait' },
    });

    const { url } = door.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    this.url = url;
    door.uses(sending('WEBHOOK_QUEUE_URL', this.webhook.queue), this.keys(house));
    for (const talker of [charges, listener, asker])
      talker.uses(
        items(platform.state, 'GetItem', 'PutItem', 'Query', 'DeleteItem'),
        items(platform.story, 'PutItem'),
        this.keys(house),
        this.gatewayOf(house),
      );
    asker.uses(sending('ORPHANS_URL', this.webhook.deadLetters));
    ops.deadlines.uses(sending('GATEWAY_QUEUE_URL', this.gateway.queue));

    http.opens(routes, charges);
    this.alarms(house);
    moneyAlarms(this, house);
  }

  /** On AWS the keys lie in a secret; on one machine they are those of the simulator. */
  private keys({ stage: { midtrans } }: House): Access {
    const environment = { MIDTRANS_ENVIRONMENT: midtrans.environment };
    if (!midtrans.secret) return { environment, statements: [] };
    const access = secret('MIDTRANS_SECRET_ID', midtrans.secret, Stack.of(this));
    return { ...access, environment: { ...environment, ...access.environment } };
  }

  private gatewayOf({ stage: { midtrans } }: House): Access {
    return {
      environment: {
        MIDTRANS_URL: midtrans.url,
        MIDTRANS_MERCHANT_ID: midtrans.merchantId,
        MIDTRANS_NOTIFY_URL: `${this.url}midtrans/notifications`,
      },
      statements: [],
    };
  }

  private alarms(house: House): void {
    const metric = metricsOf(house);
    const alarm = (id: string, broken: Omit<Broken, 'house'>): PromiseAlarm =>
      new PromiseAlarm(this, id, { house, ...broken });
    alarm('Forged', {
      promise: 'notifications-are-the-gateways',
      says: 'A notification came with a wrong signature.',
      runbook: 'payments.md#a-notification-was-forged',
      metric: metric('payments', 'WebhookForged'),
      above: 0,
    });
    alarm('Instructions', {
      promise: 'instructions-are-the-gateways',
      says: 'A notification with a right signature shows payment instructions that the gateway does not confirm. The customer does not see them.',
      runbook: 'payments.md#a-notification-shows-other-payment-instructions',
      metric: metric('payments', 'InstructionsMismatch'),
      above: 0,
    });
    alarm('Orphans', {
      promise: 'every-notification-finds-its-payment',
      says: 'A notification found no payment until its time was over; it lies in the dead letters with its amount.',
      runbook: 'payments.md#notifications-without-a-payment',
      metric: metric('payments', 'WebhookOrphan'),
      above: 0,
    });
    alarm('Unkept', {
      promise: 'every-notification-is-kept',
      says: 'A notification could not be kept and was answered 503; the gateway repeats it four times.',
      runbook: 'payments.md#notifications-cannot-be-kept',
      metric: metric('payments', 'WebhookUnavailable'),
      above: 0,
    });
    alarm('Slow', {
      promise: 'notifications-are-answered-quickly',
      says: 'The slowest 1 % of the notifications were answered in more than 200 ms, for 15 minutes.',
      runbook: 'payments.md#notifications-are-answered-slowly',
      metric: metric('payments', 'WebhookLatency', { statistic: 'p99' }),
      above: 200,
      periods: 3,
    });
    alarm('Held', {
      promise: 'amounts-agree',
      says: 'A payment is held: amount, currency or merchant is not the order’s, or the gateway does not say how much was charged back.',
      runbook: 'payments.md#a-payment-is-held',
      metric: metric('payments', 'PaymentHeld'),
      above: 0,
    });
    alarm('Pending', {
      promise: 'payments-become-final',
      says: 'A payment has been pending for more than 26 hours, longer than any method allows.',
      runbook: 'payments.md#a-payment-stays-pending',
      metric: metric('payments', 'PendingAge', { statistic: 'Maximum' }),
      above: 26 * 3_600,
    });
    alarm('Late', {
      promise: 'notifications-are-found-at-once',
      says: 'More than 20 notifications of 5 minutes were found only on the fourth attempt or later.',
      runbook: 'payments.md#notifications-wait',
      metric: metric('payments', 'WebhookFoundMore'),
      above: 20,
    });
    alarm('Key', {
      promise: 'the-gateway-takes-our-key',
      says: 'The gateway refused our server key.',
      runbook: 'payments.md#the-gateway-refuses-our-key',
      metric: metric('payments', 'GatewayKeyRefused'),
      above: 0,
    });
    alarm('Breaker', {
      promise: 'the-gateway-answers',
      says: 'Five calls to the gateway in a row had no answer: calls pause, and deadlines repeat them.',
      runbook: 'payments.md#the-gateway-does-not-answer',
      metric: metric('payments', 'BreakerOpened'),
      above: 0,
    });
    alarm('Manual', {
      promise: 'manual-refunds-are-paid-back-in-time',
      says: 'A refund that a person must pay back is past its deadline.',
      runbook: 'payments.md#a-manual-refund-is-overdue',
      metric: metric('payments', 'ManualRefundOverdue'),
      above: 0,
    });
  }
}
