/** Runs the local stack until it is stopped: `npm start`. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { builtAssembly } from './cloud/assembly-cache.ts';
import { type Local, startLocal } from './cloud/cloud.ts';
import type { Ready } from './cloud/ready.ts';
import { parseOptions, type StartOptions, usage } from './options.ts';
import { welcome } from './welcome.ts';

const root = join(import.meta.dirname, '..');
const parentCheckMs = 500;
const impatientMs = 500;
const longestStopMs = 8000;

// The host and each environment have separate heaps. Left to grow, their young generations take 120 MB more under load
// and save no time that can be measured; those of the environments begin at the size they would soon have.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--min-semi-space-size=2');

/** Complete or not at all, for those who wait for it. */
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
    // Ctrl-C under npm comes twice at once. A later one means not to wait; children end with this process anyway.
    if (endingSince !== undefined && Date.now() - endingSince > impatientMs) process.exit(1);
    if (endingSince !== undefined) return;
    endingSince = Date.now();
    setTimeout(() => process.exit(code), longestStopMs).unref();
    forget();
    const local = await starting?.catch(() => undefined);
    await local?.stop();
    process.exit(code);
  };
  const fail = (reason: unknown): void => {
    console.error(reason instanceof Error ? (reason.stack ?? reason.message) : reason);
    void end(1);
  };

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));
  process.on('uncaughtException', fail);
  process.stdout.on('error', () => {});
  const startedBy = Number(process.env.TUNTAS_STARTED_BY ?? process.pid);
  if (startedBy !== process.pid)
    setInterval(() => (process.ppid === startedBy ? undefined : void end(0)), parentCheckMs).unref();

  // The file of an earlier run must not be taken for this one's.
  if (options.readyFile !== undefined) rmSync(options.readyFile, { force: true });
  const assembly = await builtAssembly(root, print);
  starting = startLocal({ ...options, assembly, root, print, onBroken: fail });
  const { ready } = await starting;
  if (endingSince !== undefined) return;
  for (const file of readyFiles) writeReady(file, ready);
  written = true;
  print(welcome({ ...options, ready, root, seconds: (performance.now() - startedAt) / 1000 }));
};

try {
  const options = parseOptions(process.argv.slice(2), process.cwd(), root);
  if (options.help) console.log(usage);
  else await run(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
