/** The worker of the timers queue. */
import { dispatchDeadlines, dispatchDeps } from '../dispatch/commands.ts';
import { ezpayDeadlines, ezpayDeps } from '../ezpay/commands.ts';
import { isAtGateway } from '../payments/commands.ts';
import { breaker } from '../platform/breaker.ts';
import type { Deadline } from '../platform/deadlines.ts';
import { required } from '../platform/env.ts';
import { handOver } from '../platform/hand-over.ts';
import { keptFactDeadline } from '../platform/kept-facts.deadline.ts';
import { keptFacts } from '../platform/kept-facts.ts';
import { parkIn } from '../platform/park.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { timers, wakeMessage } from '../platform/timers.ts';
import { deadlinesWorker } from './deadlines.worker.ts';

type Given = Ports<'bus' | 'dynamo' | 'queues'>;

const ofKeptFacts = (ports: Given, env: Env): Deadline => {
  const table = required(env, 'STATE_TABLE');
  const ofBus = breaker(ports, table, 'bus');
  return keptFactDeadline({
    facts: keptFacts(ports, table),
    breaker: ofBus,
    handOver: handOver(ports.bus, required(env, 'BUS_NAME'), ofBus),
    park: parkIn(ports.queues, required(env, 'DEAD_LETTER_URL')),
  });
};

export const compose = (ports: Given, env: Env) => {
  const worker = deadlinesWorker({
    deadlines: [
      ...dispatchDeadlines(dispatchDeps(ports, env)),
      ...ezpayDeadlines(ezpayDeps(ports, env)),
      ofKeptFacts(ports, env),
    ],
    wake: timers(ports, required(env, 'TIMERS_QUEUE_URL')),
    atGateway: { has: isAtGateway, wake: timers(ports, required(env, 'GATEWAY_QUEUE_URL')) },
    now: ports.now,
  });
  return queueWorker(wakeMessage, worker, ports, env);
};
