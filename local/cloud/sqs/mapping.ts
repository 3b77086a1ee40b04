/** A queue as the event source of a function: batches, partial failures, redelivery by visibility and redrive. */
import { isRecord, parseJson } from '../../json.ts';
import { account, region } from '../addresses.ts';
import type { Matcher } from '../events/pattern.ts';
import type { LambdaFunction } from '../lambda/functions.ts';
import type { StoredMessage } from './fauxqs.ts';
import type { Queue, Queues } from './queues.ts';

type SqsMappingOptions = {
  readonly queue: Queue;
  readonly queues: Queues;
  readonly target: LambdaFunction;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly maximumConcurrency: number;
  readonly partialFailures: boolean;
  /** Messages that do not match are deleted without a call, as Lambda does. */
  readonly matches: Matcher | undefined;
};

export type Mapping = ReturnType<typeof startSqsMapping>;

type Received = { readonly receiptHandle: string; readonly message: StoredMessage };

const receiveLimit = 10;

/** One record of the event that Lambda makes of a message. */
const recordOf = ({ receiptHandle, message }: Received, queueArn: string) => ({
  messageId: message.messageId,
  receiptHandle,
  body: message.body,
  attributes: {
    ApproximateReceiveCount: String(message.approximateReceiveCount),
    SentTimestamp: String(message.sentTimestamp),
    SenderId: account,
    ApproximateFirstReceiveTimestamp: String(message.approximateFirstReceiveTimestamp),
  },
  messageAttributes: Object.fromEntries(
    Object.entries(message.messageAttributes).map(([name, attribute]) => {
      const { DataType: dataType, StringValue: stringValue, BinaryValue: binaryValue } = attribute;
      return [name, { dataType, stringValue, binaryValue, stringListValues: [], binaryListValues: [] }];
    }),
  ),
  ...(message.md5OfMessageAttributes ? { md5OfMessageAttributes: message.md5OfMessageAttributes } : {}),
  md5OfBody: message.md5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: region,
});

/** The failed message ids of a batch response; `undefined` means that the response cannot be read: all failed. */
export const failedIds = (payload: string): ReadonlySet<string> | undefined => {
  const response: unknown = JSON.parse(payload);
  const failures = isRecord(response) ? (response.batchItemFailures ?? []) : [];
  if (!Array.isArray(failures)) return undefined;
  const ids = failures.map((failure: unknown) => (isRecord(failure) ? failure.itemIdentifier : undefined));
  return ids.every((id): id is string => typeof id === 'string' && id !== '') ? new Set(ids) : undefined;
};

/** Receives a batch, as far as the queue holds one, and deletes what the filters do not match. */
const receiver = ({ queue, queues, batchSize, matches }: SqsMappingOptions) => {
  const { stored } = queue;
  const receive = (): Received[] => {
    const received: Received[] = [];
    while (received.length < batchSize) {
      const limit = Math.min(receiveLimit, batchSize - received.length);
      const handles = stored.dequeue(limit, undefined, (arn) => queues.server.store.getQueueByArn(arn));
      if (handles.length === 0) break;
      for (const { ReceiptHandle: receiptHandle } of handles) {
        const entry = stored.inflightMessages.get(receiptHandle);
        if (entry) received.push({ receiptHandle, message: entry.message });
      }
    }
    return received;
  };
  return (): readonly Received[] =>
    receive().filter((one) => {
      const { value: body } = parseJson(one.message.body) ?? { value: one.message.body };
      const isWanted = !matches || matches({ ...recordOf(one, queue.arn), body });
      if (!isWanted) stored.deleteMessage(one.receiptHandle);
      return isWanted;
    });
};

export const startSqsMapping = (options: SqsMappingOptions) => {
  const { queue, target, batchSize, windowMs, partialFailures } = options;
  const { stored } = queue;
  const receive = receiver(options);
  let active = 0;
  let stopped = false;
  let window: NodeJS.Timeout | undefined;

  const deliver = async (batch: readonly Received[]): Promise<void> => {
    active += 1;
    const outcome = await target.invoke(JSON.stringify({ Records: batch.map((one) => recordOf(one, queue.arn)) }));
    active -= 1;
    const failed = outcome.ok && (partialFailures ? failedIds(outcome.payload) : new Set<string>());
    // An id that is not in the batch fails all of it.
    if (failed && [...failed].every((id) => batch.some(({ message }) => message.messageId === id)))
      for (const one of batch) if (!failed.has(one.message.messageId)) stored.deleteMessage(one.receiptHandle);
    deliverAll();
  };

  const deliverNext = (): void => {
    const batch = stopped ? [] : receive();
    if (batch.length > 0) void deliver(batch);
  };

  const deliverAll = (): void => {
    while (!stopped && active < options.maximumConcurrency && stored.messages.length > 0) {
      if (windowMs > 0 && stored.messages.length < batchSize) {
        window ??= setTimeout(() => {
          window = undefined;
          deliverNext();
        }, windowMs);
        return;
      }
      deliverNext();
    }
  };

  // Messages that arrive in the same turn of the event loop are delivered together.
  let scheduled = false;
  queue.onMessages = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      deliverAll();
    });
  };
  queue.onMessages();

  return {
    name: `${queue.name} → ${target.name}`,
    /** Nothing waits, nothing is under way. */
    idle: (): boolean => active === 0 && stored.messages.length === 0 && stored.inflightMessages.size === 0,
    stop: (): void => {
      stopped = true;
      clearTimeout(window);
    },
  };
};
