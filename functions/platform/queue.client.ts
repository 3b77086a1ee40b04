/** Sends messages to queues, and lets a failed one wait. */
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { queueJson, queueWords } from './queue-text.ts';

export type QueueClient = {
  /** @throws the SDK's error when the queue is out of reach */
  readonly send: (queueUrl: string, body: string, attributes?: Readonly<Record<string, string>>) => Promise<void>;
  /** The message comes again after so many seconds from now. */
  readonly delay: (queueUrl: string, receiptHandle: string, seconds: number) => Promise<void>;
};
export type SendMessage = QueueClient['send'];

const longestAttribute = 1_000;

/** Time-outs of the retry budget (docs/architecture.md). */
export const sqs = (): SQSClient =>
  new SQSClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 500, requestTimeout: 2_000 } });

export const queueClient = (client: SQSClient): QueueClient => ({
  send: async (QueueUrl, body, attributes = {}) => {
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        { DataType: 'String', StringValue: queueWords(value.slice(0, longestAttribute)) },
      ]),
    );
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: queueJson(body), MessageAttributes }));
  },
  delay: async (QueueUrl, ReceiptHandle, VisibilityTimeout) => {
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  },
});
