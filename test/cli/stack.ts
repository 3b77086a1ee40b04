/** Tables, queues and metrics of their own for the tests of the command line, and a ready file that leads to them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { run } from '../../bin/cli/program.ts';
import { type CliClock, machineClock } from '../../bin/cli/target.ts';
import { toItem } from '../../functions/platform/dynamo.ts';
import { startDynamoDb } from '../../local/cloud/dynamodb/process.ts';
import { cloudWatchOperations } from '../../local/cloud/metrics/endpoint.ts';
import { openMetrics } from '../../local/cloud/metrics/store.ts';
import { startSqs } from '../../local/cloud/sqs/fauxqs.ts';
import { answerAws } from '../../local/server/aws-json.ts';
import { httpServer, listen } from '../../local/server/http.ts';
import { freePort } from '../../tools/places.ts';

export type Ran = { readonly code: number; readonly printed: string; readonly complained: string };

/** DynamoDB, SQS and CloudWatch with the tables and queues of a stage. */
const startServers = async (folder: string) => {
  const settings = { region: 'ap-southeast-3', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const dynamoDb = await startDynamoDb({
    folder,
    port: await freePort(),
    sweepPort: await freePort(),
    onEnd: () => {},
  });
  const sqsPort = await freePort();
  const sqsServer = await startSqs({ port: sqsPort, region: settings.region, folder: undefined });
  const metrics = openMetrics();
  const operations = cloudWatchOperations(metrics, { all: () => [], set: () => {} } as never);
  const cloudWatch = await listen(
    httpServer((request) => answerAws(request, operations)),
    await freePort(),
  );

  const dynamo = new DynamoDBClient({ ...settings, endpoint: dynamoDb.endpoint });
  const sqs = new SQSClient({ ...settings, endpoint: `http://127.0.0.1:${sqsPort}` });
  const tables = { state: 'tuntas-local-state', story: 'tuntas-local-story' };
  for (const TableName of Object.values(tables))
    await dynamo.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
  const urls = new Map<string, string>();
  for (const name of ['dispatch', 'dispatch-dead', 'timers', 'timers-dead']) {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `tuntas-local-${name}` }));
    urls.set(name, QueueUrl ?? '');
  }

  const ready = {
    api: 'http://127.0.0.1:9',
    dynamodb: dynamoDb.endpoint,
    sqs: `http://127.0.0.1:${sqsPort}`,
    cloudwatch: cloudWatch.url,
    region: settings.region,
    tables,
  };
  const stop = async () => {
    dynamo.destroy();
    sqs.destroy();
    await Promise.all([dynamoDb.stop(), sqsServer.stop(), cloudWatch.stop()]);
  };
  return { dynamo, sqs, metrics, tables, urls, ready, stop };
};

export const startStack = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tuntas-cli-'));
  const { dynamo, sqs, metrics, tables, urls, ready, stop } = await startServers(folder);
  const readyFile = join(folder, 'ready.json');
  writeFileSync(readyFile, JSON.stringify(ready));
  const pauses: number[] = [];
  let meanwhile = async (): Promise<unknown> => undefined;
  /** Pauses take no time: what a test lets happen during the next pause happens at once. */
  const clock: CliClock = {
    now: machineClock.now,
    pause: async (ms) => {
      pauses.push(ms);
      const happens = meanwhile;
      meanwhile = async () => undefined;
      await happens();
    },
  };

  return {
    folder,
    readyFile,
    ready,
    /** How long the commands paused, in milliseconds. */
    pauses: pauses as readonly number[],
    duringNextPause: (happens: () => Promise<unknown>): void => {
      meanwhile = happens;
    },
    put: (table: keyof typeof tables, item: Record<string, unknown>) =>
      dynamo.send(new PutItemCommand({ TableName: tables[table], Item: toItem(item) })),
    remove: (table: keyof typeof tables, pk: string, sk: string) =>
      dynamo.send(new DeleteItemCommand({ TableName: tables[table], Key: toItem({ pk, sk }) })),
    send: (queue: string, body: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl: urls.get(queue), MessageBody: body })),
    purge: (queue: string) => sqs.send(new PurgeQueueCommand({ QueueUrl: urls.get(queue) })),
    oldest: (queue: string, seconds: number) =>
      metrics.record(
        {
          namespace: 'AWS/SQS',
          name: 'ApproximateAgeOfOldestMessage',
          dimensions: { QueueName: `tuntas-local-${queue}` },
        },
        seconds,
      ),
    /** Runs the command line, as typed, on this stack. */
    tuntas: async (...argv: readonly string[]): Promise<Ran> => {
      const [printed, complained]: [string[], string[]] = [[], []];
      const output = {
        print: (text: string) => printed.push(text),
        complain: (text: string) => complained.push(text),
      };
      const here = argv.some((word) => /^--(ready-file|stage|profile|region)$/.test(word))
        ? []
        : ['--ready-file', readyFile];
      const code = await run([...argv, ...here], output, [], clock);
      return { code, printed: printed.join('\n'), complained: complained.join('\n') };
    },
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type Stack = Awaited<ReturnType<typeof startStack>>;
