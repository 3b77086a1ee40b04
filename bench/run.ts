/** `npm run bench [-- NAME …]`: the figures of this project on this machine, each with its floor of the same run. */
import { fork, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildAll, root } from '../build.ts';
import { type Folder, memoryFolder } from '../tools/places.ts';
import { load, machine } from './support/machine.ts';
import { type Report, reportText } from './support/report.ts';

const benchmarks = {
  writes:
    'what an order, from its request to its money, and each command write and read, at 1,000 and 100,000 stored rides',
  'handler-time': 'handlers over the bare SDK calls they make',
  'cold-import': 'import and size of the bundles',
  throughput: 'rides through the local stack over a bare loop of the same SDK calls',
  stack: 'the local stack: ready, memory, idle',
  payments: 'the webhook, early notifications, writes, and 2,000 notifications at once',
  ezpay: 'scans that meet late reports in each mode, reports per second, calls of a scan and of a report',
  'order-numbers': 'order numbers: waste and speed',
} as const;
type Name = keyof typeof benchmarks;

const usage = (): string =>
  [
    'npm run bench [-- NAME …] [--with-tests]',
    '',
    ...Object.entries(benchmarks).map(([name, text]) => `  ${name.padEnd(14)} ${text}`),
    '',
    '  --with-tests   also the wall time of npm test (some minutes)',
  ].join('\n');

/** The template has the tables. */
const synthesize = (folder: Folder): string => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin', 'app.ts')], {
    cwd: root,
    env: {
      ...process.env,
      CDK_VALIDATION: 'false',
      CDK_OUTDIR: folder.path,
      CDK_CONTEXT_JSON: JSON.stringify({ stage: 'local', 'aws:cdk:disable-asset-staging': true }),
    },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the template could not be made: ${stderr}`);
  return join(folder.path, 'tuntas-local.template.json');
};

const run = (name: Name, template: string, options: readonly string[]): Promise<Report> =>
  new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'support', 'one.ts'), [name, ...options], {
      cwd: root,
      env: { ...process.env, BENCH_TEMPLATE: template },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let report: Report | undefined;
    // Lines of functions, or why the benchmark broke.
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk;
    });
    child.on('message', (message) => {
      report = message as Report;
    });
    child.on('exit', (code) =>
      report ? resolve(report) : reject(new Error(`${name} broke (exit code ${code})\n${errors}`)),
    );
  });

const words = process.argv.slice(2);
const names = words.filter((word) => !word.startsWith('--'));
const options = words.filter((word) => word.startsWith('--'));
const unknown = [
  ...names.filter((name) => !Object.hasOwn(benchmarks, name)),
  ...options.filter((option) => option !== '--with-tests'),
];

if (unknown.length > 0) {
  console.error(`${unknown.join(', ')}: there is no such benchmark or option\n\n${usage()}`);
  process.exitCode = 1;
} else {
  const started = performance.now();
  const folder = await memoryFolder();
  const broken: string[] = [];
  let over = 0;
  try {
    await buildAll();
    const template = synthesize(folder);
    console.log(`Command: npm run bench${words.length > 0 ? ` -- ${words.join(' ')}` : ''}`);
    console.log(`Machine: ${machine()}`);
    console.log(`Date: ${new Date().toISOString()}\n`);
    for (const name of names.length > 0 ? (names as Name[]) : (Object.keys(benchmarks) as Name[])) {
      const before = load();
      try {
        const report = await run(name, template, options);
        over += report.lines.filter(({ verdict }) => verdict === 'over').length;
        console.log(`${reportText(report)}\n\nLoad average ${before} before, ${load()} after.\n`);
      } catch (error) {
        console.error(error instanceof Error ? error.message : error);
        broken.push(name);
      }
    }
  } finally {
    await folder.remove();
  }
  const seconds = Math.round((performance.now() - started) / 1_000);
  if (broken.length > 0) {
    console.error(`Broken: ${broken.join(', ')}`);
    process.exitCode = 1;
  }
  if (over > 0) process.exitCode = 1;
  const verdict =
    over === 0
      ? 'every figure measured is within its limit'
      : `${over} ${over === 1 ? 'figure is' : 'figures are'} OVER the limit`;
  console.log(`${seconds} s in all; ${verdict}.`);
}
