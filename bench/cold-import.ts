/** How long a fresh process takes to import a bundle, over a bundle with a bare client; the size of each. */
import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { budget, outdir } from '../build.ts';
import { memoryFolder } from '../tools/places.ts';
import { bundled, fileOf, onlySending } from './support/own-bundle.ts';
import { type Benchmark, type Line, line, number } from './support/report.ts';
import { inTurn, median } from './support/statistics.ts';

const runs = 21;
/** Each over the bundle of a bare client; the webhook must start in the time its caller waits. */
const subjects = {
  'dispatch-api': { floor: 'dynamo', cpu: 1.45 },
  'dispatch-offers': { floor: 'dynamo', cpu: 1.45 },
  'payments-webhook': { floor: 'sqs', cpu: 1.25 },
} as const;
const names = Object.keys(subjects) as (keyof typeof subjects)[];

const onlyAClient = `
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { QueryCommand, TransactWriteItemsCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
const requestHandler = { connectionTimeout: 500, requestTimeout: 1_500 };
const client = new DynamoDBClient({ maxAttempts: 3, requestHandler });
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
  QUEUE_URL: 'http://127.0.0.1:9/own',
  WEBHOOK_QUEUE_URL: 'http://127.0.0.1:9/webhook',
  MIDTRANS_SERVER_KEYS: 'bench',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  WEBSOCKET_ENDPOINT: 'http://127.0.0.1:9',
  DEAD_LETTER_URL: 'http://127.0.0.1:9/dead',
  TIMERS_QUEUE_URL: 'http://127.0.0.1:9/timers',
  PUSH_QUEUE_URL: 'http://127.0.0.1:9/push',
  BUS_NAME: 'bus',
  KEEP_FACTS_AFTER_SECONDS: '600',
  SWEEP_OWN_PER_MINUTE: '20000',
  SWEEP_GATEWAY_PER_MINUTE: '1000',
  SWEEP_BUS_PER_MINUTE: '6000',
  ROLES_CLAIM: 'roles',
  OIDC_ISSUER: 'http://127.0.0.1:9',
  OIDC_AUDIENCE: 'tuntas',
};

/** Prints the milliseconds until the bundle is ready to be called, and those of CPU time. */
const stopwatch = `
const cpu = process.cpuUsage();
const started = performance.now();
const { handler } = await import(process.argv[1]);
const wall = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
if (typeof handler !== 'function') throw new Error('no handler');
console.log(JSON.stringify({ wall, cpu: (user + system) / 1000 }));
`;

type Import = { readonly wall: number; readonly cpu: number };

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
    const floors = {
      dynamo: await bundled(onlyAClient, join(folder.path, 'dynamo')),
      sqs: await bundled(onlySending, join(folder.path, 'sqs')),
    };
    const floorBytes = (await stat(floors.dynamo)).size;
    const candidates = Object.fromEntries([
      ...Object.entries(floors).map(([name, file]) => [name, () => importOnce(file)] as const),
      ...names.map((name) => [name, () => importOnce(fileOf(name))] as const),
    ]);
    await inTurn(2, candidates);
    const imports = await inTurn(runs, candidates);
    const bundles = await sizes();
    const of = (name: string, key: keyof Import): number => median((imports[name] ?? []).map((one) => one[key]));
    const lineOf = (name: keyof typeof subjects, key: keyof Import): Line =>
      line(`${key === 'cpu' ? 'CPU time of the import' : 'import'} of ${name}`, {
        measured: of(name, key),
        floor: of(subjects[name].floor, key),
        unit: 'ms',
        ...(key === 'cpu' ? { limit: { of: 'ratio', atMost: subjects[name].cpu } } : {}),
      });
    return {
      title: 'Cold import and size of the bundles',
      lines: [
        ...names.flatMap((name) => [lineOf(name, 'cpu'), lineOf(name, 'wall')]),
        line(`largest of ${bundles.length} bundles, ${bundles[0]?.name}`, {
          measured: bundles[0]?.kb ?? 0,
          unit: 'KB',
          limit: { of: 'measured', atMost: budget / 1024 },
        }),
      ],
      details: [{ columns: ['bundle', 'KB'], rows: bundles.map(({ name, kb }) => [name, number(kb)]) }],
      notes: [
        `Medians of ${runs} fresh processes each, in turn. Floor: a bundle of ${Math.round(floorBytes / 1024)} KB,
          built the same way, that makes a DynamoDB client and refers to five commands; for the webhook one that
          makes an SQS client and sends.`,
        'The import is judged by CPU time: the clock also measures what else runs on the machine.',
        'Bundles are minified; 1 KB is 1,024 bytes.',
      ],
    };
  } finally {
    await folder.remove();
  }
};

export default benchmark;
