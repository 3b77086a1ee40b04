/** Notify: who is connected over the WebSocket API, what rides tell riders and drivers, and receipts by mail. */
import { Match } from 'aws-cdk-lib/aws-events';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type Access, items, mailing, secret, sending } from './access.ts';
import type { House } from './house.ts';
import { metricsOf } from './metrics.ts';
import type { Platform } from './platform.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import type { SocketDoor } from './socket-door.ts';
import { subscribe } from './subscription.ts';
import { WorkQueue } from './work-queue.ts';

export type NotifyProps = { readonly house: House; readonly platform: Platform; readonly socket: SocketDoor };

export class Notify extends Construct {
  readonly queue: WorkQueue;
  readonly push: WorkQueue;
  readonly receipts: WorkQueue;

  constructor(scope: Construct, id: string, { house, platform, socket }: NotifyProps) {
    super(scope, id);
    const metric = metricsOf(house);
    const authorizer = new ServiceFunction(this, 'Authorizer', {
      house,
      entry: 'functions/notify/authorizer.handler.ts',
      does: 'Verifies the token of who connects',
      timeout: Duration.seconds(5),
    });
    const connections = new ServiceFunction(this, 'Socket', {
      house,
      entry: 'functions/notify/socket.handler.ts',
      does: 'Keeps who is connected',
      timeout: Duration.seconds(5),
    });
    const notices = new ServiceFunction(this, 'Notices', {
      house,
      entry: 'functions/notify/ride-notices.handler.ts',
      does: 'Tells riders and drivers what happened to their ride',
      timeout: Duration.seconds(5),
    });

    const push = new ServiceFunction(this, 'Push', {
      house,
      entry: 'functions/notify/push.handler.ts',
      does: 'Sends what nobody connected was told to the phone',
      timeout: Duration.seconds(10),
    });
    const receipts = new ServiceFunction(this, 'Receipts', {
      house,
      entry: 'functions/notify/receipts.handler.ts',
      does: 'Mails a receipt to whoever paid, once',
      timeout: Duration.seconds(5),
    });

    this.queue = new WorkQueue(this, 'Queue', {
      house,
      name: 'notify',
      worker: notices,
      visibility: Duration.seconds(30),
      retention: Duration.days(4),
      receives: 12,
      patience: Duration.minutes(1),
      runbook: { deadLetters: 'queues.md#messages-were-given-up', slow: 'queues.md#a-queue-does-not-keep-up' },
    });

    // A queue of its own: a slow push service never holds up those who are connected.
    this.push = new WorkQueue(this, 'PushQueue', {
      house,
      name: 'push',
      worker: push,
      visibility: Duration.minutes(1),
      retention: Duration.days(1),
      receives: 12,
      patience: Duration.minutes(1),
      runbook: { deadLetters: 'queues.md#messages-were-given-up', slow: 'queues.md#a-queue-does-not-keep-up' },
    });

    this.receipts = new WorkQueue(this, 'ReceiptsQueue', {
      house,
      name: 'receipts',
      worker: receipts,
      visibility: Duration.seconds(30),
      retention: Duration.days(4),
      // A receipt may wait for the mail service: the pauses between so many attempts make three hours.
      receives: 20,
      patience: Duration.minutes(15),
      runbook: { deadLetters: 'mail.md#receipts-were-given-up', slow: 'mail.md#receipts-come-late' },
    });

    authorizer.uses({
      environment: {
        OIDC_ISSUER: house.stage.issuer,
        OIDC_AUDIENCE: house.stage.audience,
        ROLES_CLAIM: house.stage.rolesClaim,
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
    push.uses(items(platform.state, 'DeleteItem'));
    if (house.stage.pushSecret) push.uses(secret('FCM_SECRET_ID', house.stage.pushSecret, Stack.of(this)));

    receipts.uses(
      items(platform.state, 'GetItem'),
      items(platform.story, 'PutItem', 'UpdateItem', 'DeleteItem'),
      mailing(house.stage, Stack.of(this)),
    );

    socket.opens(connections, authorizer);
    subscribe(this, 'Rides', {
      house,
      undelivered: platform.undelivered,
      name: 'ride-notices',
      bus: platform.bus,
      pattern: { source: ['tuntas.dispatch'], detailType: Match.prefix('ride.') },
      queue: this.queue.queue,
    });
    subscribe(this, 'PaidOrders', {
      house,
      undelivered: platform.undelivered,
      name: 'receipts',
      bus: platform.bus,
      pattern: { source: ['tuntas.orders'], detailType: ['order.paid'] },
      queue: this.receipts.queue,
    });

    new PromiseAlarm(this, 'ReceiptsFail', {
      house,
      promise: 'receipts-can-be-sent',
      says: 'More than half of the receipts of 5 minutes could not be sent, for 15 minutes.',
      runbook: 'mail.md#receipts-cannot-be-sent',
      // Each attempt reports 0 or 1, so the average is the share that failed.
      metric: metric('notify', 'ReceiptFailed', { statistic: 'Average' }),
      above: 0.5,
      periods: 3,
    });
  }

  /** Messages to the phones of those who are not connected. */
  pushing(): Access {
    return sending('PUSH_QUEUE_URL', this.push.queue);
  }
}
