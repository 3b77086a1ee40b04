/** The stack, as a table of contents. */
import { CfnOutput, DefaultStackSynthesizer, Stack, Tags } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Dispatch } from './dispatch.ts';
import { EzPay } from './ezpay.ts';
import type { House } from './house.ts';
import { HttpDoor } from './http-door.ts';
import { Live } from './live.ts';
import { Notify } from './notify.ts';
import { Observability } from './observability.ts';
import { Ops } from './ops.ts';
import { Orders } from './orders.ts';
import { Pager } from './pager.ts';
import { Payments } from './payments.ts';
import { Platform } from './platform.ts';
import { SocketDoor } from './socket-door.ts';
import type { Stage } from './stages.ts';

export class TuntasStack extends Stack {
  constructor(scope: Construct, stage: Stage) {
    super(scope, `tuntas-${stage.name}`, {
      description: `Tuntas, the order backbone of a taxi fleet: stage ${stage.name}`,
      terminationProtection: stage.protected,
      env: { region: stage.region, ...(stage.account ? { account: stage.account } : {}) },
      // The CLI checks the version of the bootstrap stack itself; without the rule the template needs no SSM parameter.
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
    });
    // Emulators refuse a key with tags.
    const except = { excludeResourceTypes: ['AWS::KMS::Key'] };
    Tags.of(this).add('application', 'tuntas', except);
    Tags.of(this).add('stage', stage.name, except);

    const house: House = { stage, pager: new Pager(this, 'Pager', { stage }).topic };
    const platform = new Platform(this, 'Platform', { house });
    const http = new HttpDoor(this, 'Http', { house });
    const socket = new SocketDoor(this, 'Socket', { house });

    const notify = new Notify(this, 'Notify', { house, platform, socket });
    const dispatch = new Dispatch(this, 'Dispatch', { house, platform, http, socket, notify });
    const ezpay = new EzPay(this, 'EzPay', { house, platform, http, socket, notify });
    const ops = new Ops(this, 'Ops', { house, platform, http, dispatch, ezpay });
    const orders = new Orders(this, 'Orders', { house, platform, http });
    const payments = new Payments(this, 'Payments', { house, platform, http, ops });
    const live = new Live(this, 'Live', { house, platform });
    new Observability(this, 'Observability', { house, http, socket });

    this.output('ApiUrl', http.url);
    this.output('WebSocketUrl', socket.stage.url);
    this.output('WebhookUrl', `${payments.url}midtrans/notifications`);
    this.output('LiveUrl', `${live.url}live`);
    this.output('StateTable', platform.state.table.tableName);
    this.output('StoryTable', platform.story.table.tableName);
    this.output('BusName', platform.bus.eventBusName);
    for (const [name, { queue, deadLetters }] of Object.entries({
      Dispatch: dispatch.queue,
      Notify: notify.queue,
      Push: notify.push,
      Receipts: notify.receipts,
      Live: live.queue,
      Orders: orders.queue,
      Webhook: payments.webhook,
      Gateway: payments.gateway,
      Argo: ezpay.argo,
      EzPay: ezpay.queue,
      Timers: ops.timers,
    })) {
      this.output(`${name}QueueUrl`, queue.queueUrl);
      this.output(`${name}DeadUrl`, deadLetters.queueUrl);
    }
    this.output('OutboxDeadUrl', platform.unpublished.queueUrl);
    this.output('StoryDeadUrl', platform.untold.queueUrl);
    this.output('EventsDeadUrl', platform.undelivered.queueUrl);
  }

  private output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}
