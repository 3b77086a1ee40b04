/** The metrics of AWS/SQS: counted as messages move, and sampled every few seconds. */
import type { Queue } from '../sqs/queues.ts';
import type { MetricStore } from './store.ts';

const SAMPLE_MS = 5000;

const oldestAge = ({ stored }: Queue): number => {
  let oldest = Date.now();
  for (const { sentTimestamp } of stored.messages) oldest = Math.min(oldest, sentTimestamp);
  for (const { message } of stored.inflightMessages.values()) oldest = Math.min(oldest, message.sentTimestamp);
  return (Date.now() - oldest) / 1000;
};

const count = (queue: Queue, store: MetricStore): void => {
  const { stored, name: QueueName } = queue;
  const record = (name: string, value: number): void =>
    store.record({ namespace: 'AWS/SQS', name, dimensions: { QueueName } }, value);
  const { enqueue, dequeue, deleteMessage } = stored;
  stored.enqueue = (message) => {
    record('NumberOfMessagesSent', 1);
    enqueue.call(stored, message);
  };
  stored.dequeue = (...parameters) => {
    const received = dequeue.apply(stored, parameters);
    if (received.length > 0) record('NumberOfMessagesReceived', received.length);
    return received;
  };
  stored.deleteMessage = (handle) => {
    const deleted = deleteMessage.call(stored, handle);
    if (deleted) record('NumberOfMessagesDeleted', 1);
    return deleted;
  };
};

const sample = (queue: Queue, store: MetricStore): void => {
  const { stored, name: QueueName } = queue;
  const record = (name: string, value: number): void =>
    store.record({ namespace: 'AWS/SQS', name, dimensions: { QueueName } }, value);
  record('ApproximateNumberOfMessagesVisible', stored.messages.length);
  record('ApproximateNumberOfMessagesNotVisible', stored.inflightMessages.size);
  record('ApproximateNumberOfMessagesDelayed', stored.delayedMessages.length);
  record('ApproximateAgeOfOldestMessage', oldestAge(queue));
};

/** Watches the queues; gives the functions that sample at once, and that stop. */
export const watchQueues = (
  queues: readonly Queue[],
  store: MetricStore,
): { readonly sample: () => void; readonly stop: () => void } => {
  for (const queue of queues) count(queue, store);
  const sampleAll = (): void => {
    for (const queue of queues) sample(queue, store);
  };
  const timer = setInterval(sampleAll, SAMPLE_MS);
  timer.unref();
  return { sample: sampleAll, stop: () => clearInterval(timer) };
};
