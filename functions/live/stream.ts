/** GET /live: an operator's stream of notices, for as long as the function may run and the seats last. */
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { log } from '../kernel/log.ts';
import { has, principalFrom } from '../kernel/principal.ts';
import { Problem } from '../kernel/problem.ts';
import type { StreamCall } from '../platform/lambda-stream.ts';
import type { Clock } from '../platform/ports.ts';
import { tokenOf, type Verify } from '../platform/tokens.ts';
import { type Cursor, cursorFrom } from './cursor.ts';
import type { Feed } from './feed.store.ts';
import { frames } from './frames.ts';
import type { TakeSeat } from './seats.store.ts';

export type LiveDeps = Pick<Clock, 'now' | 'pause'> & {
  readonly feed: Pick<Feed, 'after' | 'resume'>;
  readonly takeSeat: TakeSeat;
  readonly verify: Verify;
  readonly rolesClaim: string;
};

/** The stream ends its answer before Lambda ends the function. */
const reserveMs = 10_000;

const refusals = {
  notFound: new Problem(404, 'NO_SUCH_ROUTE', 'Unknown route. The stream is GET /live.'),
  unauthorized: Object.assign(
    new Problem(401, 'NO_TOKEN', 'Send a valid token in the header Authorization, or in the query as token.'),
    { headers: { 'www-authenticate': 'Bearer' } },
  ),
  wrongRole: new Problem(403, 'WRONG_ROLE', 'The role operator is required. Send a token that has it.'),
  badId: new Problem(400, 'INVALID_REQUEST', 'Last-Event-ID is not an id of this stream. Reconnect without it.'),
  full: Object.assign(
    new Problem(
      429,
      'TOO_MANY_STREAMS',
      'All live streams are in use. Reconnect after the number of seconds in Retry-After.',
    ),
    { headers: { 'retry-after': '15' } },
  ),
};

/** Pages of the console come from another origin; access is by token, not by cookie. */
const cors = { 'access-control-allow-origin': '*' };
const preflight = {
  ...cors,
  'access-control-allow-methods': 'GET',
  'access-control-allow-headers': 'authorization, last-event-id',
  'access-control-max-age': '7200',
};
const streaming = {
  ...cors,
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

const headerOf = ({ headers }: LambdaFunctionURLEvent, name: string): string | undefined =>
  Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];

const refuse = async ({ requestId, open }: StreamCall, problem: Problem): Promise<void> => {
  const { status, code, message: detail, headers } = problem;
  log.warn('Live stream', { outcome: 'refused', code }, problem === refusals.full ? { LiveRefused: 1 } : undefined);
  const type = 'application/problem+json';
  const sink = open(status, { ...cors, 'content-type': type, 'cache-control': 'no-store', ...headers });
  const shown = { type: `urn:tuntas:problem:${code}`, title: code, status, code, detail, instance: '/live', requestId };
  await sink.write(JSON.stringify(shown));
  await sink.end();
};

/** The head of an answer goes out with its first write, even an empty one. */
const allow = async ({ open }: StreamCall): Promise<void> => {
  const sink = open(204, preflight);
  await sink.write('');
  await sink.end();
};

/** @returns the last id the client has seen, if it names one */
const admit = async (
  { verify, rolesClaim }: LiveDeps,
  event: LambdaFunctionURLEvent,
): Promise<Problem | { readonly last: Cursor | undefined }> => {
  const token = tokenOf(event);
  const claims = token ? await verify(token).catch(() => undefined) : undefined;
  const principal = claims && principalFrom(claims, rolesClaim);
  if (!principal) return refusals.unauthorized;
  if (!has(principal, 'operator')) return refusals.wrongRole;
  const id = headerOf(event, 'last-event-id') || event.queryStringParameters?.['last-event-id'];
  const last = id ? cursorFrom(id) : undefined;
  return id && !last ? refusals.badId : { last };
};

/** Sends frames until they end or the client no longer takes them. @returns how many were taken */
const pass = async (deps: LiveDeps, { open }: StreamCall, last: Cursor | undefined, endsAt: number) => {
  const sink = open(200, streaming);
  let taken = 0;
  try {
    for await (const frame of frames(deps, last, endsAt)) {
      if (!(await sink.write(frame))) break;
      taken += 1;
    }
  } catch (error) {
    // The client reconnects with the last id it got.
    log.error('Live stream broke off', error, {}, { LiveBroken: 1 });
  }
  await sink.end();
  return taken;
};

export const live =
  (deps: LiveDeps) =>
  async (event: LambdaFunctionURLEvent, call: StreamCall): Promise<void> => {
    const { method, path } = event.requestContext.http;
    if (method === 'OPTIONS') return allow(call);
    if (method !== 'GET' || path !== '/live') return refuse(call, refusals.notFound);
    const admitted = await admit(deps, event);
    if (admitted instanceof Problem) return refuse(call, admitted);
    const { now, takeSeat } = deps;
    const startedAt = now();
    const endsAt = startedAt + call.remainingMs() - reserveMs;
    const leave = await takeSeat(call.requestId, endsAt + reserveMs);
    if (!leave) return refuse(call, refusals.full);
    log.info('Live stream', { outcome: 'opened', resumed: admitted.last !== undefined }, { LiveOpened: 1 });
    const taken = await pass(deps, call, admitted.last, endsAt);
    await leave();
    log.info('Live stream', { outcome: 'ended', frames: taken, seconds: Math.round((now() - startedAt) / 1_000) });
  };
