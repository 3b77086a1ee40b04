/** Money on a test's own running stack: trips to be paid, the simulated gateway, signed notifications, the sync log. */
// biome-ignore-all lint/style/noExcessiveLinesPerFile: one stack, read as a whole
import { createHash } from 'node:crypto';
import { DeleteItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { fromItem } from '../../functions/platform/dynamo.ts';
import { midtransKey } from '../../local/gateway/own-key.ts';
import { type Role, tokensOf } from '../../local/people/people.ts';
import { type Answer, ownStack, type Reach, send } from './own-stack.ts';

export const fare = 87_000;
const place = { lat: -6.1767, lng: 106.8306 };

/** What a webhook left in the story. */
export type SyncLine = {
  readonly effect?: string;
  readonly why?: string;
  readonly status?: string;
  readonly verified: boolean;
  readonly attempt: number;
  readonly tookMs: number;
  readonly body: string;
};
export type Body = Readonly<Record<string, unknown>>;

/** @param body signed as it is, unless it has a signature */
export const signed = (body: Body, key = midtransKey()): Body => ({
  signature_key: createHash('sha512')
    .update(`${body.order_id}${body.status_code}${body.gross_amount}${key}`)
    .digest('hex'),
  ...body,
});

const codes = new Map(Object.entries({ pending: '201', deny: '202', cancel: '202', expire: '202', failure: '202' }));

/** A notification as the gateway would send it, of a settlement unless it is given otherwise. */
export const notificationOf = (ref: string, more: Body = {}): Body =>
  signed({
    transaction_time: '2026-11-21 12:00:00',
    transaction_status: 'settlement',
    transaction_id: '0b6f6a3e-5a0e-4a54-9a39-6d2a3f0c7001',
    status_message: 'midtrans payment notification',
    status_code: codes.get(String(more.transaction_status)) ?? '200',
    order_id: ref,
    merchant_id: 'G700000001',
    gross_amount: `${fare}.00`,
    currency: 'IDR',
    payment_type: 'bank_transfer',
    ...more,
  });

export type PaymentsStack = Awaited<ReturnType<typeof paymentsStack>>;

export const paymentsStack = async (variables: Readonly<Record<string, string>> = {}) => {
  const stack = await ownStack(variables);
  const endFaults = (): Promise<unknown> => fetch(`${stack.ready.midtrans}/_sim/faults`, { method: 'DELETE' });
  return {
    ...stack,
    ...payingOn(stack),
    endFaults,
    /** How often something was counted so far. */
    counted: (name: string, service = 'payments'): number =>
      stack.hooks.metric({ namespace: 'Tuntas/local', name, dimensions: { service } }, 'Sum') ?? 0,
    /** The gateway has recovered and the breaker is closed. */
    recovered: async (): Promise<void> => {
      await endFaults();
      await Promise.all(['api', 'notifications', 'deadlines'].map((name) => stack.hooks.kill(`payments-${name}`)));
      const Key = { pk: { S: 'BREAKER#midtrans' }, sk: { S: 'BREAKER' } };
      await stack.database.send(new DeleteItemCommand({ TableName: 'tuntas-local-state', Key }));
    },
    /** As if the visibility time-out of the messages that a killed worker held were over. */
    visibleAgain: (queue: string): void => {
      const { stored } = stack.hooks.queue(queue);
      for (const handle of stored.inflightMessages.keys()) stored.changeVisibility(handle, 0);
    },
  };
};

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: the operations share the stack and count its trips
export const payingOn = (stack: Reach) => {
  const { ready, database, by } = stack;
  let trips = 0;

  // biome-ignore lint/complexity/useMaxParams: one request, read as a line
  const as = async (
    role: Role,
    sub: string,
    method: string,
    path: string,
    body: object,
    headers: Record<string, string> = {},
  ) =>
    send(ready.api + path, method, body, {
      authorization: `Bearer ${await tokensOf(ready, role, sub)(undefined)}`,
      ...headers,
    });

  const finishedTrip = async (): Promise<{
    readonly orderId: string;
    readonly rider: string;
    readonly driver: string;
  }> => {
    trips += 1;
    const [rider, driver] = [`rider-${trips}`, `driver-${trips}`];
    const { body } = await by('rider', rider, 'POST', '/rides', {
      serviceLine: 'BB',
      pickup: place,
      destination: { lat: -6.1256, lng: 106.6559 },
      candidates: [driver],
    });
    await by('driver', driver, 'POST', `/rides/${body.rideId}/accept`);
    await by('driver', driver, 'POST', `/rides/${body.rideId}/pick-up`);
    expect((await by('driver', driver, 'POST', `/orders/${body.rideId}/finish`, { fare })).status).toBe(200);
    return { orderId: body.rideId, rider, driver };
  };

  /** What people, the bank and bad luck do at the gateway. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what the tests are about
  const gateway = async (method: string, path: string, body: object = {}): Promise<any> => {
    const answer = await send(`${ready.midtrans}/_sim/${path}`, method, method === 'GET' ? undefined : body);
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  const charge = (
    trip: { readonly orderId: string; readonly rider: string },
    body: object = { method: 'bca_va' },
    key?: string,
  ) => as('rider', trip.rider, 'POST', `/orders/${trip.orderId}/payments`, body, key ? { 'idempotency-key': key } : {});

  const charged = async (body: object = { method: 'bca_va' }) => {
    const trip = await finishedTrip();
    const answer = await charge(trip, body);
    expect(answer).toMatchObject({ status: 201, body: { status: 'PENDING' } });
    return { ...trip, ref: answer.body.ref as string };
  };

  const payments = async (orderId: string) =>
    (await by('operator', 'op', 'GET', `/orders/${orderId}/payments`)).body.payments;
  const order = async (orderId: string): Promise<string> =>
    (await by('operator', 'op', 'GET', `/orders/${orderId}`)).body.status;

  /** The sync log under an order, or under the order id of another merchant, as it is stored. */
  const syncLines = async (orderId: string): Promise<readonly SyncLine[]> => {
    const { Items = [] } = await database.send(
      new QueryCommand({
        TableName: 'tuntas-local-story',
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :webhook)',
        ExpressionAttributeValues: { ':pk': { S: `ORDER#${orderId}` }, ':webhook': { S: 'WEBHOOK#' } },
        ConsistentRead: true,
      }),
    );
    return Items.map((item) => fromItem<SyncLine>(item));
  };

  /** Changes a payment as time would have, and wakes it. */
  const aged = async (
    ref: string,
    expression: string,
    names: Record<string, string>,
    values: Record<string, number>,
  ): Promise<void> => {
    const [pk, sk] = [`ORDER#${ref.slice(0, -11)}`, `PAYMENT#${ref.slice(-10)}`];
    await database.send(
      new UpdateItemCommand({
        TableName: 'tuntas-local-state',
        Key: { pk: { S: pk }, sk: { S: sk } },
        UpdateExpression: expression,
        ExpressionAttributeNames: { '#state': 'state', ...names },
        ExpressionAttributeValues: Object.fromEntries(
          Object.entries(values).map(([name, value]) => [name, { N: String(value) }]),
        ),
      }),
    );
    await stack.enqueue('gateway', { pk, sk, dueAt: Date.now() - 1 });
  };

  return {
    as,
    gateway,
    finishedTrip,
    charge,
    charged,
    payments,
    order,
    syncLines,
    aged,
    /** As if the time of its next read had come. */
    askNow: (ref: string): Promise<void> =>
      aged(ref, 'SET #state.#ask.#at = :past', { '#ask': 'ask', '#at': 'at' }, { ':past': Date.now() - 1_000 }),
    /** As if the time at which the order reads its payments had come. */
    orderNow: async (orderId: string): Promise<void> => {
      const Key = { pk: { S: `ORDER#${orderId}` }, sk: { S: 'ORDER' } };
      await database.send(
        new UpdateItemCommand({
          TableName: 'tuntas-local-state',
          Key,
          UpdateExpression: 'SET #state.#ask.#at = :past',
          ConditionExpression: 'attribute_exists(#state.#ask)',
          ExpressionAttributeNames: { '#state': 'state', '#ask': 'ask', '#at': 'at' },
          ExpressionAttributeValues: { ':past': { N: String(Date.now() - 1_000) } },
        }),
      );
      await stack.enqueue('gateway', { pk: `ORDER#${orderId}`, sk: 'ORDER', dueAt: Date.now() - 1 });
    },
    fault: (orderId: string, fault: object, rule: object = {}) =>
      gateway('POST', 'faults', { fault, order: `${orderId}*`, ...rule }),
    /** To the webhook, unchanged. */
    post: async (body: string | Buffer | Body, init: RequestInit = {}, path = ''): Promise<Answer> => {
      const response = await fetch(ready.webhook + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' || Buffer.isBuffer(body) ? (body as string) : JSON.stringify(body),
        ...init,
      });
      const text = await response.text();
      return { status: response.status, body: text ? JSON.parse(text) : {} };
    },
    /** Transactions the gateway made for an order: its own ledger. */
    ledger: async (
      orderId: string,
    ): Promise<readonly { readonly orderId: string; readonly state: { readonly status: string } }[]> =>
      (await gateway('GET', 'transactions')).filter((one: { readonly orderId: string }) =>
        one.orderId.startsWith(orderId),
      ),
  };
};
