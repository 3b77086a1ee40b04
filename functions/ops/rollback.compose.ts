/** The flag rollback. */
import { required } from '../platform/env.ts';
import { holds } from '../platform/holds.store.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { rollback } from './rollback.ts';

export const compose = (ports: Ports<'dynamo'>, env: Env) =>
  rollback(holds(ports, required(env, 'STATE_TABLE')), ports.now);
