/** The worker of the gateway queue, wired for Lambda. What is orphaned goes to the dead letters of the webhook queue. */
import { dynamo } from '../../platform/dynamo.ts';
import { env } from '../../platform/env.ts';
import { queuesSeldom } from '../../platform/lazy-queue-client.ts';
import { parkIn } from '../../platform/park.ts';
import { ownQueue, queueWorker } from '../../platform/queue-worker.ts';
import { paymentsDeps } from '../commands.ts';
import { gatewayWorker, wakeMessage } from './deadlines.worker.ts';

const queues = queuesSeldom();

export const handler = queueWorker(
  wakeMessage,
  gatewayWorker({ ...paymentsDeps(dynamo()), park: parkIn(queues.send, env('ORPHANS_URL')), random: Math.random }),
  ownQueue(queues),
);
