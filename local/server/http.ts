/** What every listener on this machine shares: a loopback port, bodies within a limit, replies. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loopback, urlAt } from './ports.ts';

export type Reply = {
  readonly status: number;
  readonly content: string | Buffer;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
};

export const json = (status: number, body: unknown, headers: Reply['headers'] = {}): Reply => ({
  status,
  content: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
});

export const html = (status: number, content: string): Reply => ({
  status,
  content,
  headers: { 'content-type': 'text/html; charset=utf-8' },
});

export const send = (response: ServerResponse, { status, content, headers }: Reply): void => {
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  response.writeHead(status, { 'content-length': Buffer.byteLength(content) }).end(content);
};

export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Reads a request's body up to a limit. @throws TooLarge beyond it, and reads no further */
export const readBody = (request: IncomingMessage, limit: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) return reject(new TooLarge());
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.removeAllListeners('data');
        request.resume();
        reject(new TooLarge());
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client disconnected')));
  });

export const urlOf = ({ url }: IncomingMessage): URL => new URL(url ?? '/', 'http://local');

/** A part of a path, decoded; one that is not well encoded stays as it is. */
export const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

const localName = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/** Sent by a web page of another host: a visitor's browser must not read tokens and mails for it. */
export const isFromPage = ({ headers: { host = '', origin } }: IncomingMessage): boolean =>
  !localName.test(host) || (origin !== undefined && !localName.test(origin.replace(/^https?:\/\//, '')));

export const onlyForPrograms = (): Reply => json(403, { message: 'Only for programs on this machine' });

/** Resolves to nothing when the response was written already, or never will be. */
export type Respond = (request: IncomingMessage, response: ServerResponse) => Promise<Reply | undefined>;

/** The sender's mistake is a 400, any other failure a 500, with the reason. */
const failure = (error: unknown): Reply => {
  const isMistake = error instanceof SyntaxError || (error instanceof Error && 'status' in error);
  return json(isMistake ? 400 : 500, { message: error instanceof Error ? error.message : String(error) });
};

/** @param failed the reply to a request whose handling failed */
export const httpServer = (respond: Respond, failed: (error: unknown) => Reply = failure): Server =>
  createServer((request, response) => {
    respond(request, response)
      .catch((error: unknown) => (response.headersSent ? void response.destroy() : failed(error)))
      .then((reply) => reply && send(response, reply))
      .catch(() => response.destroy());
  });

/** An HTTP server on a loopback port. @param failed the reply to a request whose handling failed */
export const serve = (respond: Respond, port: number, failed?: (error: unknown) => Reply): Promise<Listening> =>
  listen(httpServer(respond, failed), port);

export type Listening = { readonly port: number; readonly url: string; readonly stop: () => Promise<void> };

/** Keeps connections alive, and stops without waiting for idle ones. */
export const listen = async (server: Server, port: number): Promise<Listening> => {
  server.keepAliveTimeout = 65_000;
  await once(server.listen({ port, host: loopback, backlog: 4096 }), 'listening');
  const { port: actual } = server.address() as AddressInfo;
  return {
    port: actual,
    url: urlAt(actual),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
