/** The worker of the live queue. */
import { required } from '../platform/env.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { appendTo } from './append.ts';
import { feed } from './feed.store.ts';
import { feedWorker } from './feed.worker.ts';
import { liveMessage } from './notice.ts';

export const compose = (ports: Ports<'dynamo' | 'queues'>, env: Env) => {
  const append = appendTo(feed(ports, required(env, 'STATE_TABLE')), ports);
  return queueWorker(liveMessage, feedWorker({ append, now: ports.now }), ports, env);
};
