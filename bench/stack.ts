/** The local stack: how soon it is ready, its memory under load, its cost when idle. */
import { spawn } from 'node:child_process';
import { cp, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { root } from '../build.ts';
import type { Ready } from '../local/cloud/ready.ts';
import { memoryFolder } from '../tools/places.ts';
import { openApps } from './support/apps.ts';
import { startLocalStack } from './support/local-stack.ts';
import { type Usage, usageOf } from './support/processes.ts';
import { type Benchmark, type Line, line } from './support/report.ts';
import { play, together } from './support/rounds.ts';
import { median } from './support/statistics.ts';

const starts = 3;
const idleSeconds = 8;
const sampleEvery = 200;

const secondsToReady = async (options: Parameters<typeof startLocalStack>[0]): Promise<number> => {
  const { secondsToReady, stop } = await startLocalStack(options);
  await stop();
  return secondsToReady;
};

/** The first start builds the functions and the template: in a copy of the project without them. */
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

/** What a person waits for who asks at once: every function starts with its first call. */
const firstCalls = async (): Promise<readonly Line[]> => {
  const { ready, stop } = await startLocalStack();
  try {
    const started = performance.now();
    await fetch(`${ready.api}/openapi.json`).then((answer) => answer.text());
    const first = performance.now() - started;
    const apps = await openApps(ready);
    const { p50 } = together([await play(apps, { rides: 1, atOnce: 1, candidates: 1 })]);
    apps.close();
    return [
      line('first request after the start', { measured: first, unit: 'ms' }),
      line('first ride after the start, until the driver’s message', { measured: p50, unit: 'ms' }),
    ];
  } finally {
    await stop();
  }
};

type Status = { readonly functions: readonly string[]; readonly started: number };

/** Starts the functions that no ride needs: by a request, or by a message that they park. */
const wakeAll = async ({ api, webhook, live, sqs, queues, tokens, admin }: Ready): Promise<Status> => {
  const { token } = (await (await fetch(`${tokens}?role=operator&sub=bench`)).json()) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  const order = 'TNT-20261121-0000000';
  for (const url of [
    `${api}/orders/${order}`,
    `${api}/orders/${order}/payments`,
    `${api}/orders/${order}/story`,
    `${api}/ezpay/${order}`,
    webhook,
  ])
    await fetch(url, { headers }).then((answer) => answer.text());
  const watching = new AbortController();
  await fetch(live, { headers, signal: watching.signal });
  watching.abort();
  const client = new SQSClient({
    endpoint: sqs,
    region: 'ap-southeast-3',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  for (const [name, QueueUrl] of Object.entries(queues))
    if (!name.endsWith('Dead')) await client.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
  client.destroy();
  await fetch(`${admin}/idle`);
  return (await (await fetch(`${admin}/status`)).json()) as Status;
};

const running = async (): Promise<readonly Line[]> => {
  const { ready, stop } = await startLocalStack();
  try {
    await sleep(3_000);
    const fresh = known(usageOf(ready.pid));
    await sleep(idleSeconds * 1_000);
    const idle = known(usageOf(ready.pid));
    const apps = await openApps(ready);
    await wakeAll(ready);
    const peak = await highest(ready.pid, async () => {
      await play(apps, { rides: 600, atOnce: 32, candidates: 3 });
      await play(apps, { rides: 1_000, atOnce: 1_000, candidates: 3 });
    });
    apps.close();
    await sleep(2_000);
    const after = known(usageOf(ready.pid));
    const { functions, started } = (await (await fetch(`${ready.admin}/status`)).json()) as Status;
    const memory = { unit: 'MB', limit: { of: 'measured', below: 700 } } as const;
    return [
      line('memory when ready', { measured: fresh.rssMb, ...memory }),
      line(`memory under load, ${started} of ${functions.length} functions started, highest`, {
        measured: peak,
        ...memory,
      }),
      line('memory after the load', { measured: after.rssMb, ...memory }),
      line('CPU when idle, of one core', {
        measured: (100 * (idle.cpuSeconds - fresh.cpuSeconds)) / idleSeconds,
        unit: '%',
      }),
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
      line('first npm start after the installation until ready, building all', {
        measured: await firstStart(),
        ...soon,
      }),
      line(`later npm start until ready, median of ${starts}`, { measured: await laterStarts(), ...soon }),
      ...(await firstCalls()),
      ...(await running()),
      ...(process.argv.includes('--with-tests') ? [await tests()] : []),
    ],
    notes: [
      `Memory is the resident set of the host and all its descendants (the DynamoDB emulator is one), pages shared
        between them counted for each.`,
      `Load: every function that can be reached from outside is called once, then 600 rides at 32 at once, then
        1,000 at once, three candidates each.`,
    ],
  };
};

export default benchmark;
