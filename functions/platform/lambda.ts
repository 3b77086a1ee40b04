/** The Lambda edge: middy around every function, Powertools for its lines and metrics, the real ports inside. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logTo } from '../kernel/log.ts';
import { instant } from '../kernel/types.ts';
import { http } from './http-client.ts';
import { lineLogger } from './logger.ts';
import type { BasePorts, Env } from './ports.ts';

const { logger, writeLine } = lineLogger(process.env);
logTo(writeLine);

const ports: BasePorts = {
  now: () => instant(Date.now()),
  random: Math.random,
  pause: async (ms) => pause(ms),
  http,
  readText: (path) => readFile(path, 'utf8'),
  readSecret: async (id) => (await import('./secret.client.ts')).readSecret(id),
};

/** The request id in the answer leads to the lines of the request. */
const correlate = {
  before: ({ event }: { readonly event: unknown }): void => {
    const { requestContext } = (event ?? {}) as { readonly requestContext?: { readonly requestId?: string } };
    if (requestContext?.requestId) logger.setCorrelationId(requestContext.requestId);
  },
};

/**
 * @param compose wires the function
 * @param clients the clients of the SDK that it needs
 */
export const lambda = <Given extends object, Event, Result>(
  compose: (given: BasePorts & Given, env: Env) => (event: Event, context: Context) => Promise<Result>,
  clients: Given,
) =>
  // Lambda ends a call that takes too long; a timer per call adds nothing.
  middy<Event, Result>({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(correlate)
    .handler(compose({ ...ports, ...clients }, process.env));
