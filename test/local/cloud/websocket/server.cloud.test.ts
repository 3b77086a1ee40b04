/** A running WebSocket API: who may connect, what the routes see, and posts through @connections. */
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { Local } from '../../../../local/cloud/cloud.ts';
import { eventually, lambda, type Resources, type SmallCloud, smallCloud } from '../../support/small-cloud.ts';

const functions = {
  Socket: `export const handler = async (event) => {
    console.log(JSON.stringify(event));
    const { authorizer, routeKey, connectionId } = event.requestContext;
    if (authorizer?.principalId === 'unlucky') throw new Error('no room');
    if (authorizer?.principalId === 'early' && routeKey === '$connect') {
      const url = process.env.CALLBACK + '/@connections/' + encodeURIComponent(connectionId);
      const post = fetch(url, { method: 'POST', body: 'welcome' });
      post.then(({ status }) => console.log('posted ' + status));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return { statusCode: 200 };
  };`,
  Authorizer: `export const handler = async ({ methodArn, queryStringParameters, type }) => {
    const who = queryStringParameters?.token;
    if (!who) throw new Error('Unauthorized');
    if (who === 'ill') throw new Error('broken');
    const effects = who === 'banned' ? ['Allow', 'Deny'] : ['Allow'];
    const Statement = effects.map((Effect) => ({ Effect, Action: 'execute-api:Invoke', Resource: methodArn }));
    const policyDocument = { Version: '2012-10-17', Statement };
    return { principalId: who, context: { roles: 'driver', level: 3 }, policyDocument };
  };`,
};

const invocation = (id: string): object => ({
  'Fn::Join': [
    '',
    [
      'arn:aws:apigateway:ap-southeast-3:lambda:path/2015-03-31/functions/',
      { 'Fn::GetAtt': [id, 'Arn'] },
      '/invocations',
    ],
  ],
});
const route = (RouteKey: string, more: object = {}) => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: {
    ApiId: { Ref: 'Socket1' },
    RouteKey,
    Target: 'integrations/SocketIntegration',
    AuthorizationType: 'NONE',
    ...more,
  },
});
const address = (scheme: string): object => ({
  'Fn::Join': [
    '',
    [
      scheme,
      '://',
      { Ref: 'Socket1' },
      '.execute-api.',
      { Ref: 'AWS::Region' },
      '.',
      { Ref: 'AWS::URLSuffix' },
      '/live',
    ],
  ],
});

