/** The HTTP server of every listener: bodies within a limit, replies to failures, requests of web pages. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  decoded,
  httpServer,
  isFromPage,
  json,
  type Listening,
  listen,
  type Respond,
  readBody,
  TooLarge,
} from '../../../local/server/http.ts';

let listening: Listening | undefined;
afterEach(async () => listening?.stop());
const serve = async (respond: Respond): Promise<string> => {
  listening = await listen(httpServer(respond), 0);
  return listening.url;
};

describe('a body', () => {
  const echo: Respond = async (request) => {
    try {
      return { status: 200, content: await readBody(request, 10) };
    } catch (error) {
      return json(error instanceof TooLarge ? 413 : 500, {});
    }
  };
  it.each([
    ['at the limit', 'x'.repeat(10), 200],
    ['beyond it', 'x'.repeat(11), 413],
    ['beyond it and sent in parts', new Blob(['x'.repeat(6), 'x'.repeat(6)]).stream(), 413],
  ])('%s is answered %d', async (_, body, status) => {
    const init = { method: 'POST', body, duplex: 'half' as const };
    expect((await fetch(await serve(echo), init)).status).toBe(status);
  });
});

describe('a failure', () => {
  it.each([
    ['JSON that cannot be parsed', () => JSON.parse('{'), 400],
    ['a mistake of the sender', () => Promise.reject(Object.assign(new Error('no sub'), { status: 400 })), 400],
    ['anything else', () => Promise.reject(new Error('broken')), 500],
  ])('%s is answered with its reason', async (_, fail, status) => {
    const response = await fetch(await serve(async () => fail()));
    expect([response.status, await response.json()]).toEqual([status, { message: expect.stringMatching(/./) }]);
  });
});

describe('a request', () => {
  it.each([
    [{ host: '127.0.0.1:4001' }, false],
    [{ host: 'localhost', origin: 'http://localhost:3000' }, false],
    [{ host: '[::1]:4001' }, false],
    [{ host: '127.0.0.1:4001', origin: 'https://evil.example' }, true],
    [{ host: 'evil.example' }, true],
    [{ host: '127.0.0.1.evil.example' }, true],
    [{}, true],
  ])('[OPS-8] with %j comes from a web page: %s', (headers, expected) => {
    expect(isFromPage({ headers } as never)).toBe(expected);
  });

  it.each([
    ['TNT%201', 'TNT 1'],
    ['%E0%A4%A', '%E0%A4%A'],
  ])('has %s in its path as %s', (part, expected) => expect(decoded(part)).toBe(expected));
});
