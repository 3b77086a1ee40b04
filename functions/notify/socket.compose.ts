/** The WebSocket routes. */
import { required } from '../platform/env.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { connections } from './connections.store.ts';
import { socket } from './socket.ts';

export const compose = ({ dynamo, postToConnection, now }: Ports<'dynamo' | 'postToConnection'>, env: Env) => {
  const endpoint = required(env, 'WEBSOCKET_ENDPOINT');
  return socket({
    connections: connections(dynamo, required(env, 'STATE_TABLE')),
    post: (connectionId, body) => postToConnection(endpoint, connectionId, body),
    now,
  });
};
