/** The worker of the push queue. */
import { required } from '../platform/env.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { connections } from './connections.store.ts';
import { fcm } from './push.client.ts';
import { accessTokens, credentialsFrom } from './push.credentials.ts';
import { pushMessage, pushWorker } from './push.worker.ts';

export const compose = (ports: Ports<'dynamo' | 'queues'>, env: Env) => {
  const worker = pushWorker({
    send: fcm(ports, accessTokens(ports, credentialsFrom(ports, env)), env.FCM_ENDPOINT),
    connections: connections(ports.dynamo, required(env, 'STATE_TABLE')),
    now: ports.now,
  });
  return queueWorker(pushMessage, worker, ports, env);
};
