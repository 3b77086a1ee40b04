/** The sweeper. */
import { required } from '../platform/env.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { timers } from '../platform/timers.ts';
import { sweep } from './sweep.ts';

export const compose = (ports: Ports<'dynamo' | 'queues'>, env: Env) =>
  sweep(ports, required(env, 'STATE_TABLE'), timers(ports, required(env, 'TIMERS_QUEUE_URL')));
