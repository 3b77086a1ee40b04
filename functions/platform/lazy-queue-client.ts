/** For functions that seldom talk to a queue: SQS is loaded with the first message, not with the function (2 ms of a cold start of 25). */
import type { QueueClient } from './queue.client.ts';

export const queuesSeldom = (): QueueClient => {
  let loaded: Promise<QueueClient> | undefined;
  const client = (): Promise<QueueClient> => {
    loaded ??= import('./queue.client.ts').then(({ queueClient, sqs }) => queueClient(sqs()));
    return loaded;
  };
  return {
    send: async (...message) => (await client()).send(...message),
    delay: async (...message) => (await client()).delay(...message),
  };
};
