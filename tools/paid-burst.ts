/** Many trips that are paid at once on a running stack: their notifications come together, some early, some twice. */
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { instant } from '../functions/kernel/types.ts';
import { paymentsDeps } from '../functions/payments/commands.ts';
import { http } from '../functions/platform/http-client.ts';
import { midtransKey } from '../local/gateway/own-key.ts';
import { type Charged, chargedLate } from './late-charge.ts';
import { fare, type Notification, paidTrips, type Trip } from './paid-trips.ts';
import { type Json, type StackCalls, stackCalls, type Where } from './stack-calls.ts';

export type { Notification, Trip } from './paid-trips.ts';
export type { Where } from './stack-calls.ts';
export type Sent = Notification & { readonly at: number; readonly ms: number; readonly answered: number };

const merchantId = 'G700000001';
const atOnce = 16;

const pooled = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item, i: number) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const i = next;
      next += 1;
      results[i] = await work(items[i] as Item, i);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
};

/** The same seed gives the same order. */
const shuffled = <Item>(items: readonly Item[], seed: number): readonly Item[] => {
  let state = seed;
  const chance = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
  return items
    .map((item) => ({ item, place: chance() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
};

/** All notifications of the trips in random order, a third of them twice. */
export const inRandomOrder = (trips: readonly Trip[]): readonly Notification[] => {
  const all = shuffled(
    trips.flatMap(({ notifications }) => notifications),
    11,
  );
  return shuffled([...all, ...all.slice(0, all.length / 3)], 7);
};

const operator = ['operator', 'operator-1'] as const;

/** What is wrong; nothing when all is right. */
const wrongWith = async (
  { by, mailsOf }: StackCalls,
  { orderId, ref }: Trip,
  sent: number,
): Promise<readonly string[]> => {
  const [order, { payments }, { lines }] = await Promise.all([
    by(operator, `GET /orders/${orderId}`),
    by(operator, `GET /orders/${orderId}/payments`),
    by(operator, `GET /orders/${orderId}/story`),
  ]);
  const mails = await mailsOf(ref);
  const count = (of: (line: Json) => boolean): number => (lines as Json[]).filter(of).length;
  const found = {
    order: `${order.status} ${order.fare} ${order.paymentRef}`,
    payments: (payments as Json[]).map((one) => `${one.ref} ${one.status} ${one.amount} ${one.refunded}`).join(),
    settled: count(({ type }) => type === 'payment.settled'),
    paid: count(({ type }) => type === 'order.paid'),
    decided: count(({ kind, effect }) => kind === 'webhook' && effect !== undefined),
    undecided: count(({ kind, effect }) => kind === 'webhook' && effect === undefined),
    receipts: count(({ kind, sentAt }) => kind === 'receipt' && sentAt !== undefined),
    // The mailbox keeps the newest only.
    mails: Math.max(1, mails.length),
  };
  const right: typeof found = {
    order: `PAID ${fare} ${ref}`,
    payments: `${ref} PAID ${fare} 0`,
    settled: 1,
    paid: 1,
    decided: sent,
    undecided: 0,
    receipts: 1,
    mails: 1,
  };
  return (Object.keys(right) as (keyof typeof right)[]).flatMap((key) =>
    found[key] === right[key] ? [] : [`${orderId} ${key}: ${found[key]} instead of ${right[key]}`],
  );
};

export const openBurst = (where: Where) => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ region: 'ap-southeast-3', endpoint: where.dynamodb, credentials });
  const { state, story } = where.tables as { readonly state: string; readonly story: string };
  const deps = paymentsDeps(
    {
      dynamo: client,
      http,
      now: () => instant(Date.now()),
      random: Math.random,
      pause: async (ms) => pause(ms),
      readText: async () => '',
      readSecret: async () => '',
    },
    {
      STATE_TABLE: state,
      STORY_TABLE: story,
      MIDTRANS_URL: where.midtrans,
      MIDTRANS_SERVER_KEYS: midtransKey(),
      MIDTRANS_MERCHANT_ID: merchantId,
    },
  );
  const calls = stackCalls(where);
  const paidTrip = paidTrips(calls, deps);

  const waiting = async ({ orderId }: Trip): Promise<number> => {
    const { Count = 0 } = await client.send(
      new QueryCommand({
        TableName: state,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :early)',
        ExpressionAttributeValues: { ':pk': { S: `ORDER#${orderId}` }, ':early': { S: 'EARLY#' } },
        Select: 'COUNT',
        ConsistentRead: true,
      }),
    );
    return Count;
  };

  return {
    /** Trips that are over and paid at the gateway; every third of them without a payment of ours. */
    trips: (count: number, isEarly: (n: number) => boolean): Promise<readonly Trip[]> =>
      pooled(Array.from({ length: count }), (_, n) => paidTrip(n, isEarly(n))),
    /** @returns when each was sent (`performance.now()`), what the webhook answered, and after how long */
    send: (notifications: readonly Notification[]): Promise<readonly Sent[]> =>
      Promise.all(
        notifications.map(async (one) => {
          const at = performance.now();
          const response = await fetch(where.webhook, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: one.body,
          });
          await response.arrayBuffer();
          return { ...one, at, ms: performance.now() - at, answered: response.status };
        }),
      ),
    waiting,
    /** Every fourth charge ends right after its intent is written: then the timers join. */
    chargeLate: (trips: readonly Trip[]): Promise<readonly Charged[]> =>
      pooled(trips, (trip, n) => chargedLate(deps, trip, n % 4 === 3)),
    /** @param sent how many notifications came of an order */
    wrongWith: async (trips: readonly Trip[], sent: (orderId: string) => number): Promise<readonly string[]> =>
      (await pooled(trips, (trip) => wrongWith(calls, trip, sent(trip.orderId)))).flat(),
    /** On which look each notification found its payment, by the sync log. */
    attempts: async (trips: readonly Trip[]): Promise<readonly number[]> =>
      (
        await pooled(trips, async ({ orderId }) => {
          const { lines } = await calls.by(operator, `GET /orders/${orderId}/story`);
          return (lines as Json[]).filter(({ kind }) => kind === 'webhook').map(({ attempt }) => attempt as number);
        })
      ).flat(),
    close: () => client.destroy(),
  };
};
