/** Parks what can never be processed in the dead letters of its queue, with the reason, so that nothing behind it is held up. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { log } from './log.ts';

/** @throws the SDK's error when the queue is out of reach: the message then stays where it is and is tried again */
export type Park = (body: string, reason: string, source: string) => Promise<void>;

const text = (value: string) => ({ DataType: 'String', StringValue: value.slice(0, 1_000) });

export const sqs = (): SQSClient => new SQSClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 500, requestTimeout: 2_000 } });

export const parkIn =
  (client: SQSClient, deadLetterUrl: string): Park =>
  async (body, reason, source) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: deadLetterUrl,
        MessageBody: body || '(empty)',
        MessageAttributes: { reason: text(reason), source: text(source) },
      }),
    );
    log.error('Parked', new Error(reason), { source, reason }, { Parked: 1 });
  };
