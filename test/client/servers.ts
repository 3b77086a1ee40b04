/** Real servers for the tests of the client: HTTP that answers by script, and a WebSocket that receives and sends. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
};
/** What to answer; `hang` never answers, `drop` cuts the line. */
export type Scripted =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly text?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'hang'
  | 'drop';

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

const answer = (scripted: Scripted, request: IncomingMessage, response: ServerResponse): void => {
  if (scripted === 'hang') return;
  if (scripted === 'drop') return void request.socket.destroy();
  response.writeHead(scripted.status, { 'content-type': 'application/json', ...scripted.headers });
  response.end(scripted.text ?? JSON.stringify(scripted.body ?? {}));
};

/** @param script answers by the number of the request, from 0; a function sees the request too */
export const httpServer = async (script: (request: Received, index: number) => Scripted | Promise<Scripted>) => {
  const received: (Received & { readonly at: number })[] = [];
  const server = createServer(async (request, response) => {
    const text = await textOf(request);
    const seen = {
      at: Date.now(),
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: text ? JSON.parse(text) : {},
    };
    received.push(seen);
    answer(await script(seen, received.length - 1), request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

export type Connection = {
  readonly token: string | null;
  readonly received: Readonly<Record<string, unknown>>[];
  readonly send: (message: object | string) => void;
  /** Closes as a server does; `cut`: the network breaks; `freeze`: the network is dead without a sign. */
  readonly close: () => void;
  readonly cut: () => void;
  readonly freeze: () => void;
  readonly isOpen: () => boolean;
};

export const socketServer = async (
  options: {
    readonly port?: number;
    readonly admits?: (token: string | null) => boolean;
    readonly answersPings?: boolean;
  } = {},
) => {
  const { port = 0, admits = () => true, answersPings = true } = options;
  const connections: Connection[] = [];
  const refused: (string | null)[] = [];
  const tokenOf = ({ url }: IncomingMessage) => new URL(url ?? '/', 'http://localhost').searchParams.get('token');
  const server = new WebSocketServer({
    port,
    host: '127.0.0.1',
    verifyClient: ({ req }: { req: IncomingMessage }) => {
      const admitted = admits(tokenOf(req));
      if (!admitted) refused.push(tokenOf(req));
      return admitted;
    },
  });
  server.on('connection', (socket: WebSocket, request) => {
    const received: Readonly<Record<string, unknown>>[] = [];
    let frozen = false;
    connections.push({
      token: tokenOf(request),
      received,
      send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
      close: () => socket.close(1001, 'going away'),
      cut: () => socket.terminate(),
      freeze: () => {
        frozen = true;
      },
      isOpen: () => socket.readyState === socket.OPEN,
    });
    socket.on('message', (text) => {
      if (frozen) return;
      const message = JSON.parse(String(text));
      received.push(message);
      if (message.action === 'ping' && answersPings) socket.send('{"type":"PONG"}');
      if (message.action === 'register-push')
        socket.send(
          message.token === 'bad'
            ? JSON.stringify({
                type: 'ERROR',
                code: 'INVALID_MESSAGE',
                detail: 'no',
                errors: [{ field: 'token', message: 'is bad' }],
              })
            : '{"type":"PUSH_REGISTERED"}',
        );
    });
  });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  const given = (server.address() as AddressInfo).port;
  return {
    websocket: `ws://127.0.0.1:${given}/`,
    port: given,
    connections,
    refused,
    stop: () =>
      new Promise<void>((resolve) => {
        for (const socket of server.clients) socket.terminate();
        server.close(() => resolve());
      }),
  };
};

export const until = async (what: string, holds: () => boolean, ms = 5_000): Promise<void> => {
  const end = Date.now() + ms;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
