/** The worker of the webhook queue. */
import { required } from '../../platform/env.ts';
import { parkIn } from '../../platform/park.ts';
import type { Env, Ports } from '../../platform/ports.ts';
import { queueWorker } from '../../platform/queue-worker.ts';
import { paymentsDeps } from '../commands.ts';
import { keptMessage } from './kept.message.ts';
import { notificationsWorker } from './notifications.worker.ts';

export const compose = (ports: Ports<'dynamo' | 'queues'>, env: Env) => {
  const park = parkIn(ports.queues, required(env, 'DEAD_LETTER_URL'));
  const worker = notificationsWorker({ ...paymentsDeps(ports, env), park, random: ports.random });
  return queueWorker(keptMessage, worker, ports, env);
};
