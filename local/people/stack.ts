/** The local stack for a program that needs one: the running one, or a new one that ends with the program. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ready } from '../cloud/ready.ts';

export type FoundStack = { readonly ready: Ready; readonly isOurs: boolean; readonly stop: () => Promise<void> };

const root = join(import.meta.dirname, '../..');
const startTimeoutMs = 120_000;

const readyFrom = (file: string): Promise<Ready | undefined> =>
  readFile(file, 'utf8').then(JSON.parse, () => undefined);

/** A ready file can outlive its stack. */
const answers = ({ api }: Ready): Promise<boolean> =>
  fetch(`${api}/openapi.json`, { signal: AbortSignal.timeout(2_000) })
    .then(({ ok }) => ok)
    .catch(() => false);

const start = async (): Promise<FoundStack> => {
  const folder = await mkdtemp(join(tmpdir(), 'tuntas-'));
  const file = join(folder, 'ready.json');
  const options = ['--memory', '--port', '0', '--quiet', '--state', folder, '--ready-file', file];
  const child = spawn(process.execPath, ['local/start.mjs', ...options], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline && child.exitCode === null) {
    const ready = await readyFrom(file);
    if (ready) return { ready, isOurs: true, stop };
    await sleep(50);
  }
  await stop();
  throw new Error('the local stack was not ready in time');
};

/**
 * @param readyFile of a stack that may run
 * @throws when none runs and none can be started
 */
export const findStack = async (readyFile: string): Promise<FoundStack> => {
  const ready = await readyFrom(readyFile);
  return ready && (await answers(ready)) ? { ready, isOurs: false, stop: async () => {} } : start();
};
