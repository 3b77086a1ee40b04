/** Calls of other services over real sockets: what is sent, what is answered, and what is not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { http } from '../../functions/platform/http-client.ts';
import { httpServer, json } from '../support/http-server.ts';

let server: Awaited<ReturnType<typeof httpServer>>;
beforeAll(async () => {
  server = await httpServer();
});
afterAll(() => server.stop());

describe('another service is called', () => {
  it('gets method, headers and body, and gives status and text', async () => {
    server.answers(json(201, '{"a":1}'));
    const headers = { 'idempotency-key': 'k' };
    const answer = await http(`${server.url}/v2/charge`, { method: 'POST', headers, body: 'b', timeoutMs: 5_000 });
    expect(answer).toEqual({ status: 201, text: '{"a":1}' });
    expect(server.received).toMatchObject([
      { method: 'POST', path: '/v2/charge', headers: { 'idempotency-key': 'k' }, body: 'b' },
    ]);
  });

  it('is a GET without a body when nothing else is said', async () => {
    server.answers(json(404, 'no'));
    expect(await http(`${server.url}/a`, { timeoutMs: 5_000 })).toEqual({ status: 404, text: 'no' });
    expect(server.received).toMatchObject([{ method: 'GET', body: '' }]);
  });

  it('reads an answer 407, which fetch hides, by asking a second time', async () => {
    server.answers(json(407, '{"status_code":"407"}'));
    const answer = await http(`${server.url}/v2/a/status`, { headers: { authorization: 'b' }, timeoutMs: 5_000 });
    expect(answer).toEqual({ status: 407, text: '{"status_code":"407"}' });
    expect(server.received.map(({ method, headers }) => [method, headers.authorization])).toEqual([
      ['GET', 'b'],
      ['GET', 'b'],
    ]);
  });

  it('never repeats a POST that is answered 407', async () => {
    server.answers(json(407, '{}'));
    const charge = http(`${server.url}/v2/charge`, { method: 'POST', body: '{}', timeoutMs: 5_000 });
    await expect(charge).rejects.toThrow('fetch failed');
    expect(server.received).toHaveLength(1);
  });

  it('gives up after its time-out', async () => {
    server.answers(() => undefined);
    await expect(http(server.url, { timeoutMs: 50 })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(server.received).toHaveLength(1);
  });

  it('gives up after its time-out on a body that never ends', async () => {
    server.answers((_, response) => void response.writeHead(200).write('{"status_code":'));
    await expect(http(server.url, { timeoutMs: 200 })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('gives up when the answer to the second question of a 407 does not come', async () => {
    server.answers(json(407, '{}'), () => undefined);
    await expect(http(server.url, { timeoutMs: 200 })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('follows no redirect', async () => {
    server.answers((_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9' }).end());
    await expect(http(server.url, { timeoutMs: 5_000 })).rejects.toThrow('fetch failed');
    expect(server.received).toHaveLength(1);
  });

  it('names the cause when it cannot be reached, and asks once', async () => {
    const away = await httpServer();
    await away.stop();
    await expect(http(away.url, { timeoutMs: 5_000 })).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});
