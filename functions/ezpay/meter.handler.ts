/** The worker of the argo queue, wired for Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { queuesSeldom } from '../platform/queue-seldom.ts';
import { ownQueue, queueWorker } from '../platform/queue-worker.ts';
import { instant } from '../platform/types.ts';
import { ezpayDeps } from './commands.ts';
import { meter, reported } from './meter.ts';

const now = () => instant(Date.now());

export const handler = queueWorker(reported(now), meter({ ...ezpayDeps(dynamo(), env('STATE_TABLE')), now }), ownQueue(queuesSeldom()));
