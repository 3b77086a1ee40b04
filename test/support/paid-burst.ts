// biome-ignore-all lint/style/noExcessiveLinesPerFile: one burst, read as a whole
/** Many trips paid at the same moment on a running stack: their notifications come at once, some early, some twice. */
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import { type Instant, instant, type OrderId, type RiderId } from '../../functions/kernel/types.ts';
import { charge } from '../../functions/payments/charge/charge.ts';
import { paymentsDeps } from '../../functions/payments/commands.ts';
import { type PaymentRef, paymentRefOf, secondsOf } from '../../functions/payments/payment.ts';
import { http } from '../../functions/platform/http-client.ts';
import { midtransKey } from '../../local/gateway/own-key.ts';
import { type Role, tokensOf } from '../../local/people/people.ts';

/** Where the stack is, as `npm start -- --ready-file` writes it. */
export type Where = Readonly<
  Record<'api' | 'websocket' | 'tokens' | 'webhook' | 'midtrans' | 'dynamodb' | 'mailbox', string>
> & {
  readonly tables: Readonly<Record<string, string>>;
};
export type Notification = { readonly orderId: string; readonly status: string; readonly body: string };
export type Trip = {
  readonly orderId: OrderId;
  readonly riderId: string;
  readonly ref: PaymentRef;
  /** Charged at the gateway, while we have no record of it yet. */
  readonly early: boolean;
  /** Its notifications, signed by the gateway: that it waits, that it is paid. */
  readonly notifications: readonly Notification[];
};
export type Sent = Notification & { readonly at: number; readonly ms: number; readonly answered: number };
export type Charged = { readonly orderId: string; readonly at: number; readonly killed: boolean };

export const fare = 87_000;
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

// biome-ignore lint/suspicious/noExplicitAny: answers of many routes
type Json = any;

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: its steps share one run
export const openBurst = (where: Where) => {
  const run = Date.now().toString(36);
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
  const tokens = new Map<string, ReturnType<typeof tokensOf>>();

  const fetched = async (
    url: string,
    method: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Json> => {
    const response = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : {};
  };
  // biome-ignore lint/complexity/useMaxParams: one request, read as a line
  const by = async (
    role: Role,
    sub: string,
    method: string,
    path: string,
    body?: object,
    key?: string,
  ): Promise<Json> => {
    const token = tokens.get(sub) ?? tokensOf(where, role, sub);
    tokens.set(sub, token);
    const authorization = `Bearer ${await token(undefined)}`;
    return fetched(where.api + path, method, body, { authorization, ...(key ? { 'idempotency-key': key } : {}) });
  };
  const bank = (method: string, path: string, body?: object): Promise<Json> =>
    fetched(`${where.midtrans}/_sim/${path}`, method, body);

  const finishedTrip = async (riderId: string, driverId: string): Promise<OrderId> => {
    const ride = {
      serviceLine: 'BB',
      pickup: { lat: -6.1767, lng: 106.8306, address: 'Stasiun Gambir' },
      destination: { lat: -6.1256, lng: 106.6559 },
      candidates: [driverId],
      offerTimeoutSeconds: 300,
    };
    const { rideId } = await by('rider', riderId, 'POST', '/rides', ride);
    await by('driver', driverId, 'POST', `/rides/${rideId}/accept`);
    await by('driver', driverId, 'POST', `/orders/${rideId}/finish`, { fare });
    return rideId as OrderId;
  };

  const chargedByApi = async (orderId: OrderId, riderId: string): Promise<PaymentRef> => {
    const body = { method: 'bca_va', email: `${riderId}@example.com` };
    return (await by('rider', riderId, 'POST', `/orders/${orderId}/payments`, body, `key-${orderId}`))
      .ref as PaymentRef;
  };
  const chargedAtGateway = async (orderId: OrderId): Promise<PaymentRef> => {
    const ref = paymentRefOf(orderId, Math.floor(Date.now() / 1_000));
    const { outcome } = await deps.gateway.charge({ ref, method: 'bca_va', amount: rupiah(fare) });
    if (outcome !== 'report') throw new Error(`the gateway answered ${outcome} to ${ref}`);
    return ref;
  };

  /** Paid at the gateway, which keeps the notifications back. */
  const paidTrip = async (n: number, early: boolean): Promise<Trip> => {
    const riderId = `payer-${run}-${n % atOnce}`;
    const orderId = await finishedTrip(riderId, `driver-${run}-${n}`);
    const { id } = await bank('POST', 'faults', { fault: { kind: 'lost' }, order: `${orderId}*` });
    const ref = early ? await chargedAtGateway(orderId) : await chargedByApi(orderId, riderId);
    await bank('POST', `transactions/${ref}/pay`, {});
    const sent = async (): Promise<readonly Notification[]> => bank('GET', `notifications?id=${ref}`);
    let notifications = await sent();
    while (notifications.length < 2) notifications = await sent();
    await bank('DELETE', `faults/${id}`);
    return {
      orderId,
      riderId,
      ref,
      early,
      notifications: notifications.map(({ status, body }) => ({ orderId, status, body })),
    };
  };

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

  /** The first answer is the moment of the gateway's charge, whose order id it made. */
  const clockFrom = (first: Instant) => {
    let next: Instant | undefined = first;
    return (): Instant => {
      const at = next ?? instant(Date.now());
      next = undefined;
      return at;
    };
  };

  class Killed extends Error {}

  /** The charge of a trip whose notifications came before, by the code of the API. @param killed right after its intent is written */
  const chargedLate = async ({ orderId, riderId, ref }: Trip, killed: boolean): Promise<Charged> => {
    const at = performance.now();
    const killedHere = async (): Promise<never> => {
      throw new Killed();
    };
    const early = killed ? { ...deps.early, waitingFor: killedHere } : deps.early;
    const now = clockFrom(instant(secondsOf(ref) * 1_000));
    const wanted = {
      orderId,
      riderId: riderId as RiderId,
      amount: rupiah(fare),
      method: 'bca_va',
      fingerprint: ref,
    } as const;
    await charge({ ...deps, early, now }, wanted).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
    return { orderId, at, killed };
  };

  /** What is wrong; nothing when all is right. */
  const wrongWith = async ({ orderId, ref }: Trip, sent: number): Promise<readonly string[]> => {
    const [order, { payments }, { lines }] = await Promise.all([
      by('operator', 'operator-1', 'GET', `/orders/${orderId}`),
      by('operator', 'operator-1', 'GET', `/orders/${orderId}/payments`),
      by('operator', 'operator-1', 'GET', `/orders/${orderId}/story`),
    ]);
    const { mails } = await fetched(`${where.mailbox}/mails?reference=${ref}`, 'GET');
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
      pooled(trips, (trip, n) => chargedLate(trip, n % 4 === 3)),
    /** @param sent how many notifications came of an order */
    wrongWith: async (trips: readonly Trip[], sent: (orderId: string) => number): Promise<readonly string[]> =>
      (await pooled(trips, (trip) => wrongWith(trip, sent(trip.orderId)))).flat(),
    /** On which look each notification found its payment, by the sync log. */
    attempts: async (trips: readonly Trip[]): Promise<readonly number[]> =>
      (
        await pooled(trips, async ({ orderId }) => {
          const { lines } = await by('operator', 'operator-1', 'GET', `/orders/${orderId}/story`);
          return (lines as Json[]).filter(({ kind }) => kind === 'webhook').map(({ attempt }) => attempt as number);
        })
      ).flat(),
    close: () => client.destroy(),
  };
};
