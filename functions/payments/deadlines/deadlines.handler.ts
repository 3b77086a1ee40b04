/** The worker of the gateway queue on Lambda. */
import { dynamo } from '../../platform/dynamo.ts';
import { lambda } from '../../platform/lambda.ts';
import { lazyQueues } from '../../platform/queues.lazy.ts';
import { compose } from './deadlines.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo(), queues: lazyQueues() });
