/** Requests and replies of the simulator, in addition to those of every local server. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { parseJson } from '../json.ts';
import { decoded, html, json, type Reply, readBody, TooLarge } from '../server/http.ts';

/** The gateway reads no more than this; beyond it the body counts as malformed. */
const longestBody = 2_000_000;

/** The whole body as text; undefined when it is too long. */
export const readText = (request: IncomingMessage): Promise<string | undefined> =>
  readBody(request, longestBody).then(String, (error) => {
    if (!(error instanceof TooLarge)) throw error;
    return undefined;
  });

/** Undefined when the text is missing or not JSON. An empty body is an empty object. */
export const parseBody = (text: string | undefined): ReturnType<typeof parseJson> =>
  text === undefined ? undefined : parseJson(text.trim() || '{}');

export const redirect = (status: number, location: string): Reply => ({ status, content: '', headers: { location } });

/** The path in decoded segments. */
export const segmentsOf = ({ url = '/' }: IncomingMessage): readonly string[] =>
  url.replace(/\?.*/, '').split('/').slice(1).map(decoded);

/** The answer of the framework under the gateway, which knows no such resource (midtrans.md §7.1). */
export const frameworkError = (http: 404 | 415, path: string): Reply =>
  json(http, { timestamp: new Date().toISOString(), status: http, error: STATUS_CODES[http], path });

export const notFoundPage = (): Reply =>
  html(404, '<!doctype html><html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>');
