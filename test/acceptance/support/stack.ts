/** The running stack as its users see it: riders, drivers, operators over HTTP and WebSocket, and the queues. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import WebSocket from 'ws';
import type { Notification } from '../../../functions/notify/notification.ts';
import type { Ready as LocalReady } from '../../../local/cloud/ready.ts';

/** What `npm start -- --ready-file` writes, with the tables and queues that tests name. */
export type Ready = LocalReady & {
  readonly tables: Readonly<Record<'state' | 'story', string>>;
  readonly queues: Readonly<Record<'dispatch' | 'dispatchDead' | 'notify', string>>;
};

export type Role = 'rider' | 'driver' | 'operator';
// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what the tests are about
type Json = Record<string, any>;
export type Answer = { readonly status: number; readonly body: Json; readonly headers: Headers };

export const stack = (): Ready => inject('stack');

export const token = async (role: Role, sub: string, more: object = {}): Promise<string> => {
  const response = await fetch(stack().tokens, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ role, sub, ...more }),
  });
  return ((await response.json()) as { token: string }).token;
};

export type Person = {
  readonly sub: string;
  readonly call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
};

/** A person with a token. A text body is sent unchanged, so that it can be malformed. */
export const person = async (role: Role, sub = `${role}-${randomUUID()}`): Promise<Person> => {
  const bearer = await token(role, sub);
  return { sub, call: (method, path, body, headers) => call(bearer, { method, path, body, headers }) };
};

type Call = { method: string; path: string; body?: unknown; headers?: Record<string, string> | undefined };

export const call = async (bearer: string | undefined, { method, path, body, headers }: Call): Promise<Answer> => {
  const response = await fetch(stack().api + path, {
    method,
    headers: {
      ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
};

export type Phone = Person & {
  /** Everything received so far. */
  readonly received: readonly Notification[];
  readonly requests: () => readonly Notification[];
  readonly close: () => void;
};

/** A person whose app is connected. */
export const phone = async (role: 'driver' | 'rider', sub?: string): Promise<Phone> => {
  const who = await person(role, sub);
  const received: Notification[] = [];
  const socket = new WebSocket(`${stack().websocket}?token=${await token(role, who.sub)}`);
  socket.on('message', (data) => received.push(JSON.parse(data.toString()) as Notification));
  await new Promise<void>((open, failed) => {
    socket.once('open', () => open());
    socket.once('error', failed);
  });
  return {
    ...who,
    received,
    requests: () => received.filter(({ type }) => type === 'NEW_RIDE_REQUEST'),
    close: () => socket.close(),
  };
};

export const gambir = { lat: -6.1767, lng: 106.8306, address: 'Stasiun Gambir' };
export const airport = { lat: -6.1256, lng: 106.6559 };

export const rideBody = (drivers: readonly Pick<Person, 'sub'>[], more: object = {}) => ({
  serviceLine: 'BB',
  pickup: gambir,
  destination: airport,
  candidates: drivers.map(({ sub }) => sub),
  ...more,
});

/** Waits until the condition holds. */
export const eventually = async (isSo: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${isSo.toString()}`);
    await sleep(20);
  }
};

const queueClient = () =>
  new SQSClient({
    endpoint: stack().sqs,
    region: 'ap-southeast-3',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

/** Puts messages on a queue from outside, as a redelivery would. */
export const enqueue = async (
  queueUrl: string,
  bodies: readonly (object | string)[],
  delaySeconds = 0,
): Promise<void> => {
  const client = queueClient();
  for (let i = 0; i < bodies.length; i += 10)
    await client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: bodies.slice(i, i + 10).map((body, n) => ({
          Id: String(n),
          MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
          DelaySeconds: delaySeconds,
        })),
      }),
    );
  client.destroy();
};

export type StoryLine = { readonly kind: string; readonly at: string; readonly type?: string } & Readonly<Json>;

/** The story of an order, as an operator reads it. */
export const storyOf = async (orderId: string): Promise<readonly StoryLine[]> => {
  const operator = await person('operator');
  const { body } = await operator.call('GET', `/orders/${orderId}/story`);
  return (body.lines ?? []) as StoryLine[];
};

export const dispatchLog = async (orderId: string, driverId?: string): Promise<readonly StoryLine[]> =>
  (await storyOf(orderId)).filter((line) => line.kind === 'dispatch' && (!driverId || line.driverId === driverId));
