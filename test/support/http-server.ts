/** A real HTTP server on loopback whose answers the test writes. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};
/** Answers a request; never answering is an answer too. */
export type Respond = (received: Received, response: ServerResponse) => void;

export const json =
  (http: number, body: unknown): Respond =>
  (_, response) =>
    void response
      .writeHead(http, { 'content-type': 'application/json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body));

/** Answers each request with the next of its answers; the last one stays. */
export const httpServer = async () => {
  const received: Received[] = [];
  let answers: Respond[] = [];
  const server = createServer(async (request, response) => {
    const body = (await Array.fromAsync(request)).map(String).join('');
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
    received.push(one);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answers: (...next: readonly Respond[]): void => {
      answers = [...next];
      received.length = 0;
    },
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
