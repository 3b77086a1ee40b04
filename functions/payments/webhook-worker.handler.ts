/** The worker of the webhook queue, wired for Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { parkIn, sqs } from '../platform/park.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { paymentsDeps } from './commands.ts';
import { keptMessage, webhookWorker } from './webhook-worker.ts';

const park = parkIn(sqs(), env('DEAD_LETTER_URL'));

export const handler = queueWorker(keptMessage, webhookWorker({ ...paymentsDeps(dynamo()), park, random: Math.random }), park);
