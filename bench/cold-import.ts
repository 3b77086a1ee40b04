/** How long a fresh process takes to import a bundle, over a bundle that only makes a DynamoDB client; and how large every bundle is. */
import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { budget, outdir } from '../build.ts';
import { bundled } from './support/own-bundle.ts';
import { memoryFolder } from './support/places.ts';
import { type Benchmark, line, number } from './support/report.ts';
import { inTurn, median } from './support/statistics.ts';

const runs = 21;
const subjects = ['dispatch-api', 'dispatch-offers'];

const onlyAClient = `
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
const client = new DynamoDBClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 500, requestTimeout: 1_500 } });
const commands = { GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand, UpdateItemCommand };
export const handler = ({ command, input }) => client.send(new commands[command](input));
`;

/** Every setting a bundle reads when it is imported. */
const environment = {
  PATH: process.env.PATH,
  AWS_REGION: 'ap-southeast-3',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  STATE_TABLE: 'state',
  STORY_TABLE: 'story',
  WEBSOCKET_ENDPOINT: 'http://127.0.0.1:9',
  DEAD_LETTER_URL: 'http://127.0.0.1:9/dead',
  TIMERS_QUEUE_URL: 'http://127.0.0.1:9/timers',
  PUSH_QUEUE_URL: 'http://127.0.0.1:9/push',
  BUS_NAME: 'bus',
  ROLES_CLAIM: 'roles',
  OIDC_ISSUER: 'http://127.0.0.1:9',
  OIDC_AUDIENCE: 'tuntas',
};

/** Prints the milliseconds until the bundle is ready to be called, and those of CPU time. */
const stopwatch = `
const cpu = process.cpuUsage();
const started = performance.now();
const { handler } = await import(process.argv[1]);
const ms = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
if (typeof handler !== 'function') throw new Error('no handler');
console.log(JSON.stringify({ ms, cpu: (user + system) / 1000 }));
`;

type Import = { readonly ms: number; readonly cpu: number };

const importOnce = async (file: string): Promise<Import> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', stopwatch, pathToFileURL(file).href],
    {
      env: environment,
    },
  );
  return JSON.parse(stdout) as Import;
};

type Size = { readonly name: string; readonly kb: number };

/** Largest first. */
const sizes = async (): Promise<readonly Size[]> => {
  const names = (await readdir(outdir, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const all = await Promise.all(
    names.map(async (name) => ({ name, kb: (await stat(join(outdir, name, 'index.mjs'))).size / 1024 })),
  );
  return all.toSorted((a, b) => b.kb - a.kb);
};

const benchmark: Benchmark = async () => {
  const folder = await memoryFolder();
  try {
    const floor = await bundled(onlyAClient, folder.path);
    const floorBytes = (await stat(floor)).size;
    const candidates = {
      floor: () => importOnce(floor),
      ...Object.fromEntries(subjects.map((name) => [name, () => importOnce(join(outdir, name, 'index.mjs'))])),
    };
    await inTurn(2, candidates);
    const imports = await inTurn(runs, candidates);
    const bundles = await sizes();
    const of = (name: string, key: keyof Import): number =>
      median((imports[name as 'floor'] ?? []).map((one) => one[key]));
    return {
      title: 'Cold import and size of the bundles',
      lines: [
        ...subjects.map((name) =>
          line(`import of ${name}`, {
            measured: of(name, 'ms'),
            floor: of('floor', 'ms'),
            unit: 'ms',
            limit: { of: 'ratio', atMost: 1.25 },
          }),
        ),
        ...subjects.map((name) =>
          line(`CPU time of it, ${name}`, { measured: of(name, 'cpu'), floor: of('floor', 'cpu'), unit: 'ms' }),
        ),
        line(`largest of ${bundles.length} bundles, ${bundles[0]?.name}`, {
          measured: bundles[0]?.kb ?? 0,
          unit: 'KB',
          limit: { of: 'measured', atMost: budget / 1024 },
        }),
      ],
      details: [{ columns: ['bundle', 'KB'], rows: bundles.map(({ name, kb }) => [name, number(kb)]) }],
      notes: [
        `Medians of ${runs} fresh processes each, in turn. Floor: a bundle of ${Math.round(floorBytes / 1024)} KB, built the same way, that makes a DynamoDB client and refers to five commands.`,
        'Bundles are minified; 1 KB is 1,024 bytes.',
      ],
    };
  } finally {
    await folder.remove();
  }
};

export default benchmark;
