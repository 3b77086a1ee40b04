/** Runs one benchmark in a separate process, so that none affects another; log lines of the functions are dropped. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Benchmark } from './report.ts';

// The runner is gone, and the report would have no reader.
process.on('disconnect', () => process.exit(1));

const [name] = process.argv.slice(2);
const { default: benchmark } = (await import(pathToFileURL(join(import.meta.dirname, '..', `${name}.ts`)).href)) as {
  default: Benchmark;
};
const report = await benchmark();
process.send?.(report, () => process.exit());
