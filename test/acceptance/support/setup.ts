/** Starts the local stack once for all acceptance tests, as `npm start` does, and stops it after the last. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import type { Ready } from './stack.ts';

declare module 'vitest' {
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface can be extended from outside
  export interface ProvidedContext {
    stack: Ready;
  }
}

const root = join(import.meta.dirname, '..', '..', '..');
const timeoutMs = 60_000;

export default async (project: TestProject): Promise<() => Promise<void>> => {
  const state = await mkdtemp(join(tmpdir(), 'tuntas-acceptance-'));
  const readyFile = join(state, 'ready.json');
  const stack = spawn(
    process.execPath,
    ['local/start.mjs', '--memory', '--port', '0', '--quiet', '--state', state, '--ready-file', readyFile],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const stop = async () => {
    if (stack.exitCode === null) {
      stack.kill('SIGTERM');
      await once(stack, 'exit');
    }
    await rm(state, { recursive: true, force: true });
  };
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline && stack.exitCode === null) {
    const ready = await readFile(readyFile, 'utf8').then(
      (text) => JSON.parse(text) as Ready,
      () => undefined,
    );
    if (ready) {
      project.provide('stack', ready);
      return stop;
    }
    await sleep(50);
  }
  await stop();
  throw new Error('the local stack was not ready in time');
};
