/** The WebSocket of the apps: who is connected, and the few messages an app may send. */
import * as z from 'zod/mini';
import { Invalid } from '../kernel/errors.ts';
import { log } from '../kernel/log.ts';
import { parseWith } from '../kernel/schema.ts';
import type { Instant } from '../kernel/types.ts';
import type { Connections } from './connections.store.ts';
import type { Post } from './delivery.ts';

/** The event of a WebSocket API whose $connect went through the authorizer. */
export type SocketEvent = {
  readonly requestContext: {
    /** A frame may select any route by its action, `$disconnect` included: only this field is reliable. */
    readonly eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
    readonly connectionId: string;
    readonly authorizer?: { readonly principalId?: string };
  };
  readonly body?: string;
};
export type SocketDeps = { readonly connections: Connections; readonly post: Post; readonly now: () => Instant };
type Answer = { readonly statusCode: number };

const message = z.discriminatedUnion('action', [
  z.object({ action: z.literal('ping') }),
  z.object({ action: z.literal('register-push'), token: z.string().check(z.minLength(1), z.maxLength(500)) }),
]);

export const socket =
  ({ connections, post, now }: SocketDeps) =>
  async ({ requestContext: { eventType, connectionId, authorizer }, body = '' }: SocketEvent): Promise<Answer> => {
    const sub = authorizer?.principalId;
    if (!sub) return { statusCode: 401 };
    if (eventType === 'CONNECT') await connections.opened(sub, connectionId, now());
    else if (eventType === 'DISCONNECT') await connections.closed(sub, connectionId);
    else await post(connectionId, JSON.stringify(await reply({ connections, now, sub }, body)));
    log.info('Socket', { event: eventType, outcome: 'happened' });
    return { statusCode: 200 };
  };

const reply = async (
  { connections, now, sub }: Pick<SocketDeps, 'connections' | 'now'> & { readonly sub: string },
  body: string,
): Promise<object> => {
  try {
    const request = parseWith(message, body);
    if (request.action === 'ping') return { type: 'PONG' };
    await connections.deviceRegistered(sub, request.token, now());
    return { type: 'PUSH_REGISTERED' };
  } catch (error) {
    if (error instanceof Invalid)
      return { type: 'ERROR', code: 'INVALID_MESSAGE', detail: error.message, errors: error.fields };
    throw error;
  }
};
