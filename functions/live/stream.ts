/** GET /live: an operator's stream of notices, for as long as the function may run and the seats last. */
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { log } from '../kernel/log.ts';
import { principalFrom } from '../kernel/principal.ts';
import type { StreamCall } from '../platform/lambda-stream.ts';
import type { Clock } from '../platform/ports.ts';
import { tokenOf, type Verify } from '../platform/tokens.ts';
import { type Cursor, cursorFrom } from './cursor.ts';
import type { Feed } from './feed.store.ts';
import { frames } from './frames.ts';
import type { TakeSeat } from './seats.store.ts';

export type LiveDeps = {
  readonly feed: Pick<Feed, 'after' | 'resume'>;
  readonly takeSeat: TakeSeat;
  readonly verify: Verify;
  readonly rolesClaim: string;
  readonly clock: Pick<Clock, 'now' | 'pause'>;
};

/** The stream ends its answer before Lambda ends the function. */
const reserveMs = 10_000;

type Refusal = {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
};
type Admitted = { readonly last: Cursor | undefined };

const refusals = {
  notFound: { status: 404, code: 'NO_SUCH_ROUTE', detail: 'Unknown route. The stream is GET /live.' },
  unauthorized: {
    status: 401,
    code: 'NO_TOKEN',
    detail: 'Send a valid token in the header Authorization, or in the query as token.',
    headers: { 'www-authenticate': 'Bearer' },
  },
  wrongRole: { status: 403, code: 'WRONG_ROLE', detail: 'The role operator is required. Send a token that has it.' },
  badId: {
    status: 400,
    code: 'INVALID_REQUEST',
    detail: 'Last-Event-ID is not an id of this stream. Reconnect without it.',
  },
  full: {
    status: 429,
    code: 'TOO_MANY_STREAMS',
    detail: 'All live streams are in use. Reconnect after the number of seconds in Retry-After.',
    headers: { 'retry-after': '15' },
  },
} as const satisfies Record<string, Refusal>;

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

const refuse = async (
  { requestId, open }: StreamCall,
  { status, code, detail, headers = {} }: Refusal,
): Promise<void> => {
  log.warn('Live stream', { outcome: 'refused', code }, code === refusals.full.code ? { LiveRefused: 1 } : undefined);
  const sink = open(status, {
    ...cors,
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...headers,
  });
  await sink.write(
    JSON.stringify({
      type: `urn:tuntas:problem:${code}`,
      title: code,
      status,
      code,
      detail,
      instance: '/live',
      requestId,
    }),
  );
  await sink.end();
};

/** The head of an answer goes out with its first write, even an empty one. */
const allow = async ({ open }: StreamCall): Promise<void> => {
  const sink = open(204, preflight);
  await sink.write('');
  await sink.end();
};

const admit = async ({ verify, rolesClaim }: LiveDeps, event: LambdaFunctionURLEvent): Promise<Admitted | Refusal> => {
  const token = tokenOf(event);
  const claims = token ? await verify(token).catch(() => undefined) : undefined;
  const principal = claims && principalFrom(claims, rolesClaim);
  if (!principal) return refusals.unauthorized;
  if (!principal.roles.includes('operator')) return refusals.wrongRole;
  const id = headerOf(event, 'last-event-id') || event.queryStringParameters?.['last-event-id'];
  const last = id ? cursorFrom(id) : undefined;
  return id && !last ? refusals.badId : { last };
};

/** Sends frames until they end or the client no longer takes them. @returns how many were taken */
const pass = async (
  deps: LiveDeps,
  { open }: StreamCall,
  last: Cursor | undefined,
  endsAt: number,
): Promise<number> => {
  const sink = open(200, streaming);
  let taken = 0;
  try {
    for await (const frame of frames(deps.feed, deps.clock, last, endsAt)) {
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
    if ('status' in admitted) return refuse(call, admitted);
    const { now } = deps.clock;
    const startedAt = now();
    const endsAt = startedAt + call.remainingMs() - reserveMs;
    const leave = await deps.takeSeat(call.requestId, endsAt + reserveMs);
    if (!leave) return refuse(call, refusals.full);
    log.info('Live stream', { outcome: 'opened', resumed: admitted.last !== undefined }, { LiveOpened: 1 });
    const taken = await pass(deps, call, admitted.last, endsAt);
    await leave();
    log.info('Live stream', { outcome: 'ended', frames: taken, seconds: Math.round((now() - startedAt) / 1_000) });
  };
