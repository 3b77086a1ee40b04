/** The worker of the timers queue, wired for Lambda. */

import { dispatchDeps } from '../dispatch/commands.ts';
import { instant } from '../kernel/types.ts';
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { queueClient, sqs } from '../platform/queue.client.ts';
import { ownQueue, queueWorker } from '../platform/queue-worker.ts';
import { timers } from '../platform/timers.ts';
import { deadlines, wakeMessage } from './deadlines.worker.ts';

const queues = sqs();

export const handler = queueWorker(
  wakeMessage,
  deadlines({
    ...dispatchDeps(dynamo(), env('STATE_TABLE')),
    wake: timers(queues, env('TIMERS_QUEUE_URL'), Date.now),
    wakeAtGateway: timers(queues, env('GATEWAY_QUEUE_URL'), Date.now),
    now: () => instant(Date.now()),
  }),
  ownQueue(queueClient(queues)),
);
