/** The worker of the orders queue on Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { lambda } from '../platform/lambda.ts';
import { lazyQueues } from '../platform/queues.lazy.ts';
import { compose } from './events.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo(), queues: lazyQueues() });
