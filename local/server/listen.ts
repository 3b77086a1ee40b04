/** Listens on loopback with connections kept alive, and stops without waiting for idle ones. */
import type { Server } from 'node:http';
import { LOOPBACK } from './ports.ts';

export interface Listening {
  readonly port: number;
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export const listen = async (server: Server, port: number): Promise<Listening> => {
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: LOOPBACK, backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port,
    url: `http://${LOOPBACK}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
