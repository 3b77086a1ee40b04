/** Queues and a bus for the bare loop: the SDK's calls to the emulator of the local stack, and to the least bus. */
import { createServer } from 'node:http';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { batchesOf } from '../../functions/kernel/batches.ts';
import { startSqs } from '../../local/cloud/sqs/fauxqs.ts';
import { freePort, loopback } from '../../tools/places.ts';

const region = 'ap-southeast-3';
const batch = 10;
const longPoll = 1;

/** `calls`: messages are sent, received and deleted with the SDK; `memory`: passed on without a call, as locally. */
export type Queueing = 'calls' | 'memory';

export type Queue = {
  readonly send: (bodies: readonly string[]) => Promise<void>;
  /** Takes up to ten messages, waiting a second for the first; deletes them when they are handled. */
  readonly next: (handle: (body: string) => Promise<void>) => Promise<void>;
};

const withCalls = (client: SQSClient, QueueUrl: string): Queue => ({
  send: async (bodies) => {
    await Promise.all(
      batchesOf(bodies, batch).map((some) =>
        client.send(
          new SendMessageBatchCommand({
            QueueUrl,
            Entries: some.map((MessageBody, n) => ({ Id: String(n), MessageBody })),
          }),
        ),
      ),
    );
  },
  next: async (handle) => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: batch, WaitTimeSeconds: longPoll }),
    );
    if (Messages.length === 0) return;
    await Promise.all(Messages.map(({ Body = '' }) => handle(Body)));
    const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  },
});

const inMemory = (): Queue => {
  const bodies: string[] = [];
  let wake = (): void => undefined;
  let woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  return {
    send: async (more) => {
      bodies.push(...more);
      wake();
      woken = new Promise((resolve) => {
        wake = resolve;
      });
    },
    next: async (handle) => {
      if (bodies.length === 0)
        await Promise.race([woken, new Promise((resolve) => setTimeout(resolve, longPoll * 1_000).unref())]);
      await Promise.all(bodies.splice(0, batch).map(handle));
    },
  };
};

export const openQueues = async (queueing: Queueing) => {
  const port = await freePort();
  const server = await startSqs({ port, region, folder: undefined });
  const client = new SQSClient({
    region,
    endpoint: `http://${loopback}:${port}`,
    maxAttempts: 3,
  });
  const made = (name: string): string => {
    const url = `http://${loopback}:${port}/000000000000/${name}`;
    server.store.createQueue(name, url, `arn:aws:sqs:${region}:000000000000:${name}`, { VisibilityTimeout: '30' });
    return url;
  };
  return {
    client,
    timersUrl: made('timers'),
    open: (name: string): Queue => (queueing === 'calls' ? withCalls(client, made(name)) : inMemory()),
    stop: async () => {
      client.destroy();
      await server.stop();
    },
  };
};

/** The least bus: takes every entry and answers. */
export const openBus = async () => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { Entries } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly Entries: readonly unknown[] };
      const body = JSON.stringify({ FailedEntryCount: 0, Entries: Entries.map((_, n) => ({ EventId: String(n) })) });
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': Buffer.byteLength(body) })
        .end(body);
    });
  });
  server.keepAliveTimeout = 60_000;
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, loopback, resolve));
  return {
    client: new EventBridgeClient({ endpoint: `http://${loopback}:${port}`, maxAttempts: 3 }),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
