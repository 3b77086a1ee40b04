/** Reads an answer with HTTP status 407, which `fetch` turns into a network error (so the Fetch standard wants it). */
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';

type NetworkError = { readonly cause?: { readonly message?: unknown; readonly code?: unknown } };

/** Node 24 names neither a code nor a reason for it; every other network error has one of them. */
export const isHidden407 = (error: unknown): boolean => {
  const { cause } = error as NetworkError;
  return cause?.message === '' && cause.code === undefined;
};

/** The gateway's status code for "expired" is 407: should its HTTP status follow, the question is asked again without `fetch`. */
export const getWithoutFetch = (
  url: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<{ readonly http: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? overHttps : overHttp;
    const sent = send(url, { headers, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ http: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
