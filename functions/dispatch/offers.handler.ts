/** The worker of the dispatch queue, wired for Lambda. */
import { notifyDeps } from '../notify/commands.ts';
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { holds } from '../platform/flags.ts';
import { queuesSeldom } from '../platform/lazy-queue-client.ts';
import { ownQueue, queueWorker } from '../platform/queue-worker.ts';
import { store } from '../platform/store.ts';
import { dispatch, dispatchMessage } from './offers.worker.ts';

const client = dynamo();
const queues = queuesSeldom();
const { isHeld } = holds(client, env('STATE_TABLE'), Date.now);

export const handler = queueWorker(
  dispatchMessage,
  dispatch({ ...notifyDeps(client, queues.send), store: store(client, env('STATE_TABLE')), isHeld }),
  ownQueue(queues),
);
