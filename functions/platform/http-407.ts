/** Reads an answer with status 407, which `fetch` hides: the payment gateway's status code for "expired". */
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';

export const getWithoutFetch = (
  url: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<{ readonly status: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? overHttps : overHttp;
    const sent = send(url, { headers, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
