/** Chooses the loopback ports, and remembers them so that they stay the same after a restart. */
import { createServer } from 'node:net';
import type { State } from '../cloud/state.ts';

export const loopback = '127.0.0.1';
export const urlAt = (port: number): string => `http://${loopback}:${port}`;

export type TakePort = ReturnType<typeof portsOf>;
/** `usual` is tried when none is remembered; `required` is taken, or an error. */
type PortRequest = { readonly usual?: number; readonly required?: number | undefined };

const tryPort = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, loopback, () => {
      const address = server.address();
      const given = typeof address === 'object' && address ? address.port : undefined;
      server.close(() => resolve(given));
    });
  });

export const portsOf = (state: State) => {
  const taken = new Set<number>();
  return async (name: string, { usual, required }: PortRequest = {}): Promise<number> => {
    const remembered = state.get('port', name);
    const candidates = required === undefined ? [remembered, state.memory ? 0 : usual, 0] : [required];
    for (const candidate of candidates.filter((one) => one !== undefined).map(Number)) {
      const port = taken.has(candidate) ? undefined : await tryPort(candidate);
      if (port === undefined) continue;
      taken.add(port);
      state.set('port', name, String(port));
      return port;
    }
    throw new Error(`port ${required} is in use: choose another one with --port`);
  };
};
