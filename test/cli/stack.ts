/** Tables, queues and metrics of their own for the tests of the command line, and a ready file that leads to them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { freePort } from '../../tools/places.ts';
import { run } from '../../bin/cli/program.ts';
import { toItem } from '../../functions/platform/dynamo.ts';
import { startDynamoDb } from '../../local/cloud/dynamodb/process.ts';
import { cloudWatchOperations } from '../../local/cloud/metrics/endpoint.ts';
import { openMetrics } from '../../local/cloud/metrics/store.ts';
import { startSqs } from '../../local/cloud/sqs/fauxqs.ts';
import { answerAws } from '../../local/server/aws-json.ts';
import { httpServer, listen } from '../../local/server/http.ts';

export type Ran = { readonly code: number; readonly printed: string; readonly complained: string };

export const startStack = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tuntas-cli-'));
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

  const readyFile = join(folder, 'ready.json');
  const ready = {
    api: 'http://127.0.0.1:9',
    dynamodb: dynamoDb.endpoint,
    sqs: `http://127.0.0.1:${sqsPort}`,
    cloudwatch: cloudWatch.url,
    region: settings.region,
    tables,
  };
  writeFileSync(readyFile, JSON.stringify(ready));

  return {
    folder,
    readyFile,
    ready,
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
        settleMs: 20,
      };
      const here = argv.some((word) => /^--(ready-file|stage|profile|region)$/.test(word))
        ? []
        : ['--ready-file', readyFile];
      const code = await run([...argv, ...here], output);
      return { code, printed: printed.join('\n'), complained: complained.join('\n') };
    },
    stop: async () => {
      dynamo.destroy();
      sqs.destroy();
      await Promise.all([dynamoDb.stop(), sqsServer.stop(), cloudWatch.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type Stack = Awaited<ReturnType<typeof startStack>>;

let rides = 0;
const pickup = { lat: -6.1767, lng: 106.8306, sequence: 0 };

/** Stores a ride that driver d1 declined: requested, offered to d1 and d2, declined; as the functions store it. */
export const declinedRide = async ({ put }: Stack, ago = 60_000) => {
  rides += 1;
  const rideId = `TNT-20261121-${String(rides).padStart(7, '0')}`;
  const pk = `ORDER#${rideId}`;
  const start = Date.now() - ago;
  const at = (ms: number): number => start + ms;
  const iso = (ms: number): string => new Date(at(ms)).toISOString();
  const event = (version: number, type: string, ms: number, more: object = {}) =>
    put('story', {
      pk,
      sk: `EVENT#ride#${String(version).padStart(6, '0')}`,
      kind: 'event',
      type: `ride.${type}`,
      id: `${rideId}/RIDE/${version}`,
      rideId,
      riderId: 'rider-1',
      version,
      at: iso(ms),
      ...more,
    });
  const dispatch = (driverId: string, sequence: number, ms: number, more: object = {}) =>
    put('story', {
      pk,
      sk: `DISPATCH#${driverId}#${sequence}`,
      kind: 'dispatch',
      dispatchKey: `dispatch:${rideId}:${driverId}:${sequence}`,
      driverId,
      sequence,
      version: 1,
      at: iso(ms),
      claimedAt: at(ms),
      sentAt: iso(ms + 5),
      channel: 'websocket',
      ...more,
    });
  const state = (more: object = {}, version = 2) =>
    put('state', {
      pk,
      sk: 'RIDE',
      version,
      state: {
        rideId,
        riderId: 'rider-1',
        status: 'DECLINED',
        by: 'd1',
        at: at(4_000),
        requestedAt: at(0),
        pickup,
        offers: { d1: { status: 'DECLINED', sequence: 1 }, d2: { status: 'WITHDRAWN', sequence: 2 } },
        ...more,
      },
    });
  await event(1, 'requested', 0, {
    serviceLine: 'BB',
    pickup,
    destination: pickup,
    policy: 'close',
    offered: ['d1', 'd2'],
  });
  await event(2, 'declined', 4_000, { driverId: 'd1', reason: 'too far', withdrawn: ['d2'] });
  await dispatch('d1', 1, 50);
  await dispatch('d2', 2, 60);
  await put('story', {
    pk,
    sk: 'NOTICE#rider-1#2',
    kind: 'notice',
    to: 'rider-1',
    type: 'RIDE_DECLINED',
    version: 2,
    at: iso(4_020),
  });
  await state();
  return { rideId, pk, event, dispatch, state };
};
