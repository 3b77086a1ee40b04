/** An early notification through every function that is billed for it. */
import type { DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import { instant, type RiderId } from '../../functions/kernel/types.ts';
import { intend } from '../../functions/payments/charge/charge.decider.ts';
import { type ChargeDeps, paymentsDeps } from '../../functions/payments/commands.ts';
import { joinEarly } from '../../functions/payments/notifications/join-notification.ts';
import { orderIdOf, type PaymentRef, paymentRef, secondsOf } from '../../functions/payments/payment.ts';
import { delivered } from '../../tools/deliveries.ts';
import { type Database, openDatabase } from './database.ts';
import { finishedTrip } from './finished-trip.ts';
import { realPorts } from './functions.ts';
import { fileOf, loaded } from './own-bundle.ts';
import { mustBeKept, posted, type Webhook } from './payments-webhook.ts';
import { fare, merchantId, openGateway, type SimulatedGateway, serverKey, someRef } from './simulated-gateway.ts';
import { openSqs } from './sqs-process.ts';
import { timed } from './statistics.ts';
import { streamOf } from './system.ts';

/** Milliseconds of wall time of each function a notification goes through, before they are rounded up. */
export type Times = Readonly<Record<Invocation, number>>;
export const invocations = {
  'payments-webhook': 'verified, kept, queued',
  'payments-notifications': 'its payment is not there: parked',
  'platform-publisher': 'its deadline is set',
  'ops-deadlines': 'its deadline has come',
  'payments-deadlines': 'looks for its payment without success, or finds it joined',
  'payments-api': 'the charge, once its intent is written, joins it: asks the gateway, writes',
} as const;
export type Invocation = keyof typeof invocations;
export const names = Object.keys(invocations) as readonly Invocation[];

export type Bench = {
  readonly database: Database;
  readonly gateway: SimulatedGateway;
  readonly deps: ChargeDeps;
  readonly webhook: Webhook;
  readonly worker: (event: SQSEvent) => Promise<SQSBatchResponse>;
  readonly outbox: (event: DynamoDBStreamEvent) => Promise<unknown>;
  readonly deadlines: (event: SQSEvent) => Promise<SQSBatchResponse>;
  readonly gatewayWorker: (event: SQSEvent) => Promise<SQSBatchResponse>;
};

const queues = ['webhook', 'timers', 'gateway', 'dead'] as const;

export const open = async () => {
  const database = await openDatabase();
  const gateway = await openGateway();
  const sqs = await openSqs(...queues);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: 'http://127.0.0.1:9',
    BUS_NAME: 'bus',
    STATE_TABLE: database.state,
    STORY_TABLE: database.story,
    MIDTRANS_URL: gateway.url,
    MIDTRANS_MERCHANT_ID: merchantId,
    MIDTRANS_SERVER_KEYS: serverKey,
    WEBHOOK_QUEUE_URL: sqs.urlOf('webhook'),
    TIMERS_QUEUE_URL: sqs.urlOf('timers'),
    GATEWAY_QUEUE_URL: sqs.urlOf('gateway'),
    QUEUE_URL: sqs.urlOf('webhook'),
    DEAD_LETTER_URL: sqs.urlOf('dead'),
    ORPHANS_URL: sqs.urlOf('dead'),
  });
  const own = <Event, Answer>(name: Invocation) => loaded<Event, Answer>(fileOf(name), {});
  const bench: Bench = {
    database,
    gateway,
    deps: paymentsDeps({ ...realPorts, dynamo: database.client() }, process.env),
    webhook: await own('payments-webhook'),
    worker: await own('payments-notifications'),
    outbox: await own('platform-publisher'),
    deadlines: await own('ops-deadlines'),
    gatewayWorker: await own('payments-deadlines'),
  };
  return {
    bench,
    stop: async () => {
      await sqs.stop();
      await gateway.stop();
      await database.stop();
    },
  };
};

const nothingFailed = async (work: Promise<SQSBatchResponse>): Promise<void> => {
  const { batchItemFailures } = await work;
  if (batchItemFailures.length > 0) throw new Error('a function failed, and something else was measured');
};

