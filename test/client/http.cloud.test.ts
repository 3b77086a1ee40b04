/** The HTTP of the client against a server that answers by script. */
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpOptions, http } from '../../client/http.ts';
import { backoff, retryAfter } from '../../client/pace.ts';
import { TuntasProblem } from '../../client/problem.ts';
import { httpServer, type Scripted, sleep } from './servers.ts';

const servers: { stop: () => Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(({ stop }) => stop()));
});

const answering = async (...script: Scripted[]) => {
  const server = await httpServer((_, i) => script[Math.min(i, script.length - 1)] as Scripted);
  servers.push(server);
  return server;
};
const quick = { firstMs: 20, longestMs: 40 };
const sender = (api: string, options: Partial<HttpOptions> = {}) =>
  http({ api, token: () => 't', backoff: quick, ...options });
const caught = (call: Promise<unknown>): Promise<TuntasProblem> =>
  call.then(
    () => Promise.reject(new Error('it succeeded')),
    (problem) => problem,
  );
const get = { method: 'GET', path: '/x' } as const;

describe('A call whose line fails', () => {
  it('is sent again until it succeeds', async () => {
    const { api, received } = await answering(
      'drop',
      { status: 503 },
      { status: 429 },
      { status: 200, body: { ok: true } },
    );
    expect(await sender(api)(get)).toEqual({ ok: true });
    expect(received).toHaveLength(4);
  });

  it('is given up after the attempts it may have', async () => {
    const { api, received } = await answering('drop');
    const problem = await caught(sender(api, { attempts: 3 })(get));
    expect(problem).toBeInstanceOf(TuntasProblem);
    expect(problem).toMatchObject({ status: 0, code: 'UNREACHABLE' });
    expect(received).toHaveLength(3);
  });

  it('is not waited for longer than one attempt may take', async () => {
    const { api, received } = await answering('hang', { status: 200, body: { ok: true } });
    const started = Date.now();
    expect(await sender(api, { timeoutMs: 100 })(get)).toEqual({ ok: true });
    expect(Date.now() - started).toBeLessThan(1_000);
    expect(received).toHaveLength(2);
  });

  it('is sent again when a proxy answers with an HTML page', async () => {
    const { api } = await answering(
      { status: 200, text: '<html>Free WiFi</html>' },
      { status: 200, body: { ok: true } },
    );
    expect(await sender(api)(get)).toEqual({ ok: true });
  });
});

describe('A server that is busy', () => {
  it('gets no request during the pause it requires', async () => {
    const { api, received } = await answering(
      { status: 503, headers: { 'retry-after': '1' } },
      { status: 200, body: {} },
    );
    await sender(api)(get);
    expect((received[1]?.at ?? 0) - (received[0]?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('that requires a long pause gets no further request; the problem has the pause', async () => {
    const { api, received } = await answering({ status: 429, headers: { 'retry-after': '3600' } });
    expect(await caught(sender(api)(get))).toMatchObject({ status: 429, retryAfterMs: 3_600_000 });
    expect(received).toHaveLength(1);
  });
});

describe('A refusal', () => {
  it('is a problem with code, detail, fields and request id, and is not sent again', async () => {
    const body = {
      type: 'urn:tuntas:problem:INVALID_REQUEST',
      status: 400,
      code: 'INVALID_REQUEST',
      detail: 'some fields are not as they must be.',
      requestId: 'r-1',
      errors: [{ field: 'pickup.lat', message: 'Too big' }],
    };
    const { api, received } = await answering({
      status: 400,
      body,
      headers: { 'content-type': 'application/problem+json' },
    });
    const problem = await caught(sender(api)(get));
    expect(problem).toMatchObject({
      status: 400,
      code: 'INVALID_REQUEST',
      requestId: 'r-1',
      errors: body.errors,
      detail: body.detail,
    });
    expect(problem.message).toBe('INVALID_REQUEST: some fields are not as they must be.');
    expect(received).toHaveLength(1);
  });

  it('by the gateway in front of the API has a code and a request id too', async () => {
    const { api } = await answering({
      status: 403,
      body: { message: 'Forbidden' },
      headers: { 'apigw-requestid': 'g-1' },
    });
    expect(await caught(sender(api)(get))).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
      detail: 'Forbidden',
      requestId: 'g-1',
    });
  });

  it.each(['', 'null', '<html>', '[1]', '{"errors":[null,7]}'])('with the body %j is also a problem', async (text) => {
    const { api } = await answering({ status: 500, text });
    expect(await caught(sender(api)(get))).toMatchObject({ status: 500, code: 'HTTP_500' });
  });
});

describe('A token the server refuses', () => {
  it('is replaced once', async () => {
    const { api, received } = await answering(
      { status: 401, body: { message: 'Unauthorized' } },
      { status: 200, body: {} },
    );
    const refusedTokens: (string | undefined)[] = [];
    const token = (refused?: string) => {
      refusedTokens.push(refused);
      return refused ? 'new' : 'old';
    };
    await sender(api, { token })(get);
    expect(refusedTokens).toEqual([undefined, 'old']);
    expect(received.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });

  it('twice is a problem for the app', async () => {
    const { api, received } = await answering({ status: 401, body: { message: 'Unauthorized' } });
    expect(await caught(sender(api)(get))).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    expect(received).toHaveLength(2);
  });
});

describe('An app that no longer wants the answer', () => {
  it.each(['hang', { status: 503, headers: { 'retry-after': '20' } }] as const)(
    'ends the call at once (%j)',
    async (scripted) => {
      const { api } = await answering(scripted);
      const leaving = new AbortController();
      const call = caught(sender(api)({ ...get, signal: leaving.signal }));
      await sleep(50);
      leaving.abort(new Error('screen closed'));
      const started = Date.now();
      expect((await call).message).toBe('screen closed');
      expect(Date.now() - started).toBeLessThan(200);
    },
  );

  it('sends nothing', async () => {
    const { api, received } = await answering({ status: 200 });
    await caught(sender(api)({ ...get, signal: AbortSignal.abort(new Error('no')) }));
    expect(received).toHaveLength(0);
  });
});

describe('The waits', () => {
  it('have a ceiling that doubles up to the longest, and any length below it', () => {
    const waits = { firstMs: 100, longestMs: 1_000 };
    expect([0, 1, 2, 3, 4, 60].map((attempt) => backoff(attempt, waits, 0.5))).toEqual([50, 100, 200, 400, 500, 500]);
    expect(backoff(3, waits, 0)).toBe(0);
  });

  it('of the server are read as seconds or as a date', () => {
    const now = Date.parse('2026-11-21T03:44:00Z');
    expect(
      ['2', '0', '-1', 'Sat, 21 Nov 2026 03:44:07 GMT', 'soon', '', null].map((text) => retryAfter(text, now)),
    ).toEqual([2_000, 0, 0, 7_000, undefined, undefined, undefined]);
  });
});
