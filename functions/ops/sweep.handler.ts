/** The sweeper, wired for Lambda. */

import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { sqs } from '../platform/queue.client.ts';
import { timers } from '../platform/timers.ts';
import { sweep } from './sweep.ts';

export const handler = sweep(dynamo(), env('STATE_TABLE'), {
  wake: timers(sqs(), env('TIMERS_QUEUE_URL'), Date.now),
  now: Date.now,
});
