/** The webhook's function: its size, the I/O of one call, and its time over the bare send. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import { outdir } from '../../build.ts';
import { memoryFolder } from '../../tools/places.ts';
import { type Counted, countIo } from './counted-io.ts';
import { openCountingProxy } from './counting-proxy.ts';
import { bundled, fileOf, loaded, onlySending } from './own-bundle.ts';
import { line, number, type Part } from './report.ts';
import { openGateway, serverKey, someRef } from './simulated-gateway.ts';
import { openSqs } from './sqs-process.ts';
import { inTurn, median, timed } from './statistics.ts';

const warmUp = 300;
const rounds = 1_000;
const name = 'payments-webhook';

/** As Lambda hands a POST of the gateway to the function. */
export const posted = (body: string): LambdaFunctionURLEvent =>
  ({
    version: '2.0',
    rawPath: '/midtrans/notifications',
    rawQueryString: '',
    headers: { 'content-type': 'application/json', 'user-agent': 'Veritrans' },
    requestContext: { http: { method: 'POST', path: '/midtrans/notifications' } },
    body,
    isBase64Encoded: false,
  }) as unknown as LambdaFunctionURLEvent;

type Answered = Exclude<LambdaFunctionURLResult, string>;
export type Webhook = (event: LambdaFunctionURLEvent) => Promise<Answered>;

/** @throws when the notification was not kept: then something else was measured */
export const mustBeKept = ({ statusCode, body }: Answered): void => {
  if (statusCode !== 200) throw new Error(`the webhook answered ${statusCode}: ${body}`);
};

/** What Node makes for one HTTP request on a connection it has: the connection gets a new name for it. */
const ofOneRequest = new Set(['HTTPCLIENTREQUEST', 'TCPWRAP']);

const kb = async (file: string): Promise<number> => (await stat(file)).size / 1024;

const rowOf = ({ resources }: Counted, n: number): readonly string[] => [
  `call ${n + 1}`,
  Object.entries(resources)
    .map(([type, count]) => `${type} × ${count}`)
    .join(', '),
];

/** The handler and the bare send of the same bytes, in turn. */
const timesOf = async (
  floorFile: string,
  body: string,
  QueueUrl: string,
  settings: Readonly<Record<string, string>>,
) => {
  const webhook = await loaded<LambdaFunctionURLEvent, Answered>(fileOf(name), settings);
  const send = await loaded<object, unknown>(floorFile, {});
  const bare = { QueueUrl, MessageBody: JSON.stringify({ body, receivedAt: Date.now() }) };
  const event = posted(body);
  const candidates = {
    handler: () => timed(async () => mustBeKept(await webhook(event))),
    bare: () => timed(() => send(bare)),
  };
  await inTurn(warmUp, candidates);
  return inTurn(rounds, candidates);
};

export const webhookPart = async (): Promise<Part> => {
  const folder = await memoryFolder();
  const gateway = await openGateway();
  const sqs = await openSqs('webhook', 'bare');
  const proxy = await openCountingProxy(sqs.endpoint);
  try {
    const floorFile = await bundled(onlySending, folder.path);
    const body = await gateway.paid(someRef());
    const settings = {
      AWS_REGION: 'ap-southeast-3',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      MIDTRANS_SERVER_KEYS: serverKey,
      WEBHOOK_QUEUE_URL: sqs.urlOf('webhook'),
    };
    const counted = await countIo(
      fileOf(name),
      {
        ...settings,
        AWS_ENDPOINT_URL_SQS: proxy.endpoint,
        WEBHOOK_QUEUE_URL: `${proxy.endpoint}/000000000000/webhook`,
      },
      [posted(body), posted(body), posted(body)],
    );
    const { requests: received, connections } = proxy.taken();
    for (const { statusCode } of counted) if (statusCode !== 200) throw new Error(`the webhook answered ${statusCode}`);

    const times = await timesOf(floorFile, body, sqs.urlOf('bare'), {
      ...settings,
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    });

    const [own, floor] = [await kb(fileOf(name)), await kb(floorFile)];
    const requests = counted.map(({ resources }) => resources.HTTPCLIENTREQUEST ?? 0);
    const opened = counted.map(({ resources }) => resources.TCPCONNECTWRAP ?? 0);
    const warm = counted.at(-1)?.resources ?? {};
    const others = Object.entries(warm).filter(([type]) => !ofOneRequest.has(type));
    return {
      lines: [
        line('webhook, bundle', { measured: own, floor, unit: 'KB', limit: { of: 'ratio', atMost: 1.25 } }),
        line('webhook, bundle, of the budget', { measured: own, unit: 'KB', limit: { of: 'measured', below: 340 } }),
        line('webhook, HTTP requests of one call, most of 3', {
          measured: Math.max(...requests),
          floor: 1,
          limit: { of: 'ratio', atMost: 1 },
        }),
        line('webhook, requests that came to the queue for 3 calls', {
          measured: received.filter((what) => what === 'SendMessage').length,
          floor: 3,
          limit: { of: 'ratio', atMost: 1 },
        }),
        line('webhook, other requests to the queue', {
          measured: received.filter((what) => what !== 'SendMessage').length,
          limit: { of: 'measured', atMost: 0 },
        }),
        line('webhook, other I/O of a warm call', {
          measured: others.reduce((sum, [, count]) => sum + count, 0),
          limit: { of: 'measured', atMost: 0 },
        }),
        line('webhook, handler, median', {
          measured: median(times.handler),
          floor: median(times.bare),
          unit: 'ms',
          limit: { of: 'ratio', atMost: 1.5 },
        }),
      ],
      details: [
        {
          title: 'The I/O of a call of the webhook',
          columns: ['call', 'resources of Node'],
          rows: counted.map(rowOf),
        },
      ],
      notes: [
        `Bundles: floor is one built the same way that holds the SQS client and SendMessage only. Where the keys lie
          in a secret, a second file of ${number(await kb(join(outdir, name, 'secret.client.mjs')))} KB is loaded
          while the function starts, and the secret is read then and once in five minutes.`,
        `I/O: counted in a separate process by the asynchronous resources of Node, and by a proxy in front of the
          queue (${received.length} requests, ${connections} ${connections === 1 ? 'connection' : 'connections'},
          opened by ${opened.filter((count) => count > 0).length} of the 3 calls). In the first call the SDK looks
          for its two configuration files, and standard output, where the log line goes, is opened.`,
        `Handler: medians of ${number(rounds)} calls each, in turn, after ${warmUp} to warm up; a notification of
          ${number(body.length)} bytes from the simulated gateway, and the same bytes sent bare by the same client;
          the queue is a separate process.`,
      ],
    };
  } finally {
    proxy.stop();
    await sqs.stop();
    await gateway.stop();
    await folder.remove();
  }
};
