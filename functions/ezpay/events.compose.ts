/** The worker of the ezpay queue. */
import { notifyDeps } from '../notify/commands.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { ezpayDeps } from './commands.ts';
import { eventMessage, eventsWorker } from './events.worker.ts';

export const compose = (ports: Ports<'dynamo' | 'queues' | 'postToConnection'>, env: Env) =>
  queueWorker(eventMessage, eventsWorker({ ...ezpayDeps(ports, env), ...notifyDeps(ports, env) }), ports, env);
