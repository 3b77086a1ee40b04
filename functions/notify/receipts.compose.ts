/** The worker of the receipts queue. */
import { required } from '../platform/env.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { contacts } from './contacts.store.ts';
import { deliveries } from './deliveries.store.ts';
import { mailer } from './mail.client.ts';
import { paidMessage, receiptsWorker } from './receipts.worker.ts';

export const compose = (ports: Ports<'dynamo' | 'queues'>, env: Env) => {
  const worker = receiptsWorker({
    deliveries: deliveries(ports.dynamo, required(env, 'STORY_TABLE')),
    contacts: contacts(ports.dynamo, required(env, 'STATE_TABLE')),
    send: mailer(ports, env),
    now: ports.now,
  });
  return queueWorker(paidMessage, worker, ports, env);
};
