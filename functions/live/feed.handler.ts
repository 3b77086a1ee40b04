/** The worker of the live queue, wired for Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { queuesSeldom } from '../platform/lazy-queue-client.ts';
import { ownQueue, queueWorker } from '../platform/queue-worker.ts';
import { appendTo } from './append.ts';
import { feed } from './feed.store.ts';
import { feedWorker } from './feed.worker.ts';
import { liveEvent } from './notice.ts';

const append = appendTo(feed(dynamo(), env('STATE_TABLE'), Date.now));

export const handler = queueWorker(liveEvent, feedWorker({ append, now: Date.now }), ownQueue(queuesSeldom()));
