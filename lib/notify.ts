/** Notify: who is connected over the WebSocket API, notices to riders and drivers, and receipts by mail. */
import { Match } from 'aws-cdk-lib/aws-events';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type Access, items, mailing, secret, sending } from './access.ts';
import { metricsOf } from './metrics.ts';
import type { Platform } from './platform.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import type { StageContext } from './stage-context.ts';
import { subscribe } from './subscription.ts';
import type { WebSocketApiGateway } from './websocket-api-gateway.ts';
import { WorkQueue } from './work-queue.ts';

export type NotifyProps = {
  readonly context: StageContext;
  readonly platform: Platform;
  readonly socket: WebSocketApiGateway;
};

export class Notify extends Construct {
  readonly queue: WorkQueue;
  readonly push: WorkQueue;
  readonly receipts: WorkQueue;

  constructor(scope: Construct, id: string, { context, platform, socket }: NotifyProps) {
    super(scope, id);
    const authorizer = new ServiceFunction(this, 'Authorizer', {
      context,
      entry: 'functions/notify/authorizer.handler.ts',
      description: 'Verifies the token of who connects',
      timeout: Duration.seconds(5),
    });
    const connections = new ServiceFunction(this, 'Socket', {
      context,
      entry: 'functions/notify/socket.handler.ts',
      description: 'Keeps who is connected',
      timeout: Duration.seconds(5),
    });
    const notices = new ServiceFunction(this, 'Notices', {
      context,
      entry: 'functions/notify/ride-notices.handler.ts',
      description: 'Notifies riders and drivers of what happened to their ride',
      timeout: Duration.seconds(5),
    });

    this.queue = new WorkQueue(this, 'Queue', {
      context,
      name: 'notify',
      worker: notices,
      visibility: Duration.seconds(30),
      maxAge: Duration.minutes(1),
    });
    this.push = this.pushQueue(context, platform);
    this.receipts = this.receiptsQueue(context, platform);

    authorizer.uses({
      environment: {
        OIDC_ISSUER: context.stage.issuer,
        OIDC_AUDIENCE: context.stage.audience,
        ROLES_CLAIM: context.stage.rolesClaim,
      },
      statements: [],
    });
    connections.uses(items(platform.state, 'PutItem', 'DeleteItem'), socket.pushing());
    notices.uses(
      items(platform.state, 'Query', 'DeleteItem'),
      items(platform.story, 'PutItem', 'UpdateItem', 'DeleteItem'),
      socket.pushing(),
      this.pushing(),
    );

    socket.addRoutes(connections, authorizer);
    subscribe(this, 'Rides', {
      context,
      platform,
      name: 'ride-notices',
      pattern: { source: ['tuntas.dispatch'], detailType: Match.prefix('ride.') },
      queue: this.queue,
    });
    subscribe(this, 'Orders', {
      context,
      platform,
      name: 'order-notices',
      pattern: { source: ['tuntas.orders'], detailType: ['order.payment-due'] },
      queue: this.queue,
    });
  }

  /** A separate queue: a slow push service never holds up those who are connected. */
  private pushQueue(context: StageContext, platform: Platform): WorkQueue {
    const push = new ServiceFunction(this, 'Push', {
      context,
      entry: 'functions/notify/push.handler.ts',
      description: 'Sends to the phone what no connected app received',
      timeout: Duration.seconds(10),
    });
    push.uses(items(platform.state, 'DeleteItem'));
    if (context.stage.pushSecret) push.uses(secret('FCM_SECRET_ID', context.stage.pushSecret, Stack.of(this)));
    return new WorkQueue(this, 'PushQueue', {
      context,
      name: 'push',
      worker: push,
      visibility: Duration.minutes(1),
      retention: Duration.days(1),
      maxAge: Duration.minutes(1),
    });
  }

  private receiptsQueue(context: StageContext, platform: Platform): WorkQueue {
    const worker = new ServiceFunction(this, 'Receipts', {
      context,
      entry: 'functions/notify/receipts.handler.ts',
      description: 'Mails one receipt to the person who paid',
      timeout: Duration.seconds(5),
    });
    worker.uses(
      items(platform.state, 'GetItem'),
      items(platform.story, 'PutItem', 'UpdateItem', 'DeleteItem'),
      mailing(context.stage, Stack.of(this)),
    );
    const queue = new WorkQueue(this, 'ReceiptsQueue', {
      context,
      name: 'receipts',
      worker,
      visibility: Duration.seconds(30),
      // A receipt may wait for the mail service: the pauses between so many attempts make three hours.
      receives: 20,
      maxAge: Duration.minutes(15),
      runbook: { deadLetters: 'mail.md#receipts-were-given-up', slow: 'mail.md#receipts-come-late' },
    });
    subscribe(this, 'PaidOrders', {
      context,
      platform,
      name: 'receipts',
      pattern: { source: ['tuntas.orders'], detailType: ['order.paid'] },
      queue,
    });
    new PromiseAlarm(this, 'ReceiptsFail', {
      context,
      promise: 'receipts-can-be-sent',
      description: 'More than half of the receipts of 5 minutes could not be sent, for 15 minutes.',
      runbook: 'mail.md#receipts-cannot-be-sent',
      // Each attempt reports 0 or 1, so the average is the share that failed.
      metric: metricsOf(context)('notify', 'ReceiptFailed', { statistic: 'Average' }),
      above: 0.5,
      periods: 3,
    });
    return queue;
  }

  /** Messages to the phones of those who are not connected. */
  pushing(): Access {
    return sending('PUSH_QUEUE_URL', this.push.queue);
  }
}
