/** The metrics of AWS/SQS: counted as messages move, and sampled every few seconds. */
import type { Queue } from '../sqs/queues.ts';
import type { MetricStore } from './store.ts';

const sampleMs = 5000;

const oldestAge = ({ stored }: Queue): number => {
  let oldest = Date.now();
  for (const { sentTimestamp } of stored.messages) oldest = Math.min(oldest, sentTimestamp);
  for (const { message } of stored.inflightMessages.values()) oldest = Math.min(oldest, message.sentTimestamp);
  return (Date.now() - oldest) / 1000;
};

type Record = (name: string, value: number) => void;

const count = ({ stored }: Queue, record: Record): void => {
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

/** Watches the queues. @returns the functions that sample at once, and that stop */
export const watchQueues = (queues: readonly Queue[], store: MetricStore) => {
  const recorders = queues.map((queue) => {
    const record: Record = (name, value) =>
      store.record({ namespace: 'AWS/SQS', name, dimensions: { QueueName: queue.name } }, value);
    count(queue, record);
    return { queue, record };
  });
  const sample = (): void => {
    for (const { queue, record } of recorders) {
      record('ApproximateNumberOfMessagesVisible', queue.stored.messages.length);
      record('ApproximateNumberOfMessagesNotVisible', queue.stored.inflightMessages.size);
      record('ApproximateNumberOfMessagesDelayed', queue.stored.delayedMessages.length);
      record('ApproximateAgeOfOldestMessage', oldestAge(queue));
    }
  };
  const timer = setInterval(sample, sampleMs);
  timer.unref();
  return { sample, stop: (): void => clearInterval(timer) };
};
