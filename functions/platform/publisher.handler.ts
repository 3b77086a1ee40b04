/** The first reader of the State stream, wired for Lambda. */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { env } from './env.ts';
import { parkIn } from './park.ts';
import { outbox, publishTo } from './publisher.ts';
import { queueClient, sqs } from './queue.client.ts';
import { streamReader } from './stream-reader.ts';
import { timers } from './timers.ts';

const bus = new EventBridgeClient({
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 500, requestTimeout: 2_000 },
});
const queues = sqs();

export const handler = streamReader(
  outbox({
    publish: publishTo(bus, env('BUS_NAME')),
    wake: timers(queues, env('TIMERS_QUEUE_URL'), Date.now),
    now: Date.now,
  }),
  parkIn(queueClient(queues).send, env('DEAD_LETTER_URL')),
);
