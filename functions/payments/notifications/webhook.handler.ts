/** The gateway's webhook, wired for Lambda. Of the SDK only the queue's client and the secret's are in it: it must start fast. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { env } from '../../platform/env.ts';
import { queueJson } from '../../platform/queue-text.ts';
import { serverKeys } from '../gateway/server-keys.ts';
import { webhook } from './webhook.ts';

const QueueUrl = env('WEBHOOK_QUEUE_URL');
/** The gateway waits 15 s and wants its answer within 5. */
const queue = new SQSClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 500, requestTimeout: 1_200 } });

const keys = serverKeys(process.env, Date.now);
// Read while the function starts, so that no notification waits for it; a failure is met again, and answered, at the first one.
keys().catch(() => undefined);

export const handler = webhook({
  keys,
  keep: async (kept) => {
    await queue.send(new SendMessageCommand({ QueueUrl, MessageBody: queueJson(JSON.stringify(kept)) }));
  },
  now: Date.now,
});
