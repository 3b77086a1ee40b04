/** A WebSocket API on its own loopback port, with the @connections endpoint that functions post to. */
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type Listening, listen } from '../../server/listen.ts';
import type { Api, ApiRoute } from '../http/template.ts';
import { throttleOf } from '../http/throttle.ts';
import type { Functions, LambdaFunction } from '../lambda/functions.ts';
import { askAuthorizer } from './authorizer.ts';
import {
  type ApiFacts,
  type ConnectionFacts,
  connectionId,
  handshakeParts,
  methodArn,
  requestContext,
} from './events.ts';
import { answerManagement, type Live } from './management.ts';

const LARGEST_MESSAGE = 128 * 1024;
const IDLE_MS = 10 * 60_000;
const LONGEST_MS = 2 * 3_600_000;
const CHECK_MS = 15_000;
const LAST_WORDS_MS = 1000;

export interface SocketApiOptions {
  readonly api: Api;
  readonly port: number;
  readonly functions: Functions;
  readonly region: string;
  readonly account: string;
  readonly onMetric: (name: SocketMetric) => void;
}

/** What API Gateway counts of a WebSocket API. */
export type SocketMetric = 'ConnectCount' | 'MessageCount' | 'ClientError' | 'IntegrationError' | 'ExecutionError';

export interface SocketApi extends Listening {
  readonly connections: () => number;
}

/** Only `$request.body.<field>` can select a route. */
const selectorOf = (expression: string | undefined): ((body: string) => string) => {
  const [, field] = /^\$request\.body\.(\w+)$/.exec(expression ?? '') ?? [];
  if (field === undefined) throw new Error(`the route selection expression ${expression} is not known here`);
  return (body) => {
    try {
      const parsed: unknown = JSON.parse(body);
      const value =
        typeof parsed === 'object' && parsed !== null
          ? Object.entries(parsed).find(([name]) => name === field)?.[1]
          : undefined;
      return typeof value === 'string' ? value : '$default';
    } catch {
      return '$default';
    }
  };
};

