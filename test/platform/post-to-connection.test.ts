/** Posts to the connections of a WebSocket API, through the client of the SDK. */
import {
  ApiGatewayManagementApiClient,
  GoneException,
  type PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { postToConnection } from '../../functions/platform/post-to-connection.ts';

type Client = InstanceType<typeof ApiGatewayManagementApiClient>;

/** What is sent by which client, in place of the network. */
const answering = (answer: () => Promise<object>) => {
  const sent: { readonly client: Client; readonly input: PostToConnectionCommand['input'] }[] = [];
  vi.spyOn(ApiGatewayManagementApiClient.prototype, 'send').mockImplementation(function (
    this: unknown,
    command: unknown,
  ) {
    sent.push({ client: this as Client, input: (command as PostToConnectionCommand).input });
    return answer();
  } as never);
  return sent;
};
afterEach(() => void vi.restoreAllMocks());

describe('a text is posted to a connection', () => {
  it('is taken, and goes to the endpoint once', async () => {
    const sent = answering(async () => ({}));
    expect(await postToConnection('https://socket-1/dev', 'connection-1', '{"a":1}')).toBe(true);
    expect(sent.map(({ input }) => input)).toEqual([{ ConnectionId: 'connection-1', Data: '{"a":1}' }]);
    const [one] = sent;
    expect(await one?.client.config.maxAttempts()).toBe(1);
    expect((await one?.client.config.endpoint?.())?.hostname).toBe('socket-1');
  });

  it('goes through one client for each endpoint', async () => {
    const sent = answering(async () => ({}));
    for (const endpoint of ['https://socket-2', 'https://socket-3', 'https://socket-2'])
      await postToConnection(endpoint, 'connection-1', '{}');
    const [first, other, again] = sent.map(({ client }) => client);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('is not taken when the connection is gone', async () => {
    answering(() => Promise.reject(new GoneException({ message: 'gone', $metadata: {} })));
    expect(await postToConnection('https://socket-4', 'connection-1', '{}')).toBe(false);
  });

  it('fails with what the SDK says otherwise', async () => {
    const outage = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    answering(() => Promise.reject(outage));
    await expect(postToConnection('https://socket-5', 'connection-1', '{}')).rejects.toBe(outage);
  });
});
