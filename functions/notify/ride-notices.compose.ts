/** The worker of the notify queue. */
import type { Env, Ports } from '../platform/ports.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { notifyDeps } from './commands.ts';
import { rideMessage, rideNoticesWorker } from './ride-notices.worker.ts';

export const compose = (ports: Ports<'dynamo' | 'queues' | 'postToConnection'>, env: Env) =>
  queueWorker(rideMessage, rideNoticesWorker(notifyDeps(ports, env)), ports, env);
