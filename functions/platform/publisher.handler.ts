/** The publisher on Lambda. */
import { eventBridge } from './bus.eventbridge.ts';
import { dynamo } from './dynamo.ts';
import { lambda } from './lambda.ts';
import { compose } from './publisher.compose.ts';
import { sqsQueues } from './queues.sqs.ts';

export const handler = lambda(compose, { bus: eventBridge(), dynamo: dynamo(), queues: sqsQueues() });
