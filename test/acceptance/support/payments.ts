/** Trips to be paid, the simulated gateway, and time that passes, for tests of money on the running stack. */
import { randomUUID } from 'node:crypto';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { type Answer, enqueue, eventually, type Person, person, rideBody, stack, storyOf } from './stack.ts';

export const fare = 87_000;

/** Acts for people and the bank, and injects faults, at the simulated gateway. */
export const gateway = async <T = Record<string, unknown>>(
  method: 'GET' | 'POST',
  path: string,
  body: object = {},
): Promise<T> => {
  const response = await fetch(`${stack().midtrans}/_sim/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
  });
  const answer = (await response.json()) as T;
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
};

export type Payment = {
  readonly ref: string;
  readonly status: string;
  readonly amount: number;
  readonly refunded: number;
  readonly left: number;
  readonly settled?: boolean;
  readonly hold?: object;
  readonly refunds: readonly { readonly key: string; readonly status: string; readonly amount: number }[];
};

/** A trip that is over, and to be paid. */
export type Trip = {
  readonly orderId: string;
  readonly rider: Person;
  readonly operator: Person;
  readonly charge: (body: object, key?: string) => Promise<Answer>;
  /** Charged, and waiting for the customer. */
  readonly pending: (body: object) => Promise<string>;
  /** A fault for this trip's calls and notifications only. */
  readonly fault: (fault: object, rule?: object) => Promise<unknown>;
  readonly payments: () => Promise<readonly Payment[]>;
  readonly payment: () => Promise<Payment>;
  readonly order: () => Promise<string>;
  /** Waits until the story has an event so many times; and no more. */
  readonly happened: (type: string, times?: number) => Promise<void>;
  /** How often an event happened so far, by the story. */
  readonly times: (type: string) => Promise<number>;
  /** The effects of the gateway's notifications, by the sync log. */
  readonly effects: () => Promise<readonly unknown[]>;
};

export const finishedTrip = async (): Promise<Trip> => {
  const [rider, driver, operator] = await Promise.all([person('rider'), person('driver'), person('operator')]);
  const { body: ride } = await rider.call('POST', '/rides', rideBody([driver]));
  const orderId = ride.rideId as string;
  await driver.call('POST', `/rides/${orderId}/accept`);
  await driver.call('POST', `/rides/${orderId}/pick-up`);
  expect((await driver.call('POST', `/orders/${orderId}/finish`, { fare })).status).toBe(200);
  const charge: Trip['charge'] = (body, key = randomUUID()) =>
    rider.call('POST', `/orders/${orderId}/payments`, body, { 'idempotency-key': key });
  const payments: Trip['payments'] = async () =>
    (await operator.call('GET', `/orders/${orderId}/payments`)).body.payments as readonly Payment[];
  const times: Trip['times'] = async (type) => (await storyOf(orderId)).filter((line) => line.type === type).length;
  return {
    orderId,
    rider,
    operator,
    charge,
    pending: async (body) => {
      const charged = await charge(body);
      expect(charged).toMatchObject({ status: 201, body: { status: 'PENDING' } });
      return charged.body.ref as string;
    },
    fault: (fault, rule = {}) => gateway('POST', 'faults', { fault, order: `${orderId}*`, ...rule }),
    payments,
    payment: async () => (await payments()).at(-1) as Payment,
    order: async () => (await rider.call('GET', `/orders/${orderId}`)).body.status as string,
    happened: async (type, wanted = 1) => {
      await eventually(async () => (await times(type)) >= wanted);
      expect([type, await times(type)]).toEqual([type, wanted]);
    },
    times,
    effects: async () => (await storyOf(orderId)).filter(({ kind }) => kind === 'webhook').map(({ effect }) => effect),
  };
};

/** A trip that is paid. */
export const paidTrip = async (body: object): Promise<Trip & { readonly ref: string }> => {
  const trip = await finishedTrip();
  const ref = await trip.pending(body);
  await gateway('POST', `transactions/${ref}/pay`);
  await eventually(async () => (await trip.order()) === 'PAID');
  return { ...trip, ref };
};

type Delivery = { readonly status: string; readonly attempts: readonly { readonly answered: number | string }[] };

/** What the webhook answered to the notifications of a status, first attempts only. */
export const answersTo = async (ref: string, status: string): Promise<readonly (number | string | undefined)[]> => {
  await gateway('POST', 'quiet');
  const deliveries = await gateway<readonly Delivery[]>('GET', `notifications?id=${ref}`);
  return deliveries.filter((one) => one.status === status).map(({ attempts }) => attempts[0]?.answered);
};

/** Moves the deadline at which the gateway is asked about the payment to now, and wakes its timer. */
export const deadlineComes = async (ref: string): Promise<void> => {
  const client = new DynamoDBClient({
    region: 'ap-southeast-3',
    endpoint: stack().dynamodb,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const [pk, sk] = [`ORDER#${ref.slice(0, -11)}`, `PAYMENT#${ref.slice(-10)}`];
  const dueAt = Date.now() - 1_000;
  await client.send(
    new UpdateItemCommand({
      TableName: stack().tables.state,
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: 'SET #state.ask.#at = :past, dueAt = :past',
      ExpressionAttributeNames: { '#state': 'state', '#at': 'at' },
      ExpressionAttributeValues: { ':past': { N: String(dueAt) } },
    }),
  );
  client.destroy();
  await enqueue(stack().queues.timers as string, [{ pk, sk, dueAt }]);
};
