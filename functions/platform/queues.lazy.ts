/** Queues for functions that seldom send: SQS is loaded with the first message (2 ms of a cold start of 25). */
import type { Queues } from './ports.ts';

export const lazyQueues = (): Queues => {
  let loading: Promise<Queues> | undefined;
  const loaded = (): Promise<Queues> => {
    loading ??= import('./queues.sqs.ts').then(({ sqsQueues }) => sqsQueues());
    return loading;
  };
  return {
    send: async (...message) => (await loaded()).send(...message),
    sendAll: async (...messages) => (await loaded()).sendAll(...messages),
    delay: async (...message) => (await loaded()).delay(...message),
  };
};
