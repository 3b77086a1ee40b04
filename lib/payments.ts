/** Payments: charges at the gateway, and its notifications on a function URL that only checks, keeps and answers. */
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { routes } from '../functions/payments/payments.routes.ts';
import { type Access, items, secret, sending } from './access.ts';
import type { HttpApiGateway } from './http-api-gateway.ts';
import type { Ops } from './ops.ts';
import { paymentAlarms } from './payments.alarms.ts';
import type { Platform } from './platform.ts';
import { ServiceFunction } from './service-function.ts';
import type { StageContext } from './stage-context.ts';
import { WorkQueue } from './work-queue.ts';

export type PaymentsProps = {
  readonly context: StageContext;
  readonly platform: Platform;
  readonly http: HttpApiGateway;
  readonly ops: Ops;
};

export class Payments extends Construct {
  readonly webhook: WorkQueue;
  readonly gateway: WorkQueue;
  /** Where the gateway posts: `POST {url}midtrans/notifications`. */
  readonly url: string;

  constructor(scope: Construct, id: string, { context, platform, http, ops }: PaymentsProps) {
    super(scope, id);
    const charges = new ServiceFunction(this, 'Payments', {
      context,
      entry: 'functions/payments/payments.api.ts',
      description: 'Charges, checks, cancels and refunds over HTTP',
      // The longest charge takes 22 s, retries included; the HTTP API waits 30 s.
      timeout: Duration.seconds(28),
    });
    const webhook = new ServiceFunction(this, 'Webhook', {
      context,
      entry: 'functions/payments/notifications/webhook.handler.ts',
      description: 'Checks, keeps and answers the notifications of the gateway',
      timeout: Duration.seconds(5),
    });
    const listener = new ServiceFunction(this, 'WebhookWorker', {
      context,
      entry: 'functions/payments/notifications/notifications.handler.ts',
      description: 'Finds the payment a notification is about, asks the gateway, and decides',
      timeout: Duration.seconds(25),
    });
    const asker = new ServiceFunction(this, 'GatewayWorker', {
      context,
      entry: 'functions/payments/deadlines/deadlines.handler.ts',
      description: 'Acts on payments and orders whose deadline has come: reads, ends, refunds',
      timeout: Duration.seconds(28),
    });

    this.webhook = new WorkQueue(this, 'WebhookQueue', {
      context,
      name: 'webhook',
      worker: listener,
      visibility: Duration.seconds(150),
      maxAge: Duration.minutes(2),
      runbook: { deadLetters: 'payments.md#notifications-without-a-payment', slow: 'payments.md#notifications-wait' },
    });
    // A separate queue: a slow gateway never holds up the deadlines of rides.
    this.gateway = new WorkQueue(this, 'GatewayQueue', {
      context,
      name: 'gateway',
      worker: asker,
      visibility: Duration.seconds(170),
      maxAge: Duration.minutes(20),
      runbook: { deadLetters: 'queues.md#messages-were-given-up', slow: 'payments.md#notifications-wait' },
    });

    const { url } = webhook.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    this.url = url;
    webhook.uses(sending('WEBHOOK_QUEUE_URL', this.webhook.queue), this.keys(context));
    for (const talker of [charges, listener, asker])
      talker.uses(
        items(platform.state, 'GetItem', 'PutItem', 'Query', 'DeleteItem'),
        items(platform.story, 'PutItem'),
        this.keys(context),
        this.gatewayOf(context),
      );
    asker.uses(sending('ORPHANS_URL', this.webhook.deadLetters));
    ops.deadlines.uses(sending('GATEWAY_QUEUE_URL', this.gateway.queue));

    http.addRoutes(routes, charges);
    paymentAlarms(this, context);
  }

  /** On AWS the keys lie in a secret; on one machine they are those of the simulator. */
  private keys({ stage: { midtrans } }: StageContext): Access {
    const environment = { MIDTRANS_ENVIRONMENT: midtrans.environment };
    if (!midtrans.secret) return { environment, statements: [] };
    const access = secret('MIDTRANS_SECRET_ID', midtrans.secret, Stack.of(this));
    return { ...access, environment: { ...environment, ...access.environment } };
  }

  private gatewayOf({ stage: { midtrans } }: StageContext): Access {
    return {
      environment: {
        MIDTRANS_URL: midtrans.url,
        MIDTRANS_MERCHANT_ID: midtrans.merchantId,
        MIDTRANS_NOTIFY_URL: `${this.url}midtrans/notifications`,
      },
      statements: [],
    };
  }
}
