/** Posts a notification as the gateway does: 15 s, 307 and 308 followed, TLS 1.2 at most (midtrans.md §6). */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Answered } from './retries.ts';

export type Sender = ReturnType<typeof createSender>;

const mostRedirects = 5;
const maxSockets = 128;

export const createSender = (timeoutMs: number) => {
  const http = new HttpAgent({ keepAlive: true, maxSockets });
  const https = new HttpsAgent({ keepAlive: true, maxSockets, maxVersion: 'TLSv1.2' });
  const stopped = new AbortController();

  const send = (url: URL, body: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const isSecure = url.protocol === 'https:';
      const request = isSecure ? httpsRequest : httpRequest;
      const call = request(url, {
        method: 'POST',
        agent: isSecure ? https : http,
        signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(timeoutMs)]),
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'user-agent': 'Veritrans',
          'content-length': Buffer.byteLength(body),
        },
      });
      call.on('error', reject);
      call.on('response', (response) => {
        response.resume();
        response.on('error', reject);
        response.on('end', () => resolve(response));
      });
      call.end(body);
    });

  const follow = async (url: URL, body: string, redirects: number): Promise<Answered> => {
    const { statusCode: status = 0, headers } = await send(url, body);
    const { location } = headers;
    if ((status !== 307 && status !== 308) || location === undefined) return status;
    return redirects < mostRedirects ? follow(new URL(location, url), body, redirects + 1) : 'too-many-redirects';
  };

  return {
    /** One attempt, redirects included. */
    post: async (url: string, body: string): Promise<Answered> => {
      try {
        return await follow(new URL(url), body, 0);
      } catch (error) {
        return error instanceof Error &&
          (error.name === 'TimeoutError' || (error.cause instanceof Error && error.cause.name === 'TimeoutError'))
          ? 'timeout'
          : 'unreachable';
      }
    },
    stop: (): void => {
      stopped.abort();
      http.destroy();
      https.destroy();
    },
  };
};
