/** The @connections endpoint of a WebSocket API: posts to a connection, describes it, ends it. */
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { decoded, json, type Reply, readBody, TooLarge, urlOf } from '../../server/http.ts';
import type { Connection } from './events.ts';

export type Open = { readonly connection: Connection; readonly socket: WebSocket; lastActiveAt: number };

type Options = {
  readonly open: ReadonlyMap<string, Open>;
  /** Handshakes under way: $connect names its connection, which may be posted to before it is open. */
  readonly opening: ReadonlyMap<string, Promise<unknown>>;
  readonly stage: string;
  readonly largestMessage: number;
};

const fail = (status: number, type: string): Reply => json(status, { message: type }, { 'x-amzn-errortype': type });

/** The response means that the connection took the message, not that the app read it. */
const post = (one: Open, bytes: Buffer): Promise<Reply> =>
  new Promise((resolve) => {
    one.lastActiveAt = Date.now();
    one.socket.send(bytes, { binary: false }, (error) =>
      resolve(error ? fail(410, 'GoneException') : { status: 200, content: '' }),
    );
  });

const describe = ({ connection: { connectedAt, sourceIp, userAgent }, lastActiveAt }: Open): object => ({
  connectedAt: new Date(connectedAt).toISOString(),
  identity: { sourceIp, userAgent },
  lastActiveAt: new Date(lastActiveAt).toISOString(),
});

export const management =
  ({ open, opening, stage, largestMessage }: Options) =>
  async (request: IncomingMessage): Promise<Reply> => {
    const path = urlOf(request).pathname.replace('/%40connections/', '/@connections/');
    const prefix = `/${stage}/@connections/`;
    if (!path.startsWith(prefix)) return fail(403, 'ForbiddenException');
    const id = decoded(path.slice(prefix.length));
    const bytes = request.method === 'POST' ? await readBody(request, largestMessage) : Buffer.alloc(0);
    await opening.get(id)?.catch(() => {});
    const one = open.get(id);
    if (!one) return fail(410, 'GoneException');
    if (request.method === 'POST') return post(one, bytes);
    if (request.method === 'GET') return json(200, describe(one));
    if (request.method !== 'DELETE') return fail(403, 'ForbiddenException');
    one.socket.close(1000, 'Connection Closed Normally');
    return { status: 204, content: '' };
  };

export const managementFailure = (error: unknown): Reply =>
  error instanceof TooLarge ? fail(413, 'PayloadTooLargeException') : fail(500, 'InternalServerErrorException');
