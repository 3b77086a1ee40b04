/** Payments on a running stack of their own: a charge that dies in the middle, and the alarms that ring for money. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtAssembly } from '../../local/assembly-cache.ts';
import { type Local, startLocal } from '../../local/cloud.ts';
import { type Role, tokensOf } from '../../local/simulators/people.ts';

const root = join(import.meta.dirname, '../..');
const own = { region: 'ap-southeast-3', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
const fare = 87_000;
let local: Local;
let database: DynamoDBClient;
let queues: SQSClient;

beforeAll(async () => {
  local = await startLocal({ assembly: await builtAssembly(root, () => {}), root, memory: true, port: 0 });
  database = new DynamoDBClient({ ...own, endpoint: local.ready.dynamodb });
  queues = new SQSClient({ ...own, endpoint: local.ready.sqs });
}, 120_000);
afterAll(async () => {
  database.destroy();
  queues.destroy();
  await local.stop();
});

// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what the tests are about
type Answer = { readonly status: number; readonly body: any };
const send = async (url: string, method: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> => {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : {} };
};
const by = async (role: Role, sub: string, method: string, path: string, body?: object): Promise<Answer> =>
  send(local.ready.api + path, method, body, { authorization: `Bearer ${await tokensOf(local.ready, role, sub)(undefined)}` });
const gateway = (method: string, path: string, body: object = {}): Promise<Answer> =>
  send(`${local.ready.midtrans}/_sim/${path}`, method, method === 'GET' ? undefined : body);
const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 15_000; !(await isSo()); ) {
    if (Date.now() > end) throw new Error(`not so within 15 s: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

let trips = 0;
const finishedTrip = async (): Promise<{ readonly orderId: string; readonly rider: string }> => {
  trips += 1;
  const [rider, driver] = [`rider-${trips}`, `driver-${trips}`];
  const place = { lat: -6.1767, lng: 106.8306 };
  const { body } = await by('rider', rider, 'POST', '/rides', {
    serviceLine: 'BB',
    pickup: place,
    destination: { lat: -6.1256, lng: 106.6559 },
    candidates: [driver],
  });
  await by('driver', driver, 'POST', `/rides/${body.rideId}/accept`);
  expect((await by('driver', driver, 'POST', `/orders/${body.rideId}/finish`, { fare })).status).toBe(200);
  return { orderId: body.rideId, rider };
};
const charged = async (method = 'bca_va') => {
  const trip = await finishedTrip();
  const { body } = await by('rider', trip.rider, 'POST', `/orders/${trip.orderId}/payments`, { method });
  return { ...trip, ref: body.ref as string };
};
const paymentsOf = async (orderId: string) => (await by('operator', 'op', 'GET', `/orders/${orderId}/payments`)).body.payments;

/** Changes an item as time would have, and wakes it. */
const aged = async (ref: string, expression: string, names: Record<string, string>, values: Record<string, number>): Promise<void> => {
  const [pk, sk] = [`ORDER#${ref.slice(0, -11)}`, `PAYMENT#${ref.slice(-10)}`];
  await database.send(
    new UpdateItemCommand({
      TableName: 'tuntas-local-state',
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: expression,
      ExpressionAttributeNames: { '#state': 'state', ...names },
      ExpressionAttributeValues: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { N: String(value) }])),
    }),
  );
  const MessageBody = JSON.stringify({ pk, sk, dueAt: Date.now() - 1 });
  await queues.send(new SendMessageCommand({ QueueUrl: local.ready.queues.gateway, MessageBody }));
};
const askNow = (ref: string): Promise<void> =>
  aged(ref, 'SET #state.#ask.#at = :past', { '#ask': 'ask', '#at': 'at' }, { ':past': Date.now() - 1_000 });

