/** The HTTP edge: who is let in, what is parsed, how each error is answered. */
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { Conflict, Invalid, Unavailable } from '../../functions/kernel/errors.ts';
import { Problem, refusal } from '../../functions/kernel/problem.ts';
import type { HttpAnswer, HttpRequest, Route } from '../../functions/kernel/route.ts';
import { httpApi } from '../../functions/platform/http.ts';
import { type Asked, answered, httpEvent, problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { env, start, testPorts } from '../support/ports.ts';

const lines = logLines();
const routes = [
  {
    method: 'POST',
    path: '/things',
    summary: '',
    roles: ['rider'],
    body: z.object({ name: z.string() }),
    repeatable: true,
  },
  { method: 'GET', path: '/things/{id}', summary: '', params: { id: z.string().check(z.regex(/^\d+$/)) } },
  { method: 'GET', path: '/open', summary: '', public: true },
] as const satisfies readonly Route[];
const anything = { 200: { description: '', schema: z.unknown() }, 201: { description: '', schema: z.unknown() } };
const answers = { 'POST /things': anything, 'GET /things/{id}': anything, 'GET /open': anything };
type Endpoint = (request: HttpRequest<(typeof routes)[number]>) => Promise<HttpAnswer<unknown, 200 | 201>>;
const api = (endpoint: Endpoint) =>
  httpApi<typeof routes, typeof answers>(
    routes,
    { 'POST /things': endpoint, 'GET /things/{id}': endpoint, 'GET /open': endpoint },
    testPorts().ports,
    env,
  );
const ask = async (asked: Partial<Asked>, endpoint: Endpoint = async () => ({ status: 200, body: {} })) =>
  answered(await api(endpoint)(httpEvent({ method: 'POST', path: '/things', body: { name: 'a' }, ...asked })));

describe('a request is right', () => {
  it('reaches its endpoint parsed, with who asks, when, and under which key', async () => {
    let seen: unknown;
    const headers = { 'idempotency-key': 'k1' };
    await ask({ body: '{"name":"a","more":1}', headers, sub: 'anna', roles: ['rider', 'driver'] }, async (request) => {
      seen = request;
      return { status: 200, body: {} };
    });
    expect(seen).toMatchObject({
      principal: { sub: 'anna', roles: ['rider', 'driver'] },
      params: {},
      body: { name: 'a' },
      text: '{"name":"a","more":1}',
      idempotencyKey: 'k1',
      requestId: 'request-1',
      at: start,
    });
  });

  it('is answered with its request id, and is never cached by others', async () => {
    const answer = await ask({}, async () => ({ status: 201, body: { a: 1 }, headers: { location: '/things/1' } }));
    expect(answer).toEqual({
      status: 201,
      body: { a: 1 },
      headers: {
        'content-type': 'application/json',
        'x-request-id': 'request-1',
        'cache-control': 'no-store',
        location: '/things/1',
      },
    });
  });

  it('is read when API Gateway hands it over in base 64', async () => {
    const event = {
      ...httpEvent({ method: 'POST', path: '/things' }),
      isBase64Encoded: true,
      body: Buffer.from('{"name":"ä"}').toString('base64'),
    };
    const handler = api(async ({ body }) => ({ status: 200, body }));
    expect(answered(await handler(event)).body).toEqual({ name: 'ä' });
  });

  it('needs no token where the route is public', async () => {
    expect((await ask({ method: 'GET', path: '/open', claims: {} })).status).toBe(200);
  });
});

describe('a request is refused at the edge', () => {
  it.each<[string, Partial<Asked>, object]>([
    ['[OPS-8] of half a character for a subject', { sub: '\ud800' }, { status: 401, code: 'NO_SUBJECT', fields: [] }],
    ['of a token without a subject', { claims: { roles: '[rider]' } }, { status: 401, code: 'NO_SUBJECT', fields: [] }],
    ['[OPS-8] of the wrong role', { roles: ['driver', 'operator'] }, { status: 403, code: 'WRONG_ROLE', fields: [] }],
    [
      '[OPS-8] of a role among others that are unknown',
      { roles: ['rider', 'king'] },
      { status: 403, code: 'WRONG_ROLE', fields: [] },
    ],
    ['[OPS-8] of no role', { roles: [] }, { status: 403, code: 'WRONG_ROLE', fields: [] }],
    ['for an unknown route', { path: '/nothing' }, { status: 404, code: 'NO_SUCH_ROUTE', fields: [] }],
    ['with a body that is not JSON', { body: '{' }, { status: 400, code: 'INVALID_REQUEST', fields: ['body'] }],
    [
      'with a field of the wrong type',
      { body: { name: 1 } },
      { status: 400, code: 'INVALID_REQUEST', fields: ['name'] },
    ],
    [
      'with a parameter that cannot be',
      { method: 'GET', path: '/things/{id}', params: { id: 'x' } },
      { status: 400, code: 'INVALID_REQUEST', fields: ['id'] },
    ],
    [
      'without its parameter',
      { method: 'GET', path: '/things/{id}' },
      { status: 400, code: 'INVALID_REQUEST', fields: ['id'] },
    ],
    [
      '[OPS-8] with half a character in a field',
      { body: '{"name":"\\ud800"}' },
      { status: 400, code: 'INVALID_REQUEST', fields: ['name'] },
    ],
    [
      '[OPS-8] with half a character in a parameter',
      { method: 'GET', path: '/things/{id}', params: { id: '1\ud800' } },
      { status: 400, code: 'INVALID_REQUEST', fields: ['id'] },
    ],
    [
      '[OPS-8] with half a character in its key',
      { headers: { 'idempotency-key': 'k\udc00' } },
      { status: 400, code: 'INVALID_REQUEST', fields: ['Idempotency-Key'] },
    ],
    [
      'with a body of 2 MB',
      { body: { name: 'x'.repeat(2 ** 21) } },
      { status: 413, code: 'BODY_TOO_LARGE', fields: ['body'] },
    ],
    [
      'with a key that is none',
      { headers: { 'idempotency-key': ' ' } },
      { status: 400, code: 'INVALID_REQUEST', fields: ['Idempotency-Key'] },
    ],
  ])('%s', async (_, asked, expected) => {
    let reached = false;
    const answer = await ask(asked, async () => {
      reached = true;
      return { status: 200, body: {} };
    });
    expect(problemOf(answer)).toEqual(expected);
    expect(reached).toBe(false);
  });

  it('takes 64 KB, and not a byte more, however they are written', async () => {
    const body = (bytes: number) => JSON.stringify({ name: 'ä'.repeat(bytes / 2 - 6) });
    expect(Buffer.byteLength(body(65_536))).toBe(65_535);
    expect((await ask({ body: `${body(65_536)} ` })).status).toBe(200);
    expect((await ask({ body: `${body(65_536)}  ` })).status).toBe(413);
  });

  it('checks the role before it looks at the body', async () => {
    expect((await ask({ body: '{', roles: ['driver'] })).status).toBe(403);
  });

  it('is answered as problem details with a stable code, a remedy and the request id', async () => {
    const answer = await ask({ body: {} });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json', 'x-request-id': 'request-1' });
    expect(answer.body).toEqual({
      type: 'urn:tuntas:problem:INVALID_REQUEST',
      title: 'Bad request',
      status: 400,
      code: 'INVALID_REQUEST',
      detail: 'Some fields are invalid.',
      instance: '/things',
      requestId: 'request-1',
      errors: [{ field: 'name', message: expect.stringMatching(/expected string/) }],
    });
  });
});

describe('an endpoint fails', () => {
  const failing = (error: unknown) => ask({}, () => Promise.reject(error));
  const named = (name: string, rest: object = {}) => Object.assign(new Error(name), { name, ...rest });
  const throttled = new TransactionCanceledException({
    message: '',
    $metadata: {},
    CancellationReasons: [{ Code: 'ThrottlingError' }, { Code: 'None' }],
  });

  it.each<[string, unknown]>([
    ['a race was lost too often', new Conflict('again')],
    ['the other side is down', new Unavailable('later')],
    ['DynamoDB throttles', named('ThrottlingException')],
    ['DynamoDB throttles a transaction', throttled],
    ['DynamoDB has no capacity', named('ProvisionedThroughputExceededException')],
    ['DynamoDB fails itself', named('InternalServerError', { $fault: 'server', $metadata: { httpStatusCode: 500 } })],
    ['DynamoDB does not answer in time', named('TimeoutError')],
    ['DynamoDB cannot be reached', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
    ['none of its addresses can be reached', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })],
    ['the connection breaks', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
  ])('answers 503 and when to try again, because %s', async (_, error) => {
    const answer = await failing(error);
    expect(problemOf(answer)).toEqual({ status: 503, code: 'TRY_AGAIN', fields: [] });
    expect(answer.headers).toMatchObject({ 'retry-after': '1' });
    expect(lines.all()).toEqual([
      {
        level: 'WARN',
        message: 'Request not served',
        route: 'POST /things',
        requestId: 'request-1',
        reason: (error as Error).name,
      },
    ]);
  });

  it('[OPS-4] has a line for each problem, with the code that the answer may hide', async () => {
    const unknown = { code: 'UNKNOWN', message: 'Unknown.', status: 404 } as const;
    const answer = await failing(refusal({ code: 'NOT_YOURS', message: 'Not yours.', status: 403, shownAs: unknown }));
    expect(problemOf(answer)).toEqual({ status: 404, code: 'UNKNOWN', fields: [] });
    await failing(new Invalid('Some fields are invalid'));
    expect(lines.all()).toMatchObject([
      { level: 'INFO', message: 'Request refused', requestId: 'request-1', status: 404, code: 'NOT_YOURS' },
      { level: 'INFO', message: 'Request refused', requestId: 'request-1', status: 400, code: 'INVALID_REQUEST' },
    ]);
  });

  it('answers 409 for a refusal, unless it says otherwise', async () => {
    expect(problemOf(await failing(refusal({ code: 'FULL', message: 'Full.' })))).toEqual({
      status: 409,
      code: 'FULL',
      fields: [],
    });
    expect((await failing(refusal({ code: 'FOREIGN', message: 'Not yours.', status: 403 }))).status).toBe(403);
  });

  it('answers 400 for what it finds invalid itself', async () => {
    const answer = await failing(new Invalid('wrong name', [{ field: 'name', message: 'must be a name' }]));
    expect(problemOf(answer)).toEqual({ status: 400, code: 'INVALID_REQUEST', fields: ['name'] });
  });

  it('answers its own problem with its headers', async () => {
    const answer = await failing(
      Object.assign(new Problem(422, 'ODD', 'Odd.', [{ field: 'name', message: 'odd' }]), {
        headers: { 'x-odd': '1' },
      }),
    );
    expect(problemOf(answer)).toEqual({ status: 422, code: 'ODD', fields: ['name'] });
    expect(answer.headers).toMatchObject({ 'x-odd': '1' });
  });

  it.each<[string, unknown]>([
    ['an error of the code', new TypeError("Cannot read 'secret-7' of undefined")],
    ['a wrong query', named('ValidationException', { $metadata: { httpStatusCode: 400 } })],
    ['a text', 'secret-7'],
    ['nothing', undefined],
  ])('answers 500 without the cause for %s, and logs it', async (_, error) => {
    const answer = await failing(error);
    expect(problemOf(answer)).toEqual({ status: 500, code: 'INTERNAL_ERROR', fields: [] });
    expect(JSON.stringify(answer.body)).not.toContain('secret-7');
    expect(lines.named('Request failed')).toMatchObject([{ level: 'ERROR', requestId: 'request-1' }]);
  });
});