const resources: Resources = {
  ...lambda('Socket', { Environment: { Variables: { CALLBACK: address('https') } } }),
  ...lambda('Authorizer'),
  Socket1: {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: { Name: 's', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
  },
  SocketStage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: { Ref: 'Socket1' }, StageName: 'live', AutoDeploy: true },
  },
  SocketIntegration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: { ApiId: { Ref: 'Socket1' }, IntegrationType: 'AWS_PROXY', IntegrationUri: invocation('Socket') },
  },
  Token: {
    Type: 'AWS::ApiGatewayV2::Authorizer',
    Properties: {
      ApiId: { Ref: 'Socket1' },
      AuthorizerType: 'REQUEST',
      AuthorizerUri: invocation('Authorizer'),
      IdentitySource: [],
      Name: 'Token',
    },
  },
  Connect: route('$connect', { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Token' } }),
  Disconnect: route('$disconnect'),
  Default: route('$default'),
  Hello: route('hello'),
};
let cloud: SmallCloud;
let local: Local;
beforeAll(async () => {
  cloud = smallCloud(resources, functions, { WebSocketUrl: address('wss'), Callback: address('https') });
  local = await cloud.start();
});
afterAll(async () => {
  await local.stop();
  cloud.remove();
});

const handshake = (query: string): Promise<WebSocket | number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${local.ready.websocket}${query}`);
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('error', reject);
  });
const open = async (who: string): Promise<WebSocket> => {
  const socket = await handshake(`?token=${who}`);
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
  return socket;
};
type SocketEvent = {
  readonly requestContext: Record<string, unknown> & { connectionId: string };
  readonly body?: string;
};
const seen = (who: string): SocketEvent[] =>
  local.hooks
    .logs('socket')
    .filter((line) => line.includes(`"principalId":"${who}"`))
    .map((line) => JSON.parse(line));
const events = (who: string, count: number): Promise<SocketEvent[]> =>
  eventually(
    () => seen(who),
    ({ length }) => length >= count,
  );
const management = () =>
  new ApiGatewayManagementApiClient({
    endpoint: String(local.ready.outputs.Callback),
    region: 'ap-southeast-3',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });

describe('the handshake of a WebSocket API', () => {
  it.each([
    ['', 401],
    ['?token=banned', 403],
    ['?token=ill', 500],
    ['?token=unlucky', 500],
  ])('[OPS-8] with %s is answered %d', async (query, status) => {
    expect(await handshake(query)).toBe(status);
  });

  it('[OPS-3] is counted, as are refusals and failures of the functions', async () => {
    const count = (name: string): number =>
      local.hooks.metric(
        { namespace: 'AWS/ApiGateway', name, dimensions: { ApiId: 'socket1', Stage: 'live' } },
        'Sum',
      ) ?? 0;
    const names = ['ConnectCount', 'ClientError', 'ExecutionError'];
    const before = names.map(count);
    for (const query of ['', '?token=banned', '?token=unlucky']) await handshake(query);
    expect(names.map((name, i) => count(name) - (before[i] as number))).toEqual([3, 2, 1]);
  });

  it('is only possible at the stage', async () => {
    const socket = new WebSocket(local.ready.websocket.replace('/live', '/other?token=d1'));
    expect(
      await new Promise((resolve) =>
        socket.once('unexpected-response', (_request, response) => resolve(response.statusCode)),
      ),
    ).toBe(403);
  });
});

describe('a connection', () => {
  it('reaches its routes from connect to disconnect, with the context of the authorizer', async () => {
    const socket = await open('d1');
    socket.send('{"action":"hello"}');
    socket.send('{"action":"unknown"}');
    socket.send('no json');
    await events('d1', 4);
    socket.close(1000, 'bye');
    const all = await events('d1', 5);
    const brief = all.map(({ requestContext: { routeKey, eventType, authorizer }, body }) => ({
      routeKey,
      eventType,
      authorizer,
      body,
    }));
    const authorizer = { principalId: 'd1', roles: 'driver', level: '3', integrationLatency: expect.any(Number) };
    expect(brief[0]).toEqual({ routeKey: '$connect', eventType: 'CONNECT', authorizer, body: undefined });
    expect(brief.slice(1, 4)).toEqual(
      expect.arrayContaining([
        { routeKey: 'hello', eventType: 'MESSAGE', authorizer, body: '{"action":"hello"}' },
        { routeKey: '$default', eventType: 'MESSAGE', authorizer, body: '{"action":"unknown"}' },
        { routeKey: '$default', eventType: 'MESSAGE', authorizer, body: 'no json' },
      ]),
    );
    expect(brief[4]).toMatchObject({ routeKey: '$disconnect', eventType: 'DISCONNECT', authorizer });
    expect(all[4]?.requestContext).toMatchObject({ disconnectStatusCode: 1000, disconnectReason: 'bye' });
    expect(new Set(all.map(({ requestContext }) => requestContext.connectionId)).size).toBe(1);
  });

  it.each(['$connect', '$disconnect'])(
    'that sends the action %s selects that route with a message, and stays open',
    async (action) => {
      const who = `d-${action.slice(1)}`;
      const socket = await open(who);
      socket.send(JSON.stringify({ action }));
      socket.send('{"action":"hello"}');
      const all = await events(who, 3);
      const brief = all.map(({ requestContext: { routeKey, eventType } }) => `${routeKey} ${eventType}`);
      expect(brief[0]).toBe('$connect CONNECT');
      expect(brief.slice(1).toSorted()).toEqual([`${action} MESSAGE`, 'hello MESSAGE'].toSorted());
      expect(socket.readyState).toBe(WebSocket.OPEN);
      socket.close();
    },
  );

  it('can be posted to, described and ended; then it is gone', async () => {
    const socket = await open('d2');
    const [first] = await events('d2', 1);
    const ConnectionId = first?.requestContext.connectionId;
    const message = new Promise((resolve) =>
      socket.once('message', (data, isBinary) => resolve([data.toString(), isBinary])),
    );
    await management().send(new PostToConnectionCommand({ ConnectionId, Data: '{"type":"HI"}' }));
    expect(await message).toEqual(['{"type":"HI"}', false]);
    const { ConnectedAt, Identity } = await management().send(new GetConnectionCommand({ ConnectionId }));
    expect([ConnectedAt instanceof Date, Identity?.SourceIp]).toEqual([true, '127.0.0.1']);
    await expect(
      management().send(new PostToConnectionCommand({ ConnectionId, Data: 'x'.repeat(128 * 1024 + 1) })),
    ).rejects.toMatchObject({
      name: 'PayloadTooLargeException',
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await management().send(new DeleteConnectionCommand({ ConnectionId }));
    await closed;
    await expect(management().send(new PostToConnectionCommand({ ConnectionId, Data: 'x' }))).rejects.toBeInstanceOf(
      GoneException,
    );
  });

  it('may be posted to while it is being opened', async () => {
    const socket = new WebSocket(`${local.ready.websocket}?token=early`);
    const message = await new Promise((resolve) => socket.once('message', (data) => resolve(data.toString())));
    expect(message).toBe('welcome');
    socket.close();
  });

  it.each(['%E0%A4%A', '..%2F..', '%'])('is not there under the name %s, and the host keeps running', async (name) => {
    const { websocket } = local.ready;
    const url = `${websocket.replace(/^ws/, 'http')}/@connections/${name}`;
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(410);
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(410);
  });

  it('that sends more than 128 KB is closed', async () => {
    const socket = await open('d3');
    const code = new Promise((resolve) => socket.once('close', resolve));
    socket.send('x'.repeat(128 * 1024 + 1));
    expect(await code).toBe(1009);
  });
});
