/** An answer 407 is read below `fetch`: the bytes of both sides, over a connection in memory. */
import { globalAgent as overHttp } from 'node:http';
import { globalAgent as overHttps } from 'node:https';
import { Duplex } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { getWithoutFetch } from '../../functions/platform/http-407.ts';

/** The other side: it does `then` when the request has come. */
const otherSide = (then: (connection: Duplex) => void) => {
  const asked: string[] = [];
  const connect = (): Duplex =>
    new Duplex({
      read: () => undefined,
      write(chunk, _, done) {
        asked.push(String(chunk));
        done();
        then(this);
      },
    });
  const https = vi.spyOn(overHttps, 'createConnection').mockImplementation(connect as never);
  const http = vi.spyOn(overHttp, 'createConnection').mockImplementation(connect as never);
  return { asked, calls: () => [http.mock.calls.length, https.mock.calls.length] };
};
const answers = (text: string) => otherSide((connection) => void connection.push(text));
afterEach(() => void vi.restoreAllMocks());

const expired =
  'HTTP/1.1 407 Proxy Authentication Required\r\nconnection: close\r\ncontent-length: 15\r\n\r\n{"status":"é"}';
const call = { timeoutMs: 5_000, headers: { authorization: 'b' } };

describe('a question is asked without fetch', () => {
  it('is a GET with its headers, and gives the status and the text', async () => {
    const { asked } = answers(expired);
    expect(await getWithoutFetch('http://gateway/v2/a/status', call)).toEqual({ status: 407, text: '{"status":"é"}' });
    expect(asked.join('')).toMatch(/^GET \/v2\/a\/status HTTP\/1\.1\r\nauthorization: b\r\n/);
  });

  it.each([
    ['http://https.example/', [1, 0]],
    ['https://gateway.example/', [0, 1]],
  ])('%s takes the protocol of its URL', async (url, expected) => {
    const { calls } = answers('HTTP/1.1 407 -\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    expect(await getWithoutFetch(url, { timeoutMs: 5_000 })).toEqual({ status: 407, text: '' });
    expect(calls()).toEqual(expected);
  });

  it('fails when the connection breaks before the answer', async () => {
    otherSide((connection) => void connection.destroy(new Error('read ECONNRESET')));
    await expect(getWithoutFetch('http://gateway/', call)).rejects.toThrow('read ECONNRESET');
  });

  it('fails when the connection breaks within the answer', async () => {
    otherSide((connection) => {
      connection.push('HTTP/1.1 407 -\r\ncontent-length: 9\r\n\r\n{"st');
      setImmediate(() => connection.destroy());
    });
    await expect(getWithoutFetch('http://gateway/', call)).rejects.toThrow('aborted');
  });
});
