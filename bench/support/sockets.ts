/** The least `@connections` endpoint: takes the message and answers 200. */
import { createServer } from 'node:http';
import { freePort, loopback } from '../../tools/places.ts';

export type Posted = (connectionId: string, body: string) => void;
export type Sockets = { readonly endpoint: string; readonly stop: () => Promise<void> };

export const openSockets = async (onPosted: Posted = () => undefined): Promise<Sockets> => {
  const port = await freePort();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(200, { 'content-length': 0 }).end();
      onPosted(
        decodeURIComponent((request.url ?? '').split('/@connections/')[1] ?? ''),
        Buffer.concat(chunks).toString(),
      );
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(port, loopback, resolve));
  return {
    endpoint: `http://${loopback}:${port}/local`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
