/** The worker of the notify queue, wired for Lambda. */
import { rideEvent } from '../../events/ride.ts';
import { dynamo } from '../platform/dynamo.ts';
import { queuesSeldom } from '../platform/lazy-queue-client.ts';
import { ownQueue, queueWorker } from '../platform/queue-worker.ts';
import { notifyDeps } from './commands.ts';
import { notify } from './ride-notices.worker.ts';

const queues = queuesSeldom();

export const handler = queueWorker(rideEvent, notify(notifyDeps(dynamo(), queues.send)), ownQueue(queues));
