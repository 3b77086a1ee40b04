/** The story on Lambda. */
import { dynamo } from './dynamo.ts';
import { lambda } from './lambda.ts';
import { lazyQueues } from './queues.lazy.ts';
import { compose } from './story.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo(), queues: lazyQueues() });