const refuse = (socket: Duplex, status: number): void => {
  const words: Readonly<Record<number, string>> = {
    401: 'Unauthorized',
    403: 'Forbidden',
    429: 'Too Many Requests',
    500: 'Internal Server Error',
  };
  const body = JSON.stringify({ message: words[status] ?? 'Internal server error' });
  socket.end(
    `HTTP/1.1 ${status} ${words[status] ?? 'Error'}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
};

export const startSocketApi = async ({
  api,
  port,
  functions,
  region,
  account,
  onMetric,
}: SocketApiOptions): Promise<SocketApi> => {
  const facts: ApiFacts = { apiId: api.id, stage: api.stage.StageName, region, account };
  const routes = new Map(api.routes.map((route) => [route.key, route] as const));
  const targets = new Map(api.routes.map(({ key, target }) => [key, functions.find(target)] as const));
  const select = selectorOf(api.selection);
  const authorizerOf = (route: ApiRoute | undefined): LambdaFunction | undefined => {
    if (!route?.authorizer) return undefined;
    const { AuthorizerType, AuthorizerUri, IdentitySource } = route.authorizer;
    if (AuthorizerType !== 'REQUEST' || AuthorizerUri === undefined || IdentitySource.length > 0) {
      throw new Error(`${api.logicalId}: only a REQUEST authorizer without identity sources is known here`);
    }
    return functions.find(AuthorizerUri);
  };
  const authorizer = authorizerOf(routes.get('$connect'));
  const { DefaultRouteSettings: limits } = api.stage;
  const mayPass = throttleOf(limits?.ThrottlingRateLimit, limits?.ThrottlingBurstLimit);
  const live = new Map<string, Live>();
  const opening = new Map<string, Promise<unknown>>();
  const farewells = new Set<Promise<unknown>>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE, perMessageDeflate: false });

  const invoke = async (routeKey: string, event: Readonly<Record<string, unknown>>): Promise<boolean> => {
    const target = targets.get(routeKey);
    if (!target) return routeKey !== '$connect' || !routes.has(routeKey);
    const outcome = await target.invoke(JSON.stringify({ ...event, isBase64Encoded: false }));
    if (!outcome.ok) {
      onMetric('ExecutionError');
      return false;
    }
    const result: { statusCode?: unknown } | null = JSON.parse(outcome.payload);
    const status = Number(result?.statusCode ?? 200);
    const isSuccess = status >= 200 && status < 300;
    if (!isSuccess) onMetric('IntegrationError');
    return isSuccess;
  };

  const receive = async (one: Live, data: RawData): Promise<void> => {
    one.lastActiveAt = Date.now();
    onMetric('MessageCount');
    const body = data.toString();
    const wanted = select(body);
    const routeKey = routes.has(wanted) ? wanted : '$default';
    const context = requestContext(one.facts, facts, { routeKey, eventType: 'MESSAGE' });
    const passes = mayPass();
    const handled = passes && routes.has(routeKey) && (await invoke(routeKey, { requestContext: context, body }));
    if (handled) return;
    if (!passes || !routes.has(routeKey)) onMetric('ClientError');
    const refusal = routes.has(routeKey) ? 'Internal server error' : 'Forbidden';
    const message = passes ? refusal : 'Too Many Requests';
    one.socket.send(JSON.stringify({ message, connectionId: one.facts.id, requestId: context.requestId }));
  };

  const sayGone = (connection: ConnectionFacts, code: number, reason: string): void => {
    const context = {
      ...requestContext(connection, facts, { routeKey: '$disconnect', eventType: 'DISCONNECT' }),
      disconnectStatusCode: code,
      disconnectReason: reason,
    };
    const farewell = invoke('$disconnect', {
      headers: { Host: connection.domainName },
      requestContext: context,
    }).finally(() => farewells.delete(farewell));
    farewells.add(farewell);
  };

  const part = ({ facts: connection }: Live, code: number, reason: string): void => {
    if (live.delete(connection.id)) sayGone(connection, code, reason);
  };

  const admit = (socket: WebSocket, connection: ConnectionFacts): void => {
    const one: Live = { facts: connection, socket, lastActiveAt: Date.now() };
    live.set(connection.id, one);
    socket.on('message', (data) => void receive(one, data));
    socket.on('error', () => {});
    socket.on('close', (code, reason) => part(one, code, reason.toString()));
  };

  const shake = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://local');
    onMetric('ConnectCount');
    const turnAway = (status: number): void => {
      if (status < 500) onMetric('ClientError');
      refuse(socket, status);
    };
    if (pathname.replace(/\/$/, '') !== `/${facts.stage}`) return turnAway(403);
    if (!mayPass()) return turnAway(429);
    const connection: ConnectionFacts = {
      id: connectionId(),
      connectedAt: Date.now(),
      sourceIp: request.socket.remoteAddress ?? '',
      userAgent: request.headers['user-agent'] ?? '',
      domainName: request.headers.host ?? '',
      authorizer: undefined,
    };
    const handshake = handshakeParts(request);
    const contextNow = (): Record<string, unknown> =>
      requestContext(connection, facts, { routeKey: '$connect', eventType: 'CONNECT' });
    if (authorizer) {
      const verdict = await askAuthorizer(
        authorizer,
        { ...handshake, stageVariables: {}, requestContext: contextNow() },
        methodArn(facts),
      );
      if (!verdict.allowed) return turnAway(verdict.status);
      connection.authorizer = verdict.context;
    }
    const open = async (): Promise<void> => {
      if (!(await invoke('$connect', { ...handshake, requestContext: contextNow() }))) return refuse(socket, 500);
      if (socket.destroyed) return sayGone(connection, 1006, '');
      sockets.handleUpgrade(request, socket, head, (opened) => admit(opened, connection));
    };
    const whenOpen = open().finally(() => opening.delete(connection.id));
    opening.set(connection.id, whenOpen);
    await whenOpen;
  };

  const server = createServer(
    (request, response) =>
      void answerManagement(request, response, { live, opening, stage: facts.stage, largest: LARGEST_MESSAGE }).catch(
        () => response.destroy(),
      ),
  );
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    shake(request, socket, head).catch(() => refuse(socket, 500));
  });
  const patrol = setInterval(() => {
    const now = Date.now();
    for (const { socket, facts: own, lastActiveAt } of live.values()) {
      if (now - lastActiveAt > IDLE_MS || now - own.connectedAt > LONGEST_MS) socket.close(1001, 'Going away');
    }
  }, CHECK_MS);

  const listening = await listen(server, port);
  return {
    ...listening,
    connections: () => live.size,
    stop: async () => {
      clearInterval(patrol);
      for (const one of [...live.values()]) {
        part(one, 1001, 'Going away');
        one.socket.terminate();
      }
      await Promise.race([Promise.all(farewells), new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS))]);
      sockets.close();
      await listening.stop();
    },
  };
};
