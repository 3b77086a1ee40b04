/** Who may open a stream, how many at once, and what everyone else is answered. */
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import { seats } from '../../functions/live/seats.store.ts';
import { compose } from '../../functions/live/stream.compose.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';
import { failsWith, passes, scripted } from '../support/scripted.ts';
import { issuer } from './issuer.ts';
import { liveWorld, noon, notice } from './world.ts';

const lines = logLines();
const { http, token } = await issuer('https://issuer', 'tuntas');
const bearer = async (role: string, claims: object = {}): Promise<string> =>
  `Bearer ${await token({ sub: 'ops-1', roles: [role], ...claims })}`;
const operator = { authorization: await bearer('operator') };
const rider = { authorization: await bearer('rider') };
const driver = { token: await token({ sub: 'driver-1', roles: ['driver'] }) };
const expired = { authorization: await bearer('operator', { exp: 1 }) };
const ofOther = { authorization: await bearer('operator', { aud: 'other' }) };

type Call = {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
};
const eventOf = ({ method = 'GET', path = '/live', headers = {}, query = {} }: Call): LambdaFunctionURLEvent =>
  ({
    headers,
    queryStringParameters: query,
    requestContext: { http: { method, path } },
  }) as unknown as LambdaFunctionURLEvent;

/** @param takes how many frames the client takes before it leaves */
const stream = (takes = Number.POSITIVE_INFINITY, table = memoryTable(), dynamo = clientOf(table)) => {
  const world = liveWorld(table, dynamo);
  const handler = compose({ ...world.ports, http }, world.env);
  const get = async (request: Call = {}, requestId = 'request-1') => {
    const answer = {
      status: 0,
      headers: {} as Readonly<Record<string, string>>,
      text: '',
      frames: 0,
      ended: false,
      taken: 0,
    };
    await handler(eventOf(request), {
      requestId,
      remainingMs: () => 120_000,
      open: (status, headers) => {
        Object.assign(answer, { status, headers });
        return {
          write: async (text) => {
            const [seat] = world.table.all('State').filter(({ pk }) => pk === 'LIVE#SEATS');
            answer.taken = Number(seat?.takenUntil) - noon;
            answer.text += text;
            answer.frames += 1;
            return answer.frames <= takes;
          },
          end: async () => {
            answer.ended = true;
          },
        };
      },
    });
    return answer;
  };
  return { ...world, get, takeSeat: seats(world.ports, 'State', 2) };
};
const problemOf = ({ text }: { readonly text: string }) => JSON.parse(text) as Readonly<Record<string, unknown>>;

