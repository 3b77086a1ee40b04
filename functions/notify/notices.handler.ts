/** The worker of the notify queue, wired for Lambda. */
import { rideEvent } from '../../events/ride.ts';
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { parkIn, sqs } from '../platform/park.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { notifyDeps } from './commands.ts';
import { notify } from './notices.ts';

const queues = sqs();

export const handler = queueWorker(rideEvent, notify(notifyDeps(dynamo(), queues)), parkIn(queues, env('DEAD_LETTER_URL')));
