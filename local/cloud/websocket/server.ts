/** A WebSocket API on its loopback port, with the @connections endpoint that functions post to. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { httpServer, listen, urlOf } from '../../server/http.ts';
import { account, region } from '../addresses.ts';
import type { Api } from '../http/template.ts';
import { throttleOf } from '../http/throttle.ts';
import type { Functions, LambdaFunction } from '../lambda/functions.ts';
import type { Needs } from '../parts.ts';
import { authorizeConnection } from './authorizer.ts';
import { type Connection, connectionOf, handshakeParts, requestContext } from './events.ts';
import { openInvoker } from './invoker.ts';
import { management, managementFailure, type Open } from './management.ts';

const largestMessage = 128 * 1024;
const idleMs = 10 * 60_000;
const longestMs = 2 * 3_600_000;
const checkMs = 15_000;
const disconnectsMs = 1000;

const refuse = (socket: Duplex, status: number): void => {
  const reason = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify({ message: reason });
  const head = ['content-type: application/json', `content-length: ${body.length}`, 'connection: close'];
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${head.join('\r\n')}\r\n\r\n${body}`);
};

const authorizerOf = ({ logicalId, routes }: Api, functions: Functions): LambdaFunction | undefined => {
  const authorizer = routes.find(({ key }) => key === '$connect')?.authorizer;
  if (!authorizer) return undefined;
  const { AuthorizerType, AuthorizerUri, IdentitySource } = authorizer;
  if (AuthorizerType !== 'REQUEST' || AuthorizerUri === undefined || IdentitySource.length > 0)
    throw new Error(`${logicalId}: only a REQUEST authorizer without identity sources is known here`);
  return functions.find(AuthorizerUri);
};

/** The connections of an API, from their upgrade to the event of their end. */
const openConnections = (api: Api, { invoke, receive }: ReturnType<typeof openInvoker>, mayPass: () => boolean) => {
  const open = new Map<string, Open>();
  const disconnects = new Set<Promise<unknown>>();

  const disconnected = (connection: Connection, disconnectStatusCode: number, disconnectReason: string): void => {
    const context = requestContext(connection, api, { routeKey: '$disconnect', eventType: 'DISCONNECT' });
    const disconnect = invoke('$disconnect', {
      headers: { Host: connection.domainName },
      requestContext: { ...context, disconnectStatusCode, disconnectReason },
    }).finally(() => disconnects.delete(disconnect));
    disconnects.add(disconnect);
  };
  const remove = ({ connection }: Open, code: number, reason: string): void => {
    if (open.delete(connection.id)) disconnected(connection, code, reason);
  };
  const take = async (one: Open, message: string): Promise<void> => {
    one.lastActiveAt = Date.now();
    const refusal = await receive(one.connection, message, mayPass());
    if (refusal) one.socket.send(JSON.stringify(refusal));
  };
  const checking = setInterval(() => {
    const now = Date.now();
    for (const { socket, connection, lastActiveAt } of open.values())
      if (now - lastActiveAt > idleMs || now - connection.connectedAt > longestMs) socket.close(1001, 'Going away');
  }, checkMs);

  return {
    open,
    disconnected,
    add: (socket: WebSocket, connection: Connection): void => {
      const one: Open = { connection, socket, lastActiveAt: Date.now() };
      open.set(connection.id, one);
      socket.on('message', (data) => void take(one, data.toString()));
      socket.on('error', () => {});
      socket.on('close', (code, reason) => remove(one, code, reason.toString()));
    },
    stop: async (): Promise<void> => {
      clearInterval(checking);
      for (const one of [...open.values()]) {
        remove(one, 1001, 'Going away');
        one.socket.terminate();
      }
      await Promise.race([Promise.all(disconnects), sleep(disconnectsMs, undefined, { ref: false })]);
    },
  };
};

export const startSocketApi = async (parts: Needs<'functions' | 'addresses' | 'monitor'>, api: Api) => {
  const { functions, addresses, monitor } = parts;
  const stage = api.stage.StageName;
  const methodArn = `arn:aws:execute-api:${region}:${account}:${api.id}/${stage}/$connect`;
  const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = api.stage.DefaultRouteSettings ?? {};
  const mayPass = throttleOf(rate, burst);
  const authorizer = authorizerOf(api, functions);
  const invoker = openInvoker(parts, api);
  const connections = openConnections(api, invoker, mayPass);
  const opening = new Map<string, Promise<unknown>>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage, perMessageDeflate: false });

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    monitor.socket(api, 'ConnectCount');
    const reject = (status: number): void => {
      if (status < 500) monitor.socket(api, 'ClientError');
      refuse(socket, status);
    };
    if (urlOf(request).pathname.replace(/\/$/, '') !== `/${stage}`) return reject(403);
    if (!mayPass()) return reject(429);
    const handshake = handshakeParts(request);
    const eventOf = (connection: Connection) => ({
      ...handshake,
      requestContext: requestContext(connection, api, { routeKey: '$connect', eventType: 'CONNECT' }),
    });
    const arrived = connectionOf(request);
    const authorization =
      authorizer && (await authorizeConnection(authorizer, { ...eventOf(arrived), stageVariables: {}, methodArn }));
    if (authorization && 'status' in authorization) return reject(authorization.status);
    const connection = authorization ? { ...arrived, authorizer: authorization.context } : arrived;
    const open = async (): Promise<void> => {
      if (!(await invoker.invoke('$connect', eventOf(connection)))) return refuse(socket, 500);
      if (socket.destroyed) return connections.disconnected(connection, 1006, '');
      sockets.handleUpgrade(request, socket, head, (opened) => connections.add(opened, connection));
    };
    const whenOpen = open().finally(() => opening.delete(connection.id));
    opening.set(connection.id, whenOpen);
    await whenOpen;
  };

  const server = httpServer(management({ open: connections.open, opening, stage, largestMessage }), managementFailure);
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    upgrade(request, socket, head).catch(() => refuse(socket, 500));
  });
  const listening = await listen(server, addresses.portOf(api.logicalId));
  return {
    ...listening,
    stop: async (): Promise<void> => {
      await connections.stop();
      sockets.close();
      await listening.stop();
    },
  };
};
