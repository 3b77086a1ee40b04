/** The gateway's webhook. */
import { required } from '../../platform/env.ts';
import type { BasePorts, Env, Queues } from '../../platform/ports.ts';
import { serverKeys } from '../gateway/server-keys.ts';
import { webhook } from './webhook.ts';

export const compose = (ports: BasePorts & { readonly queues: Pick<Queues, 'send'> }, env: Env) => {
  const queueUrl = required(env, 'WEBHOOK_QUEUE_URL');
  const keys = serverKeys(ports, env);
  // Read while the function starts, so that no notification waits for it; a failure comes again with the first one.
  keys().catch(() => undefined);
  return webhook({ keys, keep: (kept) => ports.queues.send(queueUrl, JSON.stringify(kept)), now: ports.now });
};