/** Writes the payment's record, as a charge does. */
export const written = async ({ deps }: Bench, ref: PaymentRef): Promise<void> => {
  const requestedAt = instant(secondsOf(ref) * 1_000);
  const orderId = orderIdOf(ref);
  const intent = {
    ref,
    orderId,
    riderId: 'rider-1' as RiderId,
    method: 'bca_va' as const,
    amount: rupiah(fare),
    merchantId,
    requestedAt,
  };
  await deps.store.create(paymentRef(ref), intend(intent));
};

export const statusOf = async ({ deps }: Bench, ref: PaymentRef): Promise<string | undefined> =>
  (await deps.store.load(paymentRef(ref))).state?.standing.status;

export const mustBePaid = async (bench: Bench, ref: PaymentRef): Promise<void> => {
  const status = await statusOf(bench, ref);
  if (status !== 'PAID') throw new Error(`${ref} is ${status} and should be PAID`);
};

type Early = { readonly ref: PaymentRef; readonly body: string };

/** Customers of trips that are over have paid before their payments were written. */
export const notified = async ({ gateway, deps }: Bench, count: number): Promise<readonly Early[]> => {
  const some: Early[] = [];
  for (let n = 0; n < count; n += 1) {
    const ref = someRef();
    await finishedTrip(deps.store, orderIdOf(ref));
    some.push({ ref, body: await gateway.paid(ref) });
  }
  return some;
};

type Records = DynamoDBStreamEvent['Records'];

/** As if the time of the next look had come. */
const aged = async ({ database: { call, state } }: Bench, { dynamodb }: Records[number]): Promise<void> => {
  const { pk, sk } = dynamodb?.NewImage ?? {};
  await call('UpdateItem', {
    TableName: state,
    Key: { pk, sk },
    UpdateExpression: 'SET dueAt = :past',
    ExpressionAttributeValues: { ':past': { N: String(Date.now() - 1) } },
  });
};

const wakesOf = (records: Records): SQSEvent =>
  delivered(
    records.map(({ dynamodb }) => ({
      pk: dynamodb?.NewImage?.pk?.S,
      sk: dynamodb?.NewImage?.sk?.S,
      dueAt: Date.now() - 1,
    })),
  );

/** Some notifications through every function that is billed for them; found at the second look, or before. */
export const ours = async (bench: Bench, count: number, lookedFor: boolean): Promise<Times> => {
  const { database, deps, webhook, worker, outbox, deadlines, gatewayWorker } = bench;
  const early = await notified(bench, count);
  const stream = await streamOf(database);
  const time: Record<Invocation, number> = Object.fromEntries(names.map((name) => [name, 0])) as Record<
    Invocation,
    number
  >;
  const take = async (name: Invocation, work: () => Promise<unknown>): Promise<void> => {
    time[name] += Math.ceil(await timed(work));
  };
  const deadline = async (): Promise<SQSEvent> => {
    const records = (await stream.news()).filter(({ dynamodb }) => dynamodb?.NewImage?.dueAt);
    if (records.length !== count) throw new Error(`${records.length} of ${count} notifications are parked`);
    await take('platform-publisher', () => outbox({ Records: records }));
    await Promise.all(records.map((record) => aged(bench, record)));
    await stream.news();
    const wakes = wakesOf(records);
    await take('ops-deadlines', () => nothingFailed(deadlines(wakes)));
    return wakes;
  };

  for (const { body } of early) await take('payments-webhook', async () => mustBeKept(await webhook(posted(body))));
  const kept = delivered(early.map(({ body }) => ({ body, receivedAt: Date.now() })));
  await take('payments-notifications', () => nothingFailed(worker(kept)));
  let wakes = await deadline();
  if (lookedFor) {
    await take('payments-deadlines', () => nothingFailed(gatewayWorker(wakes)));
    wakes = await deadline();
  }
  for (const { ref } of early) {
    await written(bench, ref);
    await take('payments-api', () => joinEarly(deps, ref));
    await mustBePaid(bench, ref);
  }
  await take('payments-deadlines', () => nothingFailed(gatewayWorker(wakes)));
  stream.stop();
  return time;
};
