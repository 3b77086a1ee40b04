/** The worker of the argo queue. */
import type { Env, Ports } from '../platform/ports.ts';
import { queueWorker } from '../platform/queue-worker.ts';
import { ezpayDeps } from './commands.ts';
import { meterReportsWorker, reportMessage } from './meter-reports.worker.ts';

export const compose = (ports: Ports<'dynamo' | 'queues'>, env: Env) =>
  queueWorker(reportMessage(ports.now), meterReportsWorker({ ...ezpayDeps(ports, env), now: ports.now }), ports, env);
