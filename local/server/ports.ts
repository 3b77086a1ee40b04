/** Chooses the loopback ports, and remembers them so that they stay the same after a restart. */
import { createServer } from 'node:net';
import type { State } from '../cloud/state.ts';

export const LOOPBACK = '127.0.0.1';

export interface PortWish {
  /** Tried when none is remembered. */
  readonly usual?: number;
  /** This one, or an error. */
  readonly required?: number;
}

export type TakePort = (name: string, wish?: PortWish) => Promise<number>;

const tryPort = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      const given = typeof address === 'object' && address ? address.port : undefined;
      server.close(() => resolve(given));
    });
  });

export const portsOf = (state: State): TakePort => {
  const taken = new Set<number>();
  return async (name, { usual, required } = {}) => {
    const remembered = state.get('port', name);
    const wishes =
      required === undefined
        ? [remembered === undefined ? undefined : Number(remembered), state.memory ? 0 : usual, 0]
        : [required];
    let port: number | undefined;
    for (const wish of wishes) {
      if (port === undefined && wish !== undefined && !taken.has(wish)) port = await tryPort(wish);
    }
    if (port === undefined) throw new Error(`port ${required} is in use: choose another one with --port`);
    taken.add(port);
    state.set('port', name, String(port));
    return port;
  };
};
