/** The worker of the dispatch queue on Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { lambda } from '../platform/lambda.ts';
import { postToConnection } from '../platform/post-to-connection.ts';
import { lazyQueues } from '../platform/queues.lazy.ts';
import { compose } from './offers.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo(), queues: lazyQueues(), postToConnection });
