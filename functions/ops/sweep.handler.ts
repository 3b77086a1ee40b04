/** The sweeper on Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { lambda } from '../platform/lambda.ts';
import { sqsQueues } from '../platform/queues.sqs.ts';
import { compose } from './sweep.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo(), queues: sqsQueues() });
