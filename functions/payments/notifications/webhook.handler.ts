/** The gateway's webhook on Lambda. Of the SDK it holds the queue's client and nothing else: it must start fast. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { lambda } from '../../platform/lambda.ts';
import { sqsSend } from '../../platform/queues.sqs.ts';
import { compose } from './webhook.compose.ts';

/** The gateway waits 15 s and wants its answer within 5. */
const impatient = new SQSClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 500, requestTimeout: 1_200 } });

export const handler = lambda(compose, { queues: { send: sqsSend(impatient) } });
