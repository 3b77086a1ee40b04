/** A queue as the event source of a function: batches, partial failures, redelivery by visibility and redrive. */

import type { Matcher } from '../events/pattern.ts';
import type { LambdaFunction } from '../lambda/functions.ts';
import type { StoredMessage } from './fauxqs.ts';
import type { Queue, Queues } from './queues.ts';

export interface SqsMappingOptions {
  readonly queue: Queue;
  readonly queues: Queues;
  readonly target: LambdaFunction;
  readonly region: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly maximumConcurrency: number;
  readonly partialFailures: boolean;
  /** Messages that do not match are deleted unseen, as Lambda does. */
  readonly matches: Matcher | undefined;
}

export interface Mapping {
  readonly name: string;
  /** Nothing waits, nothing is under way. */
  readonly idle: () => boolean;
  readonly stop: () => void;
}

interface Taken {
  readonly receiptHandle: string;
  readonly message: StoredMessage;
}

const RECEIVE_LIMIT = 10;

const attributesOf = (message: StoredMessage): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(message.messageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        stringValue: StringValue,
        binaryValue: BinaryValue,
        stringListValues: [],
        binaryListValues: [],
      },
    ]),
  );

/** One record of the event that Lambda makes of a message. */
export const recordOf = (
  { receiptHandle, message }: Taken,
  queueArn: string,
  region: string,
): Record<string, unknown> => ({
  messageId: message.messageId,
  receiptHandle,
  body: message.body,
  attributes: {
    ApproximateReceiveCount: String(message.approximateReceiveCount),
    SentTimestamp: String(message.sentTimestamp),
    SenderId: '000000000000',
    ApproximateFirstReceiveTimestamp: String(message.approximateFirstReceiveTimestamp),
  },
  messageAttributes: attributesOf(message),
  ...(message.md5OfMessageAttributes ? { md5OfMessageAttributes: message.md5OfMessageAttributes } : {}),
  md5OfBody: message.md5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: region,
});

/** The failed message ids of a batch response; `undefined` means that the response cannot be read: all failed. */
export const failedIds = (payload: string): ReadonlySet<string> | undefined => {
  const response: unknown = JSON.parse(payload);
  if (response === null || response === undefined) return new Set();
  if (typeof response !== 'object' || !('batchItemFailures' in response)) return new Set();
  const { batchItemFailures: failures } = response;
  if (failures === null || failures === undefined) return new Set();
  if (!Array.isArray(failures)) return undefined;
  const ids = failures.map((failure: unknown) =>
    typeof failure === 'object' && failure && 'itemIdentifier' in failure ? failure.itemIdentifier : undefined,
  );
  return ids.every((id): id is string => typeof id === 'string' && id !== '') ? new Set(ids) : undefined;
};

export const startSqsMapping = (options: SqsMappingOptions): Mapping => {
  const { queue, queues, target } = options;
  const { stored } = queue;
  let active = 0;
  let stopped = false;
  let window: NodeJS.Timeout | undefined;

  const receive = (): Taken[] => {
    const taken: Taken[] = [];
    while (taken.length < options.batchSize) {
      const limit = Math.min(RECEIVE_LIMIT, options.batchSize - taken.length);
      const received = stored.dequeue(limit, undefined, (arn) => queues.server.store.getQueueByArn(arn));
      if (received.length === 0) break;
      for (const { ReceiptHandle: receiptHandle } of received) {
        const entry = stored.inflightMessages.get(receiptHandle);
        if (entry) taken.push({ receiptHandle, message: entry.message });
      }
    }
    return taken;
  };

  const wanted = (taken: readonly Taken[]): readonly Taken[] => {
    const { matches } = options;
    if (!matches) return taken;
    return taken.filter((one) => {
      const record = recordOf(one, queue.arn, options.region);
      const keep = matches({ ...record, body: parsed(one.message.body) });
      if (!keep) stored.deleteMessage(one.receiptHandle);
      return keep;
    });
  };

  const deliver = async (batch: readonly Taken[]): Promise<void> => {
    active += 1;
    const outcome = await target.invoke(
      JSON.stringify({ Records: batch.map((one) => recordOf(one, queue.arn, options.region)) }),
    );
    active -= 1;
    if (outcome.ok) {
      const failed = options.partialFailures ? failedIds(outcome.payload) : new Set<string>();
      const known = failed && [...failed].every((id) => batch.some(({ message }) => message.messageId === id));
      if (failed && known)
        for (const one of batch) if (!failed.has(one.message.messageId)) stored.deleteMessage(one.receiptHandle);
    }
    pump();
  };

  const pump = (): void => {
    while (!stopped && active < options.maximumConcurrency && stored.messages.length > 0) {
      if (options.windowMs > 0 && stored.messages.length < options.batchSize) {
        window ??= setTimeout(() => {
          window = undefined;
          take();
        }, options.windowMs);
        return;
      }
      take();
    }
  };

  const take = (): void => {
    const batch = stopped ? [] : wanted(receive());
    if (batch.length > 0) void deliver(batch);
  };

  // Messages that come in the same turn of the event loop travel together.
  let scheduled = false;
  queue.onMessages = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      pump();
    });
  };
  queue.onMessages();

  return {
    name: `${queue.name} → ${target.name}`,
    idle: () => active === 0 && stored.messages.length === 0 && stored.inflightMessages.size === 0,
    stop: () => {
      stopped = true;
      clearTimeout(window);
    },
  };
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};
