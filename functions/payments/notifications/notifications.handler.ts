/** The worker of the webhook queue, wired for Lambda. */
import { dynamo } from '../../platform/dynamo.ts';
import { queuesSeldom } from '../../platform/lazy-queue-client.ts';
import { ownQueue, queueWorker } from '../../platform/queue-worker.ts';
import { paymentsDeps } from '../commands.ts';
import { keptMessage, webhookWorker } from './notifications.worker.ts';

const own = ownQueue(queuesSeldom());

export const handler = queueWorker(
  keptMessage,
  webhookWorker({ ...paymentsDeps(dynamo()), park: own.park, random: Math.random }),
  own,
);
