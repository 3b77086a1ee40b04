/** Runs the local stack until it is told to stop: `npm start`. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { builtAssembly } from './cloud/assembly-cache.ts';
import { type Local, startLocal } from './cloud/cloud.ts';
import type { Ready } from './cloud/ready.ts';
import { parseOptions, type StartOptions, USAGE } from './options.ts';
import { welcome } from './welcome.ts';

const root = join(import.meta.dirname, '..');
const PARENT_CHECK_MS = 500;
const IMPATIENT_MS = 500;
const LONGEST_STOP_MS = 8000;

// The host and each environment have a heap of their own. Left to grow, their young generations take 120 MB more under load and save no time that can be
// measured; those of the environments begin at the size they would soon have.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--min-semi-space-size=2');

/** Whole or not at all, for those who wait for it. */
const writeReady = (file: string, ready: Ready): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(ready, undefined, 2));
  renameSync(`${file}.new`, file);
};

const run = async (options: StartOptions): Promise<void> => {
  const startedAt = performance.now();
  const print = options.quiet ? () => {} : (line: string) => console.log(line);
  let starting: Promise<Local> | undefined;
  let endingSince: number | undefined;
  const readyFiles = [options.readyFile, options.ownReadyFile].filter((file) => file !== undefined);
  let written = false;
  // A second start on the same state must not take away the file of the first.
  const forget = (): void => {
    if (written) for (const file of readyFiles) rmSync(file, { force: true });
  };

  const end = async (code: number): Promise<void> => {
    // Ctrl-C under npm comes twice at once. Whoever asks again later does not want to wait; children end with this process anyway.
    if (endingSince !== undefined && Date.now() - endingSince > IMPATIENT_MS) process.exit(1);
    if (endingSince !== undefined) return;
    endingSince = Date.now();
    setTimeout(() => process.exit(code), LONGEST_STOP_MS).unref();
    forget();
    const local = await starting?.catch(() => undefined);
    await local?.stop();
    process.exit(code);
  };
  const fail = (reason: unknown): void => {
    console.error(reason instanceof Error ? (reason.stack ?? reason.message) : reason);
    void end(1);
  };

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void end(0));
  }
  process.on('uncaughtException', fail);
  process.stdout.on('error', () => {});
  const startedBy = Number(process.env.TUNTAS_STARTED_BY ?? process.pid);
  if (startedBy !== process.pid)
    setInterval(() => (process.ppid === startedBy ? undefined : void end(0)), PARENT_CHECK_MS).unref();

  // What an earlier run left behind must not be taken for this one.
  if (options.readyFile !== undefined) rmSync(options.readyFile, { force: true });
  const assembly = await builtAssembly(root, print);
  starting = startLocal({ ...options, assembly, root, print, onBroken: fail });
  const { ready } = await starting;
  if (endingSince !== undefined) return;
  for (const file of readyFiles) writeReady(file, ready);
  written = true;
  const flagsFile = join(root, 'local', 'flags.json');
  print(welcome({ ...options, ready, root, flagsFile, seconds: (performance.now() - startedAt) / 1000 }));
};

try {
  const options = parseOptions(process.argv.slice(2), process.cwd(), root);
  if (options.help) console.log(USAGE);
  else await run(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
