/** Requests and responses of the simulator's server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseJson } from '../json.ts';

/** The gateway reads no more than this; beyond it the body counts as malformed. */
const longestBody = 2_000_000;

/** The whole body as text; undefined when it is too long. */
export const readText = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= longestBody) chunks.push(chunk);
  }
  return size <= longestBody ? Buffer.concat(chunks).toString('utf8') : undefined;
};

/** Undefined when the text is missing or not JSON. An empty body is an empty object. */
export const parseBody = (text: string | undefined): ReturnType<typeof parseJson> =>
  text === undefined ? undefined : parseJson(text.trim() || '{}');

export type Reply = {
  readonly http: number;
  readonly content: string | Buffer;
  readonly type?: string;
  /** Where a redirect leads. */
  readonly location?: string;
};

export const json = (http: number, body: unknown): Reply => ({
  http,
  type: 'application/json',
  content: JSON.stringify(body),
});

export const html = (http: number, content: string): Reply => ({ http, type: 'text/html; charset=utf-8', content });

export const redirect = (http: number, location: string): Reply => ({ http, content: '', location });

export const write = (response: ServerResponse, { http, content, type, location }: Reply): void => {
  response
    .writeHead(http, {
      'content-length': Buffer.byteLength(content),
      ...(type !== undefined && { 'content-type': type }),
      ...(location !== undefined && { location }),
    })
    .end(content);
};

/** The path in decoded segments; undefined when it cannot be decoded. */
export const segmentsOf = (request: IncomingMessage): readonly string[] | undefined => {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
};

export const queryOf = (request: IncomingMessage): URLSearchParams =>
  new URLSearchParams((request.url ?? '').split('?')[1] ?? '');

export const headerOf = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};

/** The answer of the framework under the gateway, which knows no such resource (midtrans.md §7.1). */
export const frameworkError = (http: 404 | 415, path: string): Reply =>
  json(http, {
    timestamp: new Date().toISOString(),
    status: http,
    error: http === 404 ? 'Not Found' : 'Unsupported Media Type',
    path,
  });

export const notFoundPage = (): Reply =>
  html(404, '<!doctype html><html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>');
