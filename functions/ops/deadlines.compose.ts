/** The worker of the timers queue. */
import { dispatchDeadlines, dispatchDeps } from '../dispatch/commands.ts';
import { ezpayDeadlines, ezpayDeps } from '../ezpay/commands.ts';
import { orderDeadlines } from '../orders/commands.ts';
import { isAtGateway } from '../payments/commands.ts';
import { required } from '../platform/env.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { timers, wakeMessage } from '../platform/timers.ts';
import { deadlinesWorker } from './deadlines.worker.ts';

export const compose = (ports: Ports<'dynamo' | 'queues'>, env: Env) => {
  const worker = deadlinesWorker({
    deadlines: [
      ...dispatchDeadlines(dispatchDeps(ports, env)),
      ...ezpayDeadlines(ezpayDeps(ports, env)),
      ...orderDeadlines(dispatchDeps(ports, env)),
    ],
    wake: timers(ports, required(env, 'TIMERS_QUEUE_URL')),
    atGateway: { has: isAtGateway, wake: timers(ports, required(env, 'GATEWAY_QUEUE_URL')) },
    now: ports.now,
  });
  return queueWorker(wakeMessage, worker, ports, env);
};
