/** Queues on SQS, with the time-outs of the retry budget (docs/architecture.md). */
import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { batchesOf } from '../kernel/batches.ts';
import { Unavailable } from '../kernel/errors.ts';
import type { Queues } from './ports.ts';

const longestAttribute = 1_000;

/** SQS refuses characters that JSON leaves as they are (U+FFFF; emulators: emoji). */
const refused = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g;
/** The same JSON, those characters written as escapes. */
const queueJson = (json: string): string =>
  json.replace(refused, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

type Client = Pick<SQSClient, 'send'>;

const newClient = (): SQSClient =>
  new SQSClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 500, requestTimeout: 2_000 } });

/** For a function that only sends: the other commands are not in its bundle. */
export const sqsSend =
  (client: Client = newClient()): Queues['send'] =>
  async (QueueUrl, body, attributes = {}) => {
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        { DataType: 'String', StringValue: value.slice(0, longestAttribute).replace(refused, '?') },
      ]),
    );
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: queueJson(body), MessageAttributes }));
  };

export const sqsQueues = (client: Client = newClient()): Queues => ({
  send: sqsSend(client),
  sendAll: async (QueueUrl, entries) => {
    await Promise.all(
      batchesOf(entries, 10).map(async (batch) => {
        const Entries = batch.map(({ body, delaySeconds }, i) => ({
          Id: String(i),
          MessageBody: queueJson(body),
          DelaySeconds: delaySeconds,
        }));
        const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
        if (Failed.length > 0) throw new Unavailable(`${Failed.length} messages were not taken: ${Failed[0]?.Code}`);
      }),
    );
  },
  delay: async (QueueUrl, ReceiptHandle, VisibilityTimeout) => {
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  },
});
