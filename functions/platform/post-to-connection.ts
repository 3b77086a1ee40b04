/** Posts to the connections of a WebSocket API, with the time-outs of the retry budget (docs/architecture.md). */
import {
  ApiGatewayManagementApiClient,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { PostToConnection } from './ports.ts';

const clients = new Map<string, ApiGatewayManagementApiClient>();

const clientOf = (endpoint: string): ApiGatewayManagementApiClient => {
  const client =
    clients.get(endpoint) ??
    new ApiGatewayManagementApiClient({
      endpoint,
      // A post whose answer was lost may have arrived: only the queue retries, later.
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 500, requestTimeout: 2_500 },
    });
  clients.set(endpoint, client);
  return client;
};

export const postToConnection: PostToConnection = async (endpoint, ConnectionId, Data) => {
  try {
    await clientOf(endpoint).send(new PostToConnectionCommand({ ConnectionId, Data }));
    return true;
  } catch (error) {
    if (error instanceof GoneException) return false;
    throw error;
  }
};
