/** The ports of the local stack: the usual ones, the same after a restart, and never one that is in use. */
import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { State } from '../../../local/cloud/state.ts';
import { loopback, portsOf } from '../../../local/server/ports.ts';

const memory = (): State => {
  const stored = new Map<string, string>();
  return {
    directory: '',
    memory: false,
    get: (kind, key) => stored.get(`${kind} ${key}`),
    set: (kind, key, value) => void stored.set(`${kind} ${key}`, value),
    close: () => {},
  };
};
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
/** Listens on a port. @returns which */
const occupy = (port = 0): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(port, loopback, () => resolve((server.address() as { port: number }).port));
    servers.push(server);
  });
const release = (): Promise<unknown> =>
  Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));

it('takes the usual port, and the same after a restart whatever is usual then', async () => {
  const usual = await occupy();
  await release();
  const state = memory();
  expect(await portsOf(state)('api', { usual })).toBe(usual);
  expect(await portsOf(state)('api', { usual: usual - 1 })).toBe(usual);
});

it('takes another port when the usual one is in use, and remembers it', async () => {
  const usual = await occupy();
  const state = memory();
  const other = await portsOf(state)('api', { usual });
  expect(other).not.toBe(usual);
  await release();
  expect(await portsOf(state)('api', { usual })).toBe(other);
});

it('gives no port to two parts, though neither listens yet', async () => {
  const usual = await occupy();
  await release();
  const takePort = portsOf(memory());
  expect(await takePort('api', { usual })).toBe(usual);
  expect(await takePort('control', { usual })).not.toBe(usual);
});

it('refuses to start on a required port that is in use', async () => {
  const required = await occupy();
  await expect(portsOf(memory())('api', { required })).rejects.toThrow(
    `port ${required} is in use: choose another one with --port`,
  );
});
