/** The worker of the push queue on Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { lambda } from '../platform/lambda.ts';
import { lazyQueues } from '../platform/queues.lazy.ts';
import { compose } from './push.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo(), queues: lazyQueues() });
