/** Bundles as functions are bundled: the floors built the same way, the functions loaded as Lambda loads them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import { build } from 'esbuild';
import { outdir, root, settings } from '../../build.ts';
import { contextOf } from './functions.ts';

/** A function that only sends: the floor of the webhook. */
export const onlySending = `
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
const queue = new SQSClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 500, requestTimeout: 1_200 } });
export const handler = (input) => queue.send(new SendMessageCommand(input));
`;

/** @returns the file of the bundle */
export const bundled = async (contents: string, folder: string): Promise<string> => {
  const { outputFiles } = await build({
    ...settings,
    stdin: { contents, resolveDir: root, sourcefile: 'floor.mjs' },
    outfile: join(folder, 'floor', 'index.mjs'),
  });
  for (const { path, contents: bytes } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  return join(folder, 'floor', 'index.mjs');
};

export const fileOf = (name: string): string => join(outdir, name, 'index.mjs');

let copies = 0;

/** The handler of a separate copy of the bundle, which reads its settings from the environment while it loads. */
export const loaded = async <Event, Answer>(
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<(event: Event) => Promise<Answer>> => {
  Object.assign(process.env, environment);
  copies += 1;
  const { handler } = (await import(`${pathToFileURL(file).href}?copy=${copies}`)) as {
    handler: (event: Event, context: Context) => Promise<Answer>;
  };
  let calls = 0;
  return (event) => {
    calls += 1;
    return handler(event, contextOf(`call-${calls}`));
  };
};
