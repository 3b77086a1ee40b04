/** The sweeper. */
import { isAtGateway } from '../payments/commands.ts';
import { required } from '../platform/env.ts';
import { dueShards } from '../platform/item.ts';
import { factShards } from '../platform/kept-facts.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { timers } from '../platform/timers.ts';
import { sweep, type Target } from './sweep.ts';

/** Rides and scans are woken first. */
const targetsOf = (env: Env): readonly Target[] => {
  const own = Number(required(env, 'SWEEP_OWN_PER_MINUTE'));
  const gateway = Number(required(env, 'SWEEP_GATEWAY_PER_MINUTE'));
  const bus = Number(required(env, 'SWEEP_BUS_PER_MINUTE'));
  return [
    { name: 'own', shards: dueShards, has: (key) => !isAtGateway(key), budget: own },
    { name: 'gateway', shards: dueShards, has: isAtGateway, budget: gateway, breaker: 'midtrans' },
    { name: 'bus', shards: factShards, has: () => true, budget: bus, breaker: 'bus' },
  ];
};

export const compose = (ports: Ports<'dynamo' | 'queues'>, env: Env) => {
  const wake = timers(ports, required(env, 'TIMERS_QUEUE_URL'));
  return sweep({ ...ports, wake, targets: targetsOf(env) }, required(env, 'STATE_TABLE'));
};
