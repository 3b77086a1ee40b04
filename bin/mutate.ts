/** Takes rules out of the code one at a time and prints those whose loss no pure test of the same room notices. */
import { existsSync, globSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { Command } from 'commander';

const root = join(import.meta.dirname, '..');
const rooms = ['kernel', 'platform', 'dispatch', 'ezpay', 'payments', 'orders', 'notify', 'live', 'ops'];
/** Wiring and texts: types, bundles and the running stack hold them. */
const isRule = (file: string): boolean => !/\.(compose|handler|api|routes|schemas|answers|texts)\.ts$/.test(file);

const mirrorOf = (path: string): string => path.replace(/^functions\//, 'test/');
const isPure = (test: string): boolean => !/\.(cloud|running)\.test\.ts$/.test(test);

/** Files that are tested with embedded parts only are left to the cloud lane. */
const isPurelyTested = (file: string): boolean => {
  const tests = globSync(`${mirrorOf(dirname(file))}/${basename(file, '.ts')}*.test.ts`, { cwd: root });
  return tests.length === 0 || tests.some(isPure);
};

const filesOf = (path: string): readonly string[] => {
  if (!existsSync(join(root, path))) throw new Error(`${path} does not exist: name a folder or a file of functions/`);
  const files = statSync(join(root, path)).isFile() ? [path] : globSync(`${path}/**/*.ts`, { cwd: root });
  return files.filter((file) => isRule(file) && isPurelyTested(file));
};

/** The tests that mirror the path, or those of the nearest folder around it that has some. */
const testsOf = (path: string): readonly string[] => {
  const folder = mirrorOf(path.endsWith('.ts') ? dirname(path) : path);
  const tests = globSync(`${folder}/**/*.test.ts`, { cwd: root }).filter(isPure);
  return tests.length > 0 || folder === '.' ? tests : testsOf(dirname(path));
};

type Run = { readonly path: string; readonly tests: readonly string[]; readonly force: boolean };

const optionsOf = ({ path, tests, force }: Run): ConstructorParameters<typeof Stryker>[0] => ({
  mutate: [...filesOf(path)],
  testFiles: [...tests],
  // What neither the file nor its tests changed is not tried again.
  incremental: true,
  incrementalFile: join('.tuntas', 'mutation', `${path.replaceAll(/\W/g, '-')}.json`),
  force,
  testRunner: 'vitest',
  vitest: { related: false },
  plugins: ['@stryker-mutator/vitest-runner', join(import.meta.dirname, 'mutate.ignorer.ts')],
  coverageAnalysis: 'perTest',
  // A static value would need all tests again for each change of it.
  ignoreStatic: true,
  ignorers: ['empty-list'],
  // Most of these would not compile: types hold statuses, shapes, results and what may be missing. The rest are texts.
  mutator: { excludedMutations: ['StringLiteral', 'ObjectLiteral', 'ArrowFunction', 'OptionalChaining'] },
  tsconfigFile: 'none',
  disableTypeChecks: false,
  ignorePatterns: ['/build', '/cdk.out', '/.tuntas', '/bench'],
  reporters: ['clear-text'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, skipFull: true },
  cleanTempDir: 'always',
  concurrency: 2,
});

type Options = { readonly tests?: readonly string[]; readonly floor: string; readonly force?: boolean };

const named = (tests: readonly string[]): readonly string[] =>
  tests.flatMap((test) => (test.endsWith('.ts') ? [test] : testsOf(test)));

const mutate = async (path: string, { tests, force = false }: Options): Promise<number> => {
  const started = Date.now();
  const run = { path, tests: tests ? named(tests) : testsOf(path), force };
  const results = await new Stryker(optionsOf(run)).runMutationTest();
  const counted = results.filter(({ status }) => status !== 'Ignored');
  const noticed = counted.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
  const share = counted.length === 0 ? 100 : (100 * noticed) / counted.length;
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`${path}: ${noticed} of ${counted.length} noticed, ${share.toFixed(1)} %, in ${seconds} s\n`);
  return share;
};

await new Command('npm run mutate --')
  .description('Takes rules out one at a time and prints those that no test misses')
  .argument(
    '[paths...]',
    'folders or files of functions/',
    rooms.map((room) => `functions/${room}`),
  )
  .option('--tests <paths...>', 'folders or files of tests, instead of those that mirror the path')
  .option('--force', 'try again what has not changed since the last run')
  .option('--floor <percent>', 'fail below this share', '95')
  .action(async (paths: readonly string[], options: Options) => {
    for (const path of paths)
      if ((await mutate(path.replace(/\/$/, ''), options)) < Number(options.floor)) process.exitCode = 1;
  })
  .parseAsync();
