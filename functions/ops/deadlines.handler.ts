/** The worker of the timers queue on Lambda. */
import { eventBridge } from '../platform/bus.eventbridge.ts';
import { dynamo } from '../platform/dynamo.ts';
import { lambda } from '../platform/lambda.ts';
import { sqsQueues } from '../platform/queues.sqs.ts';
import { compose } from './deadlines.compose.ts';

export const handler = lambda(compose, { bus: eventBridge(), dynamo: dynamo(), queues: sqsQueues() });
