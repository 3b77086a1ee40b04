/** A queue's worker: parses each message once, parks poison, answers failures by their own id, retries them soon. */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { Invalid } from '../kernel/errors.ts';
import { log } from '../kernel/log.ts';
import { required } from './env.ts';
import type { MessageDeclaration } from './message.ts';
import { parkIn } from './park.ts';
import type { Clock, Env, Queues } from './ports.ts';

/** What a worker may need in addition to the message. */
export type Delivery = { readonly messageId: string; readonly receives: number };
export type WorkerPorts = { readonly queues: Pick<Queues, 'send' | 'delay'> } & Pick<Clock, 'random'>;

const longestPause = 900;

/** 5, 10, 20, … seconds and up to half as much more, so that what failed together is not retried together. */
export const pauseAfter = (receives: number, chance: number): number =>
  Math.min(longestPause, Math.round(5 * 2 ** (receives - 1) * (1 + chance / 2)));

/**
 * @param message what the queue holds
 * @param handle business refusals return; `Invalid` parks the message; any other error leaves it for a retry
 * @param env QUEUE_URL: the worker's own queue; DEAD_LETTER_URL: its dead letters
 */
export const queueWorker = <Message>(
  { read }: Pick<MessageDeclaration<never, Message>, 'read'>,
  handle: (message: Message, delivery: Delivery) => Promise<void>,
  { queues, random }: WorkerPorts,
  env: Env,
) => {
  const queueUrl = required(env, 'QUEUE_URL');
  const park = parkIn(queues, required(env, 'DEAD_LETTER_URL'));

  const one = async (record: SQSRecord): Promise<void> => {
    const { body, messageId, eventSourceARN } = record;
    try {
      await handle(read(body), { messageId, receives: receivesOf(record) });
    } catch (error) {
      if (!(error instanceof Invalid)) return failed(record, error);
      const reason = describe(error);
      await park(body, reason, eventSourceARN).catch((cause: unknown) => {
        log.error('Message not parked, left for a retry', cause, { messageId, reason });
        throw cause;
      });
    }
  };

  const failed = async (record: SQSRecord, error: unknown): Promise<never> => {
    const { messageId, receiptHandle } = record;
    log.error('Message failed, left for a retry', error, { messageId });
    await queues
      .delay(queueUrl, receiptHandle, pauseAfter(receivesOf(record), random()))
      .catch((reason: unknown) =>
        log.error('Message not delayed, its visibility time-out applies', reason, { messageId }),
      );
    throw error;
  };

  // A processor holds the state of its batch: a shared one would mix calls that run at the same time.
  return (event: SQSEvent): Promise<SQSBatchResponse> =>
    processPartialResponse(event, one, new BatchProcessor(EventType.SQS), { throwOnFullBatchFailure: false });
};

const receivesOf = ({ attributes }: SQSRecord): number => Number(attributes.ApproximateReceiveCount);

const describe = ({ message, fields }: Invalid): string =>
  [message, ...fields.map(({ field, message: why }) => `${field}: ${why}`)].join('; ');
