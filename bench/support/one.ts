/** Runs one benchmark in a process of its own, so that none warms up or burdens another; what the functions log goes to nowhere. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Benchmark } from './report.ts';

// The runner is gone: nobody would read the report.
process.on('disconnect', () => process.exit(1));

const [name] = process.argv.slice(2);
const { default: benchmark } = (await import(pathToFileURL(join(import.meta.dirname, '..', `${name}.ts`)).href)) as {
  default: Benchmark;
};
const report = await benchmark();
process.send?.(report, () => process.exit());
