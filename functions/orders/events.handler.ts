/** The worker of the orders queue, wired for Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { queuesSeldom } from '../platform/lazy-queue-client.ts';
import { ownQueue, queueWorker } from '../platform/queue-worker.ts';
import { store } from '../platform/store.ts';
import { orderFact, orderFacts } from './events.worker.ts';

export const handler = queueWorker(
  orderFact,
  orderFacts({ store: store(dynamo(), env('STATE_TABLE')) }),
  ownQueue(queuesSeldom()),
);
