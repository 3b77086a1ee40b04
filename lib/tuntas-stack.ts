/** The stack, as a table of contents. */
import { CfnOutput, DefaultStackSynthesizer, Stack, Tags } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Dispatch } from './dispatch.ts';
import { EzPay } from './ezpay.ts';
import { HttpApiGateway } from './http-api-gateway.ts';
import { Live } from './live.ts';
import { Notify } from './notify.ts';
import { Observability } from './observability.ts';
import { Ops } from './ops.ts';
import { Orders } from './orders.ts';
import { Pager } from './pager.ts';
import { Payments } from './payments.ts';
import { Platform } from './platform.ts';
import type { StageContext } from './stage-context.ts';
import type { Stage } from './stages.ts';
import { WebSocketApiGateway } from './websocket-api-gateway.ts';

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

    const context: StageContext = { stage, pager: new Pager(this, 'Pager', { stage }).topic };
    const platform = new Platform(this, 'Platform', { context });
    const http = new HttpApiGateway(this, 'Http', { context });
    const socket = new WebSocketApiGateway(this, 'Socket', { context });

    const notify = new Notify(this, 'Notify', { context, platform, socket });
    const dispatch = new Dispatch(this, 'Dispatch', { context, platform, http, socket, notify });
    const ezpay = new EzPay(this, 'EzPay', { context, platform, http, socket, notify });
    const ops = new Ops(this, 'Ops', { context, platform, http, dispatch, ezpay });
    const orders = new Orders(this, 'Orders', { context, platform, http });
    const payments = new Payments(this, 'Payments', { context, platform, http, ops });
    const live = new Live(this, 'Live', { context, platform });
    new Observability(this, 'Observability', { context, http, socket });

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
    this.output('OutboxDeadUrl', platform.outboxDeadLetters.queueUrl);
    this.output('StoryDeadUrl', platform.storyDeadLetters.queueUrl);
    this.output('EventsDeadUrl', platform.undelivered.queueUrl);
  }

  private output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}
