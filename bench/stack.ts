/** The local stack as a person meets it: how soon it is ready, what memory it takes under load, what it costs when nothing happens. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../build.ts';
import { openApps } from './support/apps.ts';
import { startLocalStack } from './support/local-stack.ts';
import { type Usage, usageOf } from './support/processes.ts';
import { type Benchmark, type Line, line } from './support/report.ts';
import { play } from './support/rounds.ts';
import { median } from './support/statistics.ts';

const starts = 3;
const idleSeconds = 8;
const sampleEvery = 200;

/** The first start builds what has changed; the others find it built. */
const readyTimes = async (): Promise<{ readonly first: number; readonly later: readonly number[] }> => {
  const seconds: number[] = [];
  for (let n = 0; n <= starts; n += 1) {
    const { secondsToReady, stop } = await startLocalStack('npm');
    seconds.push(secondsToReady);
    await stop();
  }
  const [first = Number.NaN, ...later] = seconds;
  return { first, later };
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
  const { first, later } = await readyTimes();
  return {
    title: 'The local stack',
    lines: [
      line(`npm start until ready, median of ${starts}`, { measured: median(later), unit: 's', limit: { of: 'measured', below: 8 } }),
      line('the start before them, building what had changed', { measured: first, unit: 's' }),
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
