/** The worker of the argo queue, wired for Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { queuesSeldom } from '../platform/queue-seldom.ts';
import { ownQueue, queueWorker } from '../platform/queue-worker.ts';
import { instant } from '../platform/types.ts';
import { ezpayDeps } from './commands.ts';
import { deviceMessage, meter } from './meter.ts';

export const handler = queueWorker(
  deviceMessage,
  meter({ ...ezpayDeps(dynamo(), env('STATE_TABLE')), now: () => instant(Date.now()) }),
  ownQueue(queuesSeldom()),
);
