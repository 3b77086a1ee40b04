/** The worker of the dispatch queue, wired for Lambda. */
import { notifyDeps } from '../notify/commands.ts';
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { holds } from '../platform/flags.ts';
import { parkIn, sqs } from '../platform/park.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { store } from '../platform/store.ts';
import { dispatch, dispatchMessage } from './offers.ts';

const client = dynamo();
const queues = sqs();
const { isHeld } = holds(client, env('STATE_TABLE'), Date.now);

export const handler = queueWorker(
  dispatchMessage,
  dispatch({ ...notifyDeps(client, queues), store: store(client, env('STATE_TABLE')), isHeld }),
  parkIn(queues, env('DEAD_LETTER_URL')),
);
