/** The worker of the dispatch queue. */
import { notifyDeps } from '../notify/commands.ts';
import { required } from '../platform/env.ts';
import { holds } from '../platform/holds.store.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { store } from '../platform/store.ts';
import { offerMessage, offersWorker } from './offers.worker.ts';

export const compose = (ports: Ports<'dynamo' | 'queues' | 'postToConnection'>, env: Env) => {
  const table = required(env, 'STATE_TABLE');
  const { isHeld } = holds(ports, table);
  const worker = offersWorker({ ...notifyDeps(ports, env), store: store(ports, table), isHeld });
  return queueWorker(offerMessage, worker, ports, env);
};
