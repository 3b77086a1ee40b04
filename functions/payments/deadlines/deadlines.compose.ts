/** The worker of the gateway queue. Orphaned notifications go to the dead letters of the webhook queue. */
import { required } from '../../platform/env.ts';
import { parkIn } from '../../platform/park.ts';
import type { Env, Ports } from '../../platform/ports.ts';
import { queueWorker } from '../../platform/queue-worker.ts';
import { wakeMessage } from '../../platform/timers.ts';
import { paymentsDeps } from '../commands.ts';
import { deadlinesWorker } from './deadlines.worker.ts';

export const compose = (ports: Ports<'dynamo' | 'queues'>, env: Env) => {
  const park = parkIn(ports.queues, required(env, 'ORPHANS_URL'));
  const worker = deadlinesWorker({ ...paymentsDeps(ports, env), park, random: ports.random });
  return queueWorker(wakeMessage, worker, ports, env);
};
