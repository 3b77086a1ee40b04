/** The worker of the ezpay queue, wired for Lambda. */
import { ezpayFact } from '../../events/ezpay.ts';
import { notifyDeps } from '../notify/commands.ts';
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { queuesSeldom } from '../platform/lazy-queue-client.ts';
import { ownQueue, queueWorker } from '../platform/queue-worker.ts';
import { ezpayDeps } from './commands.ts';
import { facts } from './events.worker.ts';
import { predictorFrom } from './predictor.flag.ts';

const client = dynamo();
const table = env('STATE_TABLE');
const queues = queuesSeldom();

export const handler = queueWorker(
  ezpayFact,
  facts({ ...ezpayDeps(client, table, predictorFrom(client, table)), ...notifyDeps(client, queues.send) }),
  ownQueue(queues),
);
