/** The worker of the orders queue. */
import { required } from '../platform/env.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { store } from '../platform/store.ts';
import { eventMessage, eventsWorker } from './events.worker.ts';

export const compose = (ports: Ports<'dynamo' | 'queues'>, env: Env) =>
  queueWorker(eventMessage, eventsWorker({ store: store(ports, required(env, 'STATE_TABLE')) }), ports, env);
