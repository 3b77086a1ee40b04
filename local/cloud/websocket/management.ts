/** The @connections endpoint of a WebSocket API: post to a connection, ask about it, end it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { readBody } from '../../server/aws-json.ts';
import { decoded } from '../http/route-table.ts';
import type { ConnectionFacts } from './events.ts';

export interface Live {
  readonly facts: ConnectionFacts;
  readonly socket: WebSocket;
  lastActiveAt: number;
}

export interface ManagementOptions {
  readonly live: ReadonlyMap<string, Live>;
  /** Handshakes under way: whoever is told of a connection by its $connect may post before it is open. */
  readonly opening: ReadonlyMap<string, Promise<unknown>>;
  readonly stage: string;
  readonly largest: number;
}

const fail = (response: ServerResponse, status: number, type: string): void => {
  const body = JSON.stringify({ message: type });
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'x-amzn-errortype': type,
      'content-length': Buffer.byteLength(body),
    })
    .end(body);
};

const iso = (ms: number): string => new Date(ms).toISOString();

const post = (one: Live, bytes: Buffer, response: ServerResponse): void => {
  one.lastActiveAt = Date.now();
  // The answer means that the connection took the message, not that the app read it.
  one.socket.send(bytes, { binary: false }, (error) => {
    if (error) fail(response, 410, 'GoneException');
    else response.writeHead(200, { 'content-length': 0 }).end();
  });
};

export const answerManagement = async (
  request: IncomingMessage,
  response: ServerResponse,
  { live, opening, stage, largest }: ManagementOptions,
): Promise<void> => {
  const [path = ''] = (request.url ?? '').split('?');
  const prefix = `/${stage}/@connections/`;
  const plain = path.replace('/%40connections/', '/@connections/');
  if (!plain.startsWith(prefix)) return fail(response, 403, 'ForbiddenException');
  const id = decoded(plain.slice(prefix.length));
  await opening.get(id)?.catch(() => {});
  const one = live.get(id);
  try {
    if (request.method === 'POST') {
      const bytes = await readBody(request, largest);
      return one ? post(one, bytes, response) : fail(response, 410, 'GoneException');
    }
  } catch {
    return fail(response, 413, 'PayloadTooLargeException');
  }
  if (!one) return fail(response, 410, 'GoneException');
  if (request.method === 'DELETE') {
    one.socket.close(1000, 'Connection Closed Normally');
    response.writeHead(204).end();
  } else if (request.method === 'GET') {
    const { connectedAt, sourceIp, userAgent } = one.facts;
    const body = JSON.stringify({
      connectedAt: iso(connectedAt),
      identity: { sourceIp, userAgent },
      lastActiveAt: iso(one.lastActiveAt),
    });
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  } else fail(response, 403, 'ForbiddenException');
};