describe('an operator opens the stream', () => {
  it.each<[string, Call]>([
    ['the header', { headers: operator }],
    ['the query', { query: { token: operator.authorization.slice('Bearer '.length) } }],
  ])('with the token in %s, and it ends 10 s before the function would', async (_, request) => {
    const { get, clock } = stream();
    const answer = await get(request);
    expect(answer).toMatchObject({
      status: 200,
      ended: true,
      text: expect.stringMatching(/^retry: 1000\nid: 2026-11-21T05-0{12}\n\n/),
    });
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
    });
    expect(clock.now() - noon).toBe(110_000);
    // Until the function can no longer run.
    expect(answer.taken).toBe(120_000);
    expect(lines.named('Live stream')[0]).toMatchObject({ resumed: false });
    expect(lines.named('Live stream').map(({ outcome, frames, seconds }) => [outcome, frames, seconds])).toEqual([
      ['opened', undefined, undefined],
      // The opening, and a heartbeat every 15 s.
      ['ended', 8, 110],
    ]);
  });

  it.each(['last-event-id', 'Last-Event-ID'])('again, and gets what followed the id in %s', async (name) => {
    const { get, append } = stream();
    for (const n of [1, 2]) await append(notice(n));
    const { text } = await get({ headers: { ...operator, [name]: '2026-11-21T05-000000000001' } });
    expect(text).toContain('TNT-20261121-0000002');
    expect(text).not.toContain('TNT-20261121-0000001');
    expect(lines.named('Live stream')[0]).toMatchObject({ outcome: 'opened', resumed: true });
  });

  it('from another origin, whose browser sends a preflight request', async () => {
    const answer = await stream().get({ method: 'OPTIONS' });
    expect([answer.status, answer.ended, answer.headers['access-control-allow-headers']]).toEqual([
      204,
      true,
      'authorization, last-event-id',
    ]);
  });

  it('and leaves: the next frame notices, and the seat is free', async () => {
    const { get, clock, table, takeSeat } = stream(1);
    await get({ headers: operator });
    expect(clock.now() - noon).toBeLessThanOrEqual(16_000);
    expect(table.all('State')).toEqual([]);
    for (const name of ['a', 'b']) expect(await takeSeat(name, instant(clock.now() + 1))).toBeDefined();
  });

  it('and the feed fails: the stream ends, so that the client reconnects, and its seat is free', async () => {
    const memory = memoryTable();
    // The seats are read, one is taken, the place in the feed is read; then the table fails.
    const { client } = scripted(memory, passes, passes, passes, failsWith(new Error('the table is away')));
    const answer = await stream(undefined, memory, client).get({ headers: operator });
    expect(answer).toMatchObject({ status: 200, ended: true, frames: 1 });
    expect(lines.metric('LiveBroken')).toEqual([1]);
    expect(memory.all('State')).toEqual([]);
  });
});

describe('a stream is refused', () => {
  it.each<[string, Call, number, string]>([
    ['without a token', {}, 401, 'NO_TOKEN'],
    ['with a forged token', { headers: { authorization: 'Bearer forged' } }, 401, 'NO_TOKEN'],
    ['with a token that has expired', { headers: expired }, 401, 'NO_TOKEN'],
    ['with a token for another audience', { headers: ofOther }, 401, 'NO_TOKEN'],
    ['to a rider', { headers: rider }, 403, 'WRONG_ROLE'],
    ['to a driver', { query: driver }, 403, 'WRONG_ROLE'],
    ['after an id that is not one', { headers: { ...operator, 'last-event-id': '42' } }, 400, 'INVALID_REQUEST'],
    [
      'after such an id in the query',
      { headers: operator, query: { 'last-event-id': "' OR 1=1" } },
      400,
      'INVALID_REQUEST',
    ],
    ['at another path', { headers: operator, path: '/' }, 404, 'NO_SUCH_ROUTE'],
    ['for another method', { headers: operator, method: 'POST' }, 404, 'NO_SUCH_ROUTE'],
  ])('%s', async (_, request, status, code) => {
    const { get, table } = stream();
    const answer = await get(request);
    expect([answer.status, answer.ended]).toEqual([status, true]);
    expect(problemOf(answer)).toMatchObject({
      type: `urn:tuntas:problem:${code}`,
      status,
      code,
      instance: '/live',
      requestId: 'request-1',
    });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
    expect(lines.named('Live stream')).toMatchObject([{ level: 'WARN', outcome: 'refused', code }]);
    expect(lines.metric('LiveRefused')).toEqual([]);
    expect(JSON.stringify(lines.all())).not.toContain('forged');
    expect(table.all('State')).toEqual([]);
  });

  it('when all seats are taken, until one is free', async () => {
    const { get, takeSeat } = stream();
    const leave = await takeSeat('stream-a', instant(noon + 60_000));
    await takeSeat('stream-b', instant(noon + 60_000));
    const full = await get({ headers: operator });
    expect([full.status, problemOf(full).code, full.headers['retry-after']]).toEqual([429, 'TOO_MANY_STREAMS', '15']);
    expect(lines.metric('LiveRefused')).toEqual([1]);
    await leave?.();
    expect((await get({ headers: operator })).status).toBe(200);
  });
});
