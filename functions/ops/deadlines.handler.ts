/** The worker of the timers queue on Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { lambda } from '../platform/lambda.ts';
import { sqsQueues } from '../platform/queues.sqs.ts';
import { compose } from './deadlines.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo(), queues: sqsQueues() });
