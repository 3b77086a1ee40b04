/** A dedicated running stack for a test file, with its hooks: calls over HTTP, messages to queues, alarms. */
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { builtAssembly } from '../../local/cloud/assembly-cache.ts';
import { type Local, startLocal } from '../../local/cloud/cloud.ts';
import { type Role, tokensOf } from '../../local/people/people.ts';

const root = join(import.meta.dirname, '../..');
const account = { region: 'ap-southeast-3', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what the tests are about
export type Answer = { readonly status: number; readonly body: any };

export const send = async (
  url: string,
  method: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : {} };
};

export const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 15_000; !(await isSo()); ) {
    if (Date.now() > end) throw new Error(`not within 15 s: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Calls and messages to a stack that runs in this process or another. */
export const reach = (ready: Local['ready']) => {
  const database = new DynamoDBClient({ ...account, endpoint: ready.dynamodb });
  const queues = new SQSClient({ ...account, endpoint: ready.sqs });
  return {
    ready,
    database,
    // biome-ignore lint/complexity/useMaxParams: reads as who does what
    by: async (role: Role, sub: string, method: string, path: string, body?: object): Promise<Answer> =>
      send(ready.api + path, method, body, { authorization: `Bearer ${await tokensOf(ready, role, sub)(undefined)}` }),
    enqueue: async (queue: string, message: object): Promise<void> => {
      await queues.send(
        new SendMessageCommand({ QueueUrl: ready.queues[queue], MessageBody: JSON.stringify(message) }),
      );
    },
    leave: (): void => {
      database.destroy();
      queues.destroy();
    },
  };
};
export type Reach = ReturnType<typeof reach>;

export type OwnStack = Awaited<ReturnType<typeof ownStack>>;

/** @param variables of every function, after the template's own */
export const ownStack = async (variables: Readonly<Record<string, string>> = {}) => {
  const local: Local = await startLocal({
    assembly: await builtAssembly(root, () => {}),
    root,
    memory: true,
    port: 0,
    variables,
  });
  const reached = reach(local.ready);
  return {
    ...local,
    ...reached,
    rings: (promise: string): Promise<void> =>
      until(() => {
        local.hooks.evaluateAlarms();
        return local.hooks
          .alarms()
          .some(({ rule, state }) => rule.name === `tuntas-local-${promise}` && state === 'ALARM');
      }),
    end: async (): Promise<void> => {
      reached.leave();
      await local.stop();
    },
  };
};
