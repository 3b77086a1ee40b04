/** The worker of the argo queue, wired for Lambda. */

import { instant } from '../kernel/types.ts';
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { queuesSeldom } from '../platform/lazy-queue-client.ts';
import { ownQueue, queueWorker } from '../platform/queue-worker.ts';
import { ezpayDeps } from './commands.ts';
import { meter, reported } from './meter-reports.worker.ts';

const now = () => instant(Date.now());

export const handler = queueWorker(
  reported(now),
  meter({ ...ezpayDeps(dynamo(), env('STATE_TABLE')), now }),
  ownQueue(queuesSeldom()),
);
