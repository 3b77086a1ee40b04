/** A queue's worker: each message parsed once at the door, the poison parked, the failed answered by its own id and tried again soon. */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { Invalid } from '../kernel/errors.ts';
import { log } from '../kernel/log.ts';
import { parseWith, type Schema } from '../kernel/schema.ts';
import { env } from './env.ts';
import { type Park, parkIn } from './park.ts';
import type { QueueClient } from './queue.client.ts';

/** What a worker may need to know of the delivery besides the message. */
export type Delivery = { readonly messageId: string; readonly receives: number };

/** The queue a worker serves. */
export type OwnQueue = {
  /** Its dead letters. */
  readonly park: Park;
  /** A failed message comes again after so many seconds, instead of after the whole visibility time-out. */
  readonly delay: (receiptHandle: string, seconds: number) => Promise<void>;
};

/** The worker's queue as its environment names it. */
export const ownQueue = ({ send, delay }: QueueClient): OwnQueue => ({
  park: parkIn(send, env('DEAD_LETTER_URL')),
  delay: (receiptHandle, seconds) => delay(env('QUEUE_URL'), receiptHandle, seconds),
});

const longestPause = 900;

/** 5, 10, 20, … seconds and up to half as much again, so that what failed together does not come back together. */
export const pauseAfter = (receives: number, chance: number): number =>
  Math.min(longestPause, Math.round(5 * 2 ** (receives - 1) * (1 + chance / 2)));

/**
 * @param schema of the message body (JSON)
 * @param handle business refusals return; `Invalid` parks the message; any other error leaves it for a retry
 * @param queue the worker's own
 */
export const queueWorker = <Message>(
  schema: Schema<Message>,
  handle: (message: Message, delivery: Delivery) => Promise<void>,
  queue: OwnQueue,
) => {
  const one = async (record: SQSRecord): Promise<string | undefined> => {
    try {
      await handle(parseWith(schema, record.body), { messageId: record.messageId, receives: receivesOf(record) });
      return undefined;
    } catch (error) {
      return error instanceof Invalid ? parked(record, describe(error)) : failed(record, error);
    }
  };

  const failed = async (record: SQSRecord, error: unknown): Promise<string> => {
    const { messageId, receiptHandle } = record;
    log.error('Message failed, left for a retry', error, { messageId });
    await queue
      .delay(receiptHandle, pauseAfter(receivesOf(record), Math.random()))
      .catch((reason: unknown) =>
        log.error('Message comes again only after its visibility time-out', reason, { messageId }),
      );
    return messageId;
  };

  const parked = async (
    { body, eventSourceARN, messageId }: SQSRecord,
    reason: string,
  ): Promise<string | undefined> => {
    try {
      await queue.park(body, reason, eventSourceARN);
      return undefined;
    } catch (error) {
      log.error('Message not parked, left for a retry', error, { messageId, reason });
      return messageId;
    }
  };

  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const left = await Promise.all(event.Records.map(one));
    return { batchItemFailures: left.filter((id) => id !== undefined).map((itemIdentifier) => ({ itemIdentifier })) };
  };
};

const receivesOf = ({ attributes }: SQSRecord): number => Number(attributes.ApproximateReceiveCount);

const describe = ({ message, fields }: Invalid): string =>
  [message, ...fields.map(({ field, message: why }) => `${field}: ${why}`)].join('; ');
