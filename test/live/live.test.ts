/** Who may open a stream, how many at once, and what everyone else is told. */
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { feed } from '../../functions/live/feed.store.ts';
import { seats } from '../../functions/live/seats.store.ts';
import { live } from '../../functions/live/stream.ts';
import { interleave } from '../support/interleaving.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';
import { noon } from './support.ts';

const lines = logLines();

type Wish = { method?: string; path?: string; headers?: Record<string, string>; query?: Record<string, string> };
const asked = ({ method = 'GET', path = '/live', headers = {}, query = {} }: Wish): LambdaFunctionURLEvent =>
  ({
    headers,
    queryStringParameters: query,
    requestContext: { http: { method, path } },
  }) as unknown as LambdaFunctionURLEvent;

const operator = { authorization: 'Bearer operator' };

/** Tokens say their role. */
const door = (count = 2, takes = Number.POSITIVE_INFINITY) => {
  let now = noon;
  const client = clientOf(memoryTable());
  const clock = {
    now: () => now,
    wait: async (ms: number) => {
      now += ms;
    },
  };
  const handler = live({
    feed: feed(client, 'State', clock.now),
    takeSeat: seats(client, 'State', { count, now: clock.now, random: () => 0 }),
    verify: async (token) => {
      if (token === 'forged') throw new Error('signature verification failed');
      return { sub: 'ops-1', roles: [token] };
    },
    rolesClaim: 'roles',
    clock,
  });
  const ask = async (wish: Wish = {}, requestId = 'request-1') => {
    const answer = { status: 0, headers: {} as Readonly<Record<string, string>>, text: '', frames: 0, ended: false };
    await handler(asked(wish), {
      requestId,
      remainingMs: () => 120_000,
      open: (status, headers) => {
        Object.assign(answer, { status, headers });
        return {
          write: async (text) => {
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
  return { ask, client, clock };
};
const codeOf = ({ text }: { text: string }): string => (JSON.parse(text) as { code: string }).code;

describe('an operator opens the stream', () => {
  it.each<[string, Wish]>([
    ['the header', { headers: operator }],
    ['the query', { query: { token: 'operator' } }],
  ])('with the token in %s, and it ends 10 s before the function would', async (_, wish) => {
    const { ask, clock } = door();
    const answer = await ask(wish);
    expect(answer).toMatchObject({
      status: 200,
      ended: true,
      text: expect.stringMatching(/^retry: 1000\nid: 2026-11-21T05-0{12}\n\n/),
    });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
    });
    expect(clock.now() - noon).toBe(110_000);
  });

  it('from another origin, which may ask first', async () => {
    const answer = await door().ask({ method: 'OPTIONS' });
    expect([answer.status, answer.headers['access-control-allow-headers']]).toEqual([
      204,
      'authorization, last-event-id',
    ]);
  });

  it('and who leaves is noticed with the next frame', async () => {
    const { ask, clock } = door(2, 1);
    await ask({ headers: operator });
    expect(clock.now() - noon).toBeLessThanOrEqual(16_000);
  });
});

describe('a stream is refused', () => {
  it.each<[string, Wish, number, string]>([
    ['without a token', {}, 401, 'NO_TOKEN'],
    ['with a forged token', { headers: { authorization: 'Bearer forged' } }, 401, 'NO_TOKEN'],
    ['to a rider', { headers: { authorization: 'Bearer rider' } }, 403, 'WRONG_ROLE'],
    ['to a driver', { query: { token: 'driver' } }, 403, 'WRONG_ROLE'],
    ['after an id that is none', { headers: { ...operator, 'last-event-id': '42' } }, 400, 'INVALID_REQUEST'],
    [
      'after such an id in the query',
      { headers: operator, query: { 'last-event-id': "' OR 1=1" } },
      400,
      'INVALID_REQUEST',
    ],
    ['at another path', { headers: operator, path: '/' }, 404, 'NO_SUCH_ROUTE'],
    ['for another method', { headers: operator, method: 'POST' }, 404, 'NO_SUCH_ROUTE'],
  ])('%s', async (_, wish, status, code) => {
    const answer = await door().ask(wish);
    expect([answer.status, codeOf(answer), answer.ended]).toEqual([status, code, true]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.stringify(lines.all())).not.toContain('forged');
  });

  it('politely when all seats are taken, until one is free', async () => {
    const { ask, client, clock } = door(2);
    const take = seats(client, 'State', { count: 2, now: clock.now, random: () => 0 });
    const leave = await take('stream-a', noon + 60_000);
    await take('stream-b', noon + 60_000);
    const full = await ask({ headers: operator });
    expect([full.status, codeOf(full), full.headers['retry-after']]).toEqual([429, 'TOO_MANY_STREAMS', '15']);
    expect(lines.metric('LiveRefused')).toEqual([1]);
    await leave?.();
    expect((await ask({ headers: operator })).status).toBe(200);
  });
});

describe('the seats', () => {
  it('are never given to more than there are, whoever meets', async () => {
    const memory = memoryTable();
    let state = 7;
    const choose = (n: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state % n;
    };
    const ended = await interleave(
      Array.from(
        { length: 6 },
        (_, i) => (client) =>
          seats(client, 'State', { count: 3, now: () => noon, random: () => choose(100) / 100 })(`s${i}`, noon + 1),
      ),
      memory,
      { choose },
    );
    const given = ended.filter((how) => how?.status === 'fulfilled' && how.value !== undefined).length;
    expect(given).toBeLessThanOrEqual(3);
    expect(memory.all('State')).toHaveLength(given);
  });

  it('of streams that ended without a word are free when their time is over', async () => {
    const client = clientOf(memoryTable());
    let now = noon;
    const take = seats(client, 'State', { count: 1, now: () => now, random: () => 0 });
    const leave = await take('crashed', noon + 1_000);
    expect(await take('next', noon + 5_000)).toBeUndefined();
    now = noon + 1_000;
    expect(await take('next', noon + 5_000)).toBeDefined();
    // The first one comes back late and takes nothing away.
    await leave?.();
    expect(await take('third', noon + 9_000)).toBeUndefined();
  });
});