describe('a charge that is killed in the middle', () => {
  it.each([
    ['before the gateway has heard of it', 'before'],
    ['after the gateway has made it', 'after'],
  ])('[PAY-12] %s is finished by its deadline, charged once, and paid', async (_, when) => {
    const { orderId, rider } = await finishedTrip();
    await gateway('POST', 'faults', { fault: { kind: 'slow', ms: 2_000, when }, on: 'charge', order: `${orderId}*`, next: 1 });
    const asked = by('rider', rider, 'POST', `/orders/${orderId}/payments`, { method: 'qris' });
    await until(async () => (await paymentsOf(orderId)).length === 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const charging = local.hooks.kill('payments-payments');
    expect((await asked).status).toBeGreaterThanOrEqual(500);
    await charging;
    const [{ ref, status }] = await paymentsOf(orderId);
    expect(['INTENDED', 'PENDING']).toContain(status);

    await askNow(ref);

    await until(async () => (await paymentsOf(orderId))[0].status === 'PENDING');
    await gateway('POST', `transactions/${ref}/pay`);
    await until(async () => (await by('rider', rider, 'GET', `/orders/${orderId}`)).body.status === 'PAID');
    const made = (await gateway('GET', 'transactions')).body as { orderId: string }[];
    expect(made.filter((one) => one.orderId.startsWith(orderId))).toHaveLength(1);
    expect(await paymentsOf(orderId)).toHaveLength(1);
  });
});

describe('an alarm rings', () => {
  const rings = (promise: string): Promise<void> =>
    until(() => {
      local.hooks.evaluateAlarms();
      return local.hooks.alarms().some(({ rule, state }) => rule.name === `tuntas-local-${promise}` && state === 'ALARM');
    });
  const notification = (ref: string, more: object = {}) => {
    const body = {
      order_id: ref,
      status_code: '200',
      gross_amount: `${fare}.00`,
      transaction_status: 'settlement',
      transaction_id: 'x',
      ...more,
    };
    const signed = `${body.order_id}${body.status_code}${body.gross_amount}local-server-key`;
    return { ...body, signature_key: createHash('sha512').update(signed).digest('hex') };
  };

  it('[PAY-2] when a notification is forged', async () => {
    const forged = { ...notification('TNT-20261121-0000042-1795232640'), signature_key: 'a'.repeat(128) };
    expect((await send(local.ready.webhook, 'POST', forged)).status).toBe(401);
    await rings('notifications-are-the-gateways');
  });

  it('[PAY-5] when an amount does not agree', async () => {
    const { ref } = await charged();
    expect((await send(local.ready.webhook, 'POST', notification(ref, { gross_amount: '1000.00' }))).status).toBe(200);
    await rings('amounts-agree');
  });

  it('when the gateway refuses our key', async () => {
    const { orderId, rider } = await finishedTrip();
    await gateway('POST', 'faults', { fault: { kind: 'refuse', code: '401' }, on: 'charge', order: `${orderId}*`, next: 1 });
    await by('rider', rider, 'POST', `/orders/${orderId}/payments`, { method: 'qris' });
    await rings('the-gateway-takes-our-key');
  });

  it('[PAY-8] when a payment has been pending for longer than any method allows', async () => {
    const { ref } = await charged();
    const past = Date.now() - 27 * 3_600_000;
    await aged(ref, 'SET #state.#ask.#at = :past, #state.requestedAt = :past', { '#ask': 'ask', '#at': 'at' }, { ':past': past });
    await rings('payments-become-final');
  });

  it('[PAY-9] when a manual refund is not paid back in time', async () => {
    const { ref, orderId, rider } = await charged();
    await gateway('POST', `transactions/${ref}/pay`);
    await until(async () => (await by('rider', rider, 'GET', `/orders/${orderId}`)).body.status === 'PAID');
    const { tokens, api } = local.ready;
    const token = await tokensOf({ tokens }, 'operator', 'op')(undefined);
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': 'by-hand' };
    expect((await send(`${api}/payments/${ref}/refund`, 'POST', { reason: 'twice' }, headers)).status).toBe(200);
    await aged(ref, 'SET #state.refunds[0].dueAt = :past', {}, { ':past': Date.now() - 1_000 });
    await rings('manual-refunds-are-paid-back-in-time');
  });

  it('[PAY-4] when a notification never finds its payment: it lies in the dead letters with its amount', async () => {
    const { orderId } = await finishedTrip();
    const ref = `${orderId}-${Math.floor(Date.now() / 1_000)}`;
    const body = JSON.stringify(notification(ref));
    const dueAt = Date.now() - 1_000;
    const [pk, sk] = [`ORDER#${orderId}`, `EARLY#${ref.slice(-10)}#0123456789abcdef01234567`];
    await database.send(
      new UpdateItemCommand({
        TableName: 'tuntas-local-state',
        Key: { pk: { S: pk }, sk: { S: sk } },
        UpdateExpression: 'SET #ref = :ref, body = :body, receivedAt = :at, dueAt = :at, id = :id, attempts = :nine',
        ExpressionAttributeNames: { '#ref': 'ref' },
        ExpressionAttributeValues: {
          ':ref': { S: ref },
          ':body': { S: body },
          ':at': { N: String(dueAt) },
          ':id': { S: 'message-1' },
          ':nine': { N: '9' },
        },
      }),
    );
    const MessageBody = JSON.stringify({ pk, sk, dueAt });
    await queues.send(new SendMessageCommand({ QueueUrl: local.ready.queues.gateway, MessageBody }));
    await rings('every-notification-finds-its-payment');
    await rings('webhook-leaves-no-dead-letters');
  });
});
