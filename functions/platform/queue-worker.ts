/** A queue's worker: each message parsed once at the door, the poison parked, the failed answered by its own id. */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { Invalid } from './errors.ts';
import { log } from './log.ts';
import type { Park } from './park.ts';
import { parseWith, type Schema } from './schema.ts';

/** What a worker may need to know of the delivery besides the message. */
export type Delivery = { readonly messageId: string; readonly receives: number };

/**
 * @param schema of the message body (JSON)
 * @param handle business refusals return; `Invalid` parks the message; any other error leaves it for a retry
 * @param park dead letters of this queue
 */
export const queueWorker = <Message>(
  schema: Schema<Message>,
  handle: (message: Message, delivery: Delivery) => Promise<void>,
  park: Park,
) => {
  const one = async (record: SQSRecord): Promise<string | undefined> => {
    try {
      const message = parseWith(schema, record.body);
      await handle(message, { messageId: record.messageId, receives: Number(record.attributes.ApproximateReceiveCount) });
      return undefined;
    } catch (error) {
      if (!(error instanceof Invalid)) {
        log.error('Message failed, left for a retry', error, { messageId: record.messageId });
        return record.messageId;
      }
      return park(record.body, describe(error), record.eventSourceARN).then(
        () => undefined,
        () => record.messageId,
      );
    }
  };
  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const failed = await Promise.all(event.Records.map(one));
    return { batchItemFailures: failed.filter((id) => id !== undefined).map((itemIdentifier) => ({ itemIdentifier })) };
  };
};

const describe = ({ message, fields }: Invalid): string =>
  [message, ...fields.map(({ field, message: why }) => `${field}: ${why}`)].join('; ');
