/** The worker of the gateway queue, wired for Lambda. What is orphaned goes to the dead letters of the webhook queue. */
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { parkIn, sqs } from '../platform/park.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { paymentsDeps } from './commands.ts';
import { gatewayWorker, wakeMessage } from './gateway-worker.ts';

const queues = sqs();
const orphans = parkIn(queues, env('ORPHANS_URL'));

export const handler = queueWorker(
  wakeMessage,
  gatewayWorker({ ...paymentsDeps(dynamo()), park: orphans, random: Math.random }),
  parkIn(queues, env('DEAD_LETTER_URL')),
);
