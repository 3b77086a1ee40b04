/** Live: what happens to the money, for operators: a feed that a queue fills, and a stream of it on a function URL. */
import { FunctionUrlAuthType, InvokeMode } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { liveTypes, paidType } from '../functions/live/notice.ts';
import { items } from './access.ts';
import { metricsOf } from './metrics.ts';
import type { Platform } from './platform.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import type { StageContext } from './stage-context.ts';
import { streamsRefused } from './stages.ts';
import { subscribe } from './subscription.ts';
import { WorkQueue } from './work-queue.ts';

export type LiveProps = { readonly context: StageContext; readonly platform: Platform };

export class Live extends Construct {
  readonly queue: WorkQueue;
  /** Where the stream is: `GET {url}live`. */
  readonly url: string;

  constructor(scope: Construct, id: string, { context, platform }: LiveProps) {
    super(scope, id);
    const metric = metricsOf(context);
    const { streams, streamsReserved, rolesClaim } = context.stage;
    const feed = new ServiceFunction(this, 'Feed', {
      context,
      entry: 'functions/live/feed.handler.ts',
      description: 'Puts what happens to the money into the live feed, once and in order',
      timeout: Duration.seconds(5),
    });
    const stream = new ServiceFunction(this, 'Stream', {
      context,
      entry: 'functions/live/stream.handler.ts',
      description: 'Streams the live feed to an operator, and ends after two minutes',
      // Lambda does not say that a client has left: this is how long a stream nobody reads is paid for, at most.
      timeout: Duration.minutes(2),
      memory: 192,
      ...(streamsReserved ? { reserved: streams + streamsRefused } : {}),
    });

    this.queue = new WorkQueue(this, 'Queue', {
      context,
      name: 'live',
      worker: feed,
      visibility: Duration.seconds(30),
      retention: Duration.days(1),
      maxAge: Duration.minutes(1),
      runbook: { deadLetters: 'live.md#notices-did-not-reach-the-feed', slow: 'live.md#notices-come-late' },
    });

    feed.uses(items(platform.state, 'GetItem', 'PutItem'));
    stream.uses(items(platform.state, 'GetItem', 'Query', 'PutItem', 'DeleteItem'), {
      environment: {
        OIDC_ISSUER: context.stage.issuer,
        OIDC_AUDIENCE: context.stage.audience,
        ROLES_CLAIM: rolesClaim,
        LIVE_STREAMS: String(streams),
      },
      statements: [],
    });

    // Public, because the function itself verifies the token: an EventSource cannot sign a request.
    this.url = stream.function.addFunctionUrl({
      authType: FunctionUrlAuthType.NONE,
      invokeMode: InvokeMode.RESPONSE_STREAM,
    }).url;
    const { queue } = this;
    const money = { source: ['tuntas.payments', 'tuntas.orders'], detailType: [...liveTypes] };
    subscribe(this, 'Money', { context, platform, name: 'live-notices', pattern: money, queue });
    const cash = { source: ['tuntas.orders'], detailType: [paidType], detail: { method: ['cash'] } };
    subscribe(this, 'Cash', { context, platform, name: 'live-cash', pattern: cash, queue });

    new PromiseAlarm(this, 'Late', {
      context,
      promise: 'live-notices-come-in-time',
      description:
        'The slowest 1 % of the live notices took more than 10 s from the event to the feed, for 15 minutes.',
      runbook: 'live.md#notices-come-late',
      metric: metric('live', 'LiveLatency', { statistic: 'p99' }),
      above: 10_000,
      periods: 3,
    });
    new PromiseAlarm(this, 'Full', {
      context,
      promise: 'live-has-a-seat-for-every-operator',
      description: `A live stream was refused: all ${streams} are taken.`,
      runbook: 'live.md#all-streams-are-taken',
      metric: metric('live', 'LiveRefused'),
      above: 0,
    });
    new PromiseAlarm(this, 'Broken', {
      context,
      promise: 'live-streams-do-not-break-off',
      description: 'More than 5 live streams of 5 minutes broke off because the feed could not be read.',
      runbook: 'live.md#streams-break-off',
      metric: metric('live', 'LiveBroken'),
      above: 5,
    });
  }
}
