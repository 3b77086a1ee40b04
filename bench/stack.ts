/** The local stack as a person meets it: how soon it is ready, what memory it takes under load, what it costs when nothing happens. */
import { spawn } from 'node:child_process';
import { cp, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../build.ts';
import { openApps } from './support/apps.ts';
import { startLocalStack } from './support/local-stack.ts';
import { memoryFolder } from './support/places.ts';
import { type Usage, usageOf } from './support/processes.ts';
import { type Benchmark, type Line, line } from './support/report.ts';
import { play } from './support/rounds.ts';
import { median } from './support/statistics.ts';

const starts = 3;
const idleSeconds = 8;
const sampleEvery = 200;

const secondsToReady = async (options: Parameters<typeof startLocalStack>[0]): Promise<number> => {
  const { secondsToReady, stop } = await startLocalStack(options);
  await stop();
  return secondsToReady;
};

/** The first start after the installation builds the functions and the template: in a copy of the project where neither is. */
const firstStart = async (): Promise<number> => {
  const folder = await memoryFolder();
  try {
    const notBuilt = ['node_modules', 'build', 'cdk.out', '.tuntas', '.git'];
    for (const name of await readdir(root)) {
      if (!notBuilt.includes(name)) await cp(join(root, name), join(folder.path, name), { recursive: true });
    }
    await symlink(join(root, 'node_modules'), join(folder.path, 'node_modules'));
    return await secondsToReady({ by: 'npm', project: folder.path });
  } finally {
    await folder.remove();
  }
};

const laterStarts = async (): Promise<number> => {
  await secondsToReady({ by: 'npm' });
  const seconds: number[] = [];
  for (let n = 0; n < starts; n += 1) seconds.push(await secondsToReady({ by: 'npm' }));
  return median(seconds);
};

const known = (usage: Usage | undefined): Usage => {
  if (!usage) throw new Error('memory and CPU time are only known on Linux');
  return usage;
};

const highest = async (pid: number, work: () => Promise<unknown>): Promise<number> => {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, usageOf(pid)?.rssMb ?? 0);
  }, sampleEvery);
  await work();
  clearInterval(timer);
  return peak;
};

const running = async (): Promise<readonly Line[]> => {
  const { ready, stop } = await startLocalStack();
  try {
    await sleep(3_000);
    const fresh = known(usageOf(ready.pid));
    await sleep(idleSeconds * 1_000);
    const idle = known(usageOf(ready.pid));
    const apps = await openApps(ready);
    const peak = await highest(ready.pid, async () => {
      await play(apps, { rides: 600, atOnce: 32, candidates: 3 });
      await play(apps, { rides: 1_000, atOnce: 1_000, candidates: 3 });
    });
    apps.close();
    await sleep(2_000);
    const after = known(usageOf(ready.pid));
    const memory = { unit: 'MB', limit: { of: 'measured', below: 700 } } as const;
    return [
      line('memory when ready', { measured: fresh.rssMb, ...memory }),
      line('memory under load, highest', { measured: peak, ...memory }),
      line('memory after the load', { measured: after.rssMb, ...memory }),
      line('CPU when idle, of one core', { measured: (100 * (idle.cpuSeconds - fresh.cpuSeconds)) / idleSeconds, unit: '%' }),
      line('processes', { measured: after.processes }),
    ];
  } finally {
    await stop();
  }
};

const tests = (): Promise<Line> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn('npm', ['test', '--silent'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code) =>
      resolve(
        line(code === 0 ? 'npm test' : `npm test (failed with ${code})`, {
          measured: (performance.now() - started) / 1_000,
          unit: 's',
          limit: { of: 'measured', below: 300 },
        }),
      ),
    );
  });

const benchmark: Benchmark = async () => {
  const soon = { unit: 's', limit: { of: 'measured', below: 8 } } as const;
  return {
    title: 'The local stack',
    lines: [
      line('first npm start after the installation until ready, building all', { measured: await firstStart(), ...soon }),
      line(`later npm start until ready, median of ${starts}`, { measured: await laterStarts(), ...soon }),
      ...(await running()),
      ...(process.argv.includes('--with-tests') ? [await tests()] : []),
    ],
    notes: [
      'Memory is the resident set of the host and all its descendants (the DynamoDB emulator is one), pages shared between them counted for each.',
      'Load: 600 rides at 32 at once, then 1,000 at once, three candidates each.',
    ],
  };
};

export default benchmark;
