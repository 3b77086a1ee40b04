/** The local stack in a separate process, in memory, as `npm start` runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../build.ts';
import type { Ready } from '../../local/cloud/ready.ts';
import { memoryFolder } from '../../tools/places.ts';

export type LocalStack = { readonly ready: Ready; readonly secondsToReady: number; readonly stop: () => Promise<void> };

const longest = 60_000;

class EndedAtStart extends Error {}

const untilReady = async (child: ChildProcess, file: string): Promise<Ready> => {
  const givenUp = performance.now() + longest;
  while (!existsSync(file)) {
    if (child.exitCode !== null) throw new EndedAtStart(`the local stack ended at its start, with ${child.exitCode}`);
    if (performance.now() > givenUp) throw new Error('the local stack is not ready after a minute');
    await sleep(10);
  }
  return JSON.parse(await readFile(file, 'utf8')) as Ready;
};

const commands = {
  node: [process.execPath, join('local', 'start.ts')],
  npm: ['npm', 'start', '--silent', '--'],
} as const;

type StartOptions = {
  /** `npm` starts it as a person does; without it nothing but the stack is measured. */
  readonly by?: keyof typeof commands;
  /** The project's folder, or a copy of it. */
  readonly project?: string;
};

/** A port that was free may be taken before it is used; then the start is worth another try. */
export const startLocalStack = async (options: StartOptions = {}, attempts = 3): Promise<LocalStack> => {
  try {
    return await startOnce(options);
  } catch (error) {
    if (attempts <= 1 || !(error instanceof EndedAtStart)) throw error;
    return startLocalStack(options, attempts - 1);
  }
};

const startOnce = async ({ by = 'node', project = root }: StartOptions): Promise<LocalStack> => {
  const folder = await memoryFolder();
  const file = join(folder.path, 'ready.json');
  const started = performance.now();
  const [command, ...words] = commands[by];
  const child = spawn(command, [...words, '--memory', '--quiet', '--port', '0', '--ready-file', file], {
    cwd: project,
    // Started without npm, the stack ends with this process, however this one ends.
    env: { ...process.env, TUNTAS_STARTED_BY: String(process.pid) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stopping = async (kill: () => void): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) kill();
    await ended;
    await folder.remove();
  };
  try {
    const ready = await untilReady(child, file);
    return {
      ready,
      secondsToReady: (performance.now() - started) / 1_000,
      stop: () => stopping(() => process.kill(ready.pid, 'SIGTERM')),
    };
  } catch (error) {
    await stopping(() => child.kill('SIGTERM'));
    throw error;
  }
};
