/** The WebSocket routes, wired for Lambda. */

import { instant } from '../kernel/types.ts';
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { connections } from './connections.store.ts';
import { postTo } from './delivery.ts';
import { socket } from './socket.ts';

export const handler = socket({
  connections: connections(dynamo(), env('STATE_TABLE')),
  post: postTo(env('WEBSOCKET_ENDPOINT')),
  now: () => instant(Date.now()),
});
