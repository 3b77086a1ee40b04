/** The WebSocket routes on Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { lambda } from '../platform/lambda.ts';
import { postToConnection } from '../platform/post-to-connection.ts';
import { compose } from './socket.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo(), postToConnection });
