/** Reads an answer with status 407, which `fetch` hides: the payment gateway's status code for "expired". */
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Http, HttpCall } from './ports.ts';

export const getWithoutFetch = (url: string, { headers = {}, timeoutMs }: HttpCall): ReturnType<Http> =>
  new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? overHttps : overHttp;
    const sent = send(url, { headers, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, text: body }), reject);
    });
    sent.on('error', reject);
    sent.end();
  });
