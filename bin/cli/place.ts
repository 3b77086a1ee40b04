/** Which stack a command is about: the local one, found by its ready file, or a stage on AWS. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { Invalid } from '../../functions/kernel/errors.ts';
import { parseWith } from '../../functions/kernel/schema.ts';
import type { Tables } from '../../functions/ops/diagnose.store.ts';
import shipped from '../../functions/platform/flags.json' with { type: 'json' };

export type PlaceOptions = {
  readonly readyFile?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly stage?: string;
};
export type Place = {
  /** For people. */
  readonly name: string;
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly cloudWatch?: CloudWatchClient | undefined;
  readonly tables: Tables;
  /** What the names of its queues begin with. */
  readonly queuePrefix: string;
  /** A file whose percentages hold at this moment; without it those deployed with the functions. */
  readonly flagsFile?: string;
  /** These, as JSON: those of flags.json and of the stage's settings in this working copy. */
  readonly deployedFlags?: string;
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

/** A person waits, so a call may take longer than inside a function, but an answer must come. */
const patience = { maxAttempts: 3, requestHandler: { connectionTimeout: 2_000, requestTimeout: 15_000 } };

const clients = (
  settings: object,
  endpoints: { readonly dynamodb?: string; readonly sqs?: string; readonly cloudwatch?: string },
) => {
  const at = (endpoint: string | undefined) => ({ ...patience, ...settings, ...(endpoint ? { endpoint } : {}) });
  const dynamo = new DynamoDBClient(at(endpoints.dynamodb));
  const sqs = new SQSClient(at(endpoints.sqs));
  const cloudWatch = new CloudWatchClient(at(endpoints.cloudwatch));
  const close = (): void => [dynamo, sqs, cloudWatch].forEach((client) => void client.destroy());
  return { dynamo, sqs, cloudWatch, close };
};

const local = async (file: string): Promise<Place> => {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Invalid(
      `there is no ${file}: start the local stack with "npm start -- --ready-file ${file}", or name a stage on AWS with --stage`,
    );
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
    flagsFile: resolve(root, 'local/flags.json'),
  };
};

const settingsFile = 'tuntas.settings.json';
const settings = z.record(z.string(), z.looseObject({ flags: z.optional(z.record(z.string(), z.unknown())) }));

const deployedFlags = async (stage: string): Promise<string> => {
  const text = await readFile(resolve(root, settingsFile), 'utf8').catch(() => '{}');
  return JSON.stringify({ ...shipped, ...parseWith(settings, text)[stage]?.flags });
};

const onAws = async ({ profile, region, stage = 'dev' }: PlaceOptions): Promise<Place> => ({
  ...clients({ ...(profile ? { profile } : {}), ...(region ? { region } : {}) }, {}),
  name: `stage ${stage}${profile ? `, profile ${profile}` : ''}${region ? `, ${region}` : ''}`,
  tables: { state: `tuntas-${stage}-state`, story: `tuntas-${stage}-story` },
  queuePrefix: `tuntas-${stage}-`,
  deployedFlags: await deployedFlags(stage),
});

/** @throws {Invalid} when the options do not fit together, or the ready file is not there or not one */
export const placeOf = async (options: PlaceOptions): Promise<Place> => {
  const { readyFile, profile, region, stage } = options;
  const aws = profile ?? region ?? stage;
  if (readyFile && aws)
    throw new Invalid('--ready-file is for the local stack, --profile, --region and --stage are for AWS: choose one');
  return aws ? onAws(options) : local(readyFile ?? defaultReadyFile);
};
