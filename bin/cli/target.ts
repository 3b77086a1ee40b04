/** Which stack a command is about: the local one, found by its ready file, or a stage on AWS. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import type { Tables } from '../../functions/dispatch/commands.ts';
import { Invalid } from '../../functions/kernel/errors.ts';
import { parseWith } from '../../functions/kernel/schema.ts';
import { instant } from '../../functions/kernel/types.ts';
import type { FlagPorts } from '../../functions/platform/flag-file.ts';
import shipped from '../../functions/platform/flags.json' with { type: 'json' };
import type { Clock, Env } from '../../functions/platform/ports.ts';

export type TargetOptions = {
  readonly readyFile?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly stage?: string;
};
/** The clock of the commands; a test hands in its own. */
export type CliClock = Pick<Clock, 'now' | 'pause'>;
export const machineClock: CliClock = { now: () => instant(Date.now()), pause: async (ms) => pause(ms) };

/** A stack with the ports to read it by. */
export type Target = CliClock &
  FlagPorts & {
    /** For people. */
    readonly name: string;
    readonly dynamo: DynamoDBClient;
    readonly sqs: SQSClient;
    readonly cloudWatch?: CloudWatchClient | undefined;
    readonly tables: Tables;
    /** What the names of its queues begin with. */
    readonly queuePrefix: string;
    /** Where its functions have their flags from: a file that is read as it is now, or the deployment. */
    readonly flagSettings: Env;
    readonly close: () => void;
  };

const ready = z.object({
  api: z.string(),
  dynamodb: z.string(),
  sqs: z.string(),
  cloudwatch: z.optional(z.string()),
  region: z.optional(z.string()),
  tables: z.object({ state: z.string(), story: z.string() }),
});

export const defaultReadyFile = '.tuntas/ready.json';
const root = resolve(import.meta.dirname, '../..');

/** A person waits: a call may take longer than in a function, but must end. */
const timeouts = { maxAttempts: 3, requestHandler: { connectionTimeout: 2_000, requestTimeout: 15_000 } };

const clients = (
  settings: object,
  endpoints: { readonly dynamodb?: string; readonly sqs?: string; readonly cloudwatch?: string },
) => {
  const at = (endpoint: string | undefined) => ({ ...timeouts, ...settings, ...(endpoint ? { endpoint } : {}) });
  const dynamo = new DynamoDBClient(at(endpoints.dynamodb));
  const sqs = new SQSClient(at(endpoints.sqs));
  const cloudWatch = new CloudWatchClient(at(endpoints.cloudwatch));
  const close = (): void => [dynamo, sqs, cloudWatch].forEach((client) => void client.destroy());
  return { dynamo, sqs, cloudWatch, close };
};

type Found = Omit<Target, keyof CliClock | keyof FlagPorts>;

const local = async (file: string): Promise<Found> => {
  const text = await readFile(file, 'utf8').catch(() => {
    const start = `start the local stack with "npm start -- --ready-file ${file}"`;
    throw new Invalid(`there is no ${file}: ${start}, or name a stage on AWS with --stage`);
  });
  const { dynamodb, sqs, cloudwatch, region = 'ap-southeast-3', tables } = parseWith(ready, text);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const all = clients({ region, credentials }, { dynamodb, sqs, ...(cloudwatch ? { cloudwatch } : {}) });
  return {
    ...all,
    name: `the local stack (${file})`,
    cloudWatch: cloudwatch ? all.cloudWatch : undefined,
    tables,
    queuePrefix: 'tuntas-local-',
    flagSettings: { TUNTAS_FLAGS: resolve(root, 'local/flags.json') },
  };
};

const settingsFile = 'tuntas.settings.json';
const settings = z.record(z.string(), z.looseObject({ flags: z.optional(z.record(z.string(), z.unknown())) }));

/** Those of flags.json and of the stage's settings in this working copy. */
const deployedFlags = async (stage: string): Promise<string> => {
  const text = await readFile(resolve(root, settingsFile), 'utf8').catch(() => '{}');
  return JSON.stringify({ ...shipped, ...parseWith(settings, text)[stage]?.flags });
};

const onAws = async ({ profile, region, stage = 'dev' }: TargetOptions): Promise<Found> => ({
  ...clients({ ...(profile ? { profile } : {}), ...(region ? { region } : {}) }, {}),
  name: `stage ${stage}${profile ? `, profile ${profile}` : ''}${region ? `, ${region}` : ''}`,
  tables: { state: `tuntas-${stage}-state`, story: `tuntas-${stage}-story` },
  queuePrefix: `tuntas-${stage}-`,
  flagSettings: { TUNTAS_DEPLOYED_FLAGS: await deployedFlags(stage) },
});

/** @throws {Invalid} when the options contradict each other, or the ready file is missing or invalid */
export const targetOf = async (options: TargetOptions, clock: CliClock): Promise<Target> => {
  const { readyFile, profile, region, stage } = options;
  const aws = profile ?? region ?? stage;
  if (readyFile && aws)
    throw new Invalid('--ready-file is for the local stack, --profile, --region and --stage are for AWS: choose one');
  const found = await (aws ? onAws(options) : local(readyFile ?? defaultReadyFile));
  return { ...found, ...clock, readText: (path) => readFile(path, 'utf8') };
};
