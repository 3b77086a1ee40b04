/** The worker of the orders queue. */
import { paymentsOf } from '../payments/rules.ts';
import { required } from '../platform/env.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { store } from '../platform/store.ts';
import { eventMessage, eventsWorker } from './events.worker.ts';

export const compose = (ports: Ports<'dynamo' | 'queues'>, env: Env) => {
  const table = required(env, 'STATE_TABLE');
  const worker = eventsWorker({ store: store(ports, table), paymentsOf: paymentsOf(ports.dynamo, table) });
  return queueWorker(eventMessage, worker, ports, env);
};
