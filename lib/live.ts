/** Live: what happens to the money, shown to operators as it happens: a feed that a queue fills, and a stream of it on a function URL. */
import { FunctionUrlAuthType, InvokeMode } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { liveTypes } from '../functions/live/notice.ts';
import { items } from './access.ts';
import type { House } from './house.ts';
import { metricsOf } from './metrics.ts';
import type { Platform } from './platform.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import { streamsRefused } from './stages.ts';
import { subscribe } from './subscription.ts';
import { WorkQueue } from './work-queue.ts';

export type LiveProps = { readonly house: House; readonly platform: Platform };

export class Live extends Construct {
  readonly queue: WorkQueue;
  /** Where the stream is: `GET {url}live`. */
  readonly url: string;

  constructor(scope: Construct, id: string, { house, platform }: LiveProps) {
    super(scope, id);
    const metric = metricsOf(house);
    const { streams, streamsReserved, rolesClaim } = house.stage;
    const feed = new ServiceFunction(this, 'Feed', {
      house,
      entry: 'functions/live/feed.handler.ts',
      does: 'Puts what happens to the money into the live feed, once and in order',
      timeout: Duration.seconds(5),
    });
    const stream = new ServiceFunction(this, 'Stream', {
      house,
      entry: 'functions/live/stream.handler.ts',
      does: 'Streams the live feed to an operator, and ends by itself',
      // Lambda does not say that a client has left: this is how long a stream nobody reads is paid for, at most.
      timeout: Duration.minutes(2),
      memory: 192,
      ...(streamsReserved ? { reserved: streams + streamsRefused } : {}),
    });

    this.queue = new WorkQueue(this, 'Queue', {
      house,
      name: 'live',
      worker: feed,
      visibility: Duration.seconds(30),
      retention: Duration.days(1),
      receives: 12,
      patience: Duration.minutes(1),
      runbook: { deadLetters: 'live.md#notices-did-not-reach-the-feed', slow: 'live.md#notices-come-late' },
    });

    feed.uses(items(platform.state, 'GetItem', 'PutItem'));
    stream.uses(items(platform.state, 'GetItem', 'Query', 'PutItem', 'DeleteItem'), {
      environment: {
        OIDC_ISSUER: house.stage.issuer,
        OIDC_AUDIENCE: house.stage.audience,
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
    subscribe(this, 'Money', {
      house,
      undelivered: platform.undelivered,
      name: 'live-notices',
      bus: platform.bus,
      pattern: { source: ['tuntas.payments', 'tuntas.orders'], detailType: [...liveTypes] },
      queue: this.queue.queue,
    });

    new PromiseAlarm(this, 'Late', {
      house,
      promise: 'live-notices-come-in-time',
      says: 'The slowest 1 % of the live notices took more than 10 s from the event to the feed, for 15 minutes.',
      runbook: 'live.md#notices-come-late',
      metric: metric('live', 'LiveLatency', { statistic: 'p99' }),
      above: 10_000,
      periods: 3,
    });
    new PromiseAlarm(this, 'Full', {
      house,
      promise: 'live-has-a-seat-for-every-operator',
      says: `A live stream was refused: all ${streams} are taken.`,
      runbook: 'live.md#all-streams-are-taken',
      metric: metric('live', 'LiveRefused'),
      above: 0,
    });
    new PromiseAlarm(this, 'Broken', {
      house,
      promise: 'live-streams-do-not-break-off',
      says: 'More than 5 live streams of 5 minutes broke off because the feed could not be read.',
      runbook: 'live.md#streams-break-off',
      metric: metric('live', 'LiveBroken'),
      above: 5,
    });
  }
}
