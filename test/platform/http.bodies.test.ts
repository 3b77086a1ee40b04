/** The HTTP edge: bodies that need not be there, or are too large, bodies of answers, and who asks a public route. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { refusal } from '../../functions/kernel/problem.ts';
import type { HttpAnswer, HttpRequest, Route } from '../../functions/kernel/route.ts';
import { httpApi } from '../../functions/platform/http.ts';
import { type Asked, httpEvent } from '../support/http.ts';
import { env, testPorts } from '../support/ports.ts';

const routes = [
  {
    method: 'POST',
    path: '/notes',
    summary: '',
    public: true,
    body: z.object({ note: z.optional(z.string()) }),
  },
] as const satisfies readonly Route[];
const answers = { 'POST /notes': { 200: { description: '', schema: z.unknown() } } };
type Endpoint = (request: HttpRequest<(typeof routes)[number]>) => Promise<HttpAnswer<unknown, 200>>;
const ask = (asked: Partial<Asked>, endpoint: Endpoint) => {
  const api = httpApi<typeof routes, typeof answers>(routes, { 'POST /notes': endpoint }, testPorts().ports, env);
  return api(httpEvent({ method: 'POST', path: '/notes', ...asked }));
};

describe('the body of a request', () => {
  it.each([
    ['is an object without fields when there is none', {}, {}],
    ['is read when there is one', { body: '{"note":"a"}' }, { note: 'a' }],
  ])('%s', async (_, asked, expected) => {
    let seen: unknown;
    const { statusCode } = await ask(asked, async ({ body }) => {
      seen = body;
      return { status: 200, body: {} };
    });
    expect([statusCode, seen]).toEqual([200, expected]);
  });

  it('is refused beyond 64 KB, and the answer says so', async () => {
    const { body } = await ask({ body: ' '.repeat(65_537) }, async () => ({ status: 200, body: {} }));
    expect(JSON.parse(String(body))).toMatchObject({
      detail: 'The body is larger than 64 KB. Send only the fields of the documentation.',
      errors: [{ field: 'body', message: 'at most 64 KB' }],
    });
  });
});

describe('the body of an answer', () => {
  it('is sent as it is when it is a text, else as JSON', async () => {
    expect((await ask({}, async () => ({ status: 200, body: '<svg/>' }))).body).toBe('<svg/>');
    expect((await ask({}, async () => ({ status: 200, body: ['a'] }))).body).toBe('["a"]');
  });

  it('names no fields when none is wrong', async () => {
    const { body } = await ask({}, () => Promise.reject(refusal({ code: 'FULL', message: 'Full.' })));
    expect(JSON.parse(String(body))).toEqual({
      type: 'urn:tuntas:problem:FULL',
      title: 'Conflict',
      status: 409,
      code: 'FULL',
      detail: 'Full.',
      instance: '/notes',
      requestId: 'request-1',
    });
  });
});

describe('a public route', () => {
  it.each([
    ['knows who asks with a token', {}, { sub: 'rider-1', roles: ['rider'] }],
    ['is open to someone without a token', { claims: {} }, { sub: '', roles: [] }],
  ])('%s', async (_, asked, expected) => {
    let seen: unknown;
    await ask(asked, async ({ principal }) => {
      seen = principal;
      return { status: 200, body: {} };
    });
    expect(seen).toEqual(expected);
  });
});
