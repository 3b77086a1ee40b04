/** What a scan and a report cost in calls, and how many reports the local stack takes. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ezpayDeps, scanCar } from '../../functions/ezpay/commands.ts';
import type { Scan } from '../../functions/ezpay/ezpay.ts';
import { meterReportsWorker } from '../../functions/ezpay/meter-reports.worker.ts';
import shipped from '../../functions/ezpay/predictor.json' with { type: 'json' };
import { predict } from '../../functions/ezpay/predictor.ts';
import { batchesOf } from '../../functions/kernel/batches.ts';
import { type CarId, instant, type OrderId, type RiderId } from '../../functions/kernel/types.ts';
import { toItem } from '../../functions/platform/dynamo.ts';
import type { Delivery } from '../../local/fleet/device.ts';
import { watch } from './calls.ts';
import type { Database } from './database.ts';
import { envOf, realPorts } from './functions.ts';
import { startLocalStack } from './local-stack.ts';

const minute = 60_000;
export const stackReports = 6_000;
export const atOnce = 16;

const bodyOf = ({ car: number, device, message, arrivesAt }: Delivery): string =>
  JSON.stringify({ ...message, car: number, device, receivedAt: arrivesAt });

/** From the first message sent until the queue is empty and no message is in work. */
export const throughStack = async (deliveries: readonly Delivery[]): Promise<number> => {
  const stack = await startLocalStack();
  const sqs = new SQSClient({
    endpoint: stack.ready.sqs,
    region: stack.ready.region,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const QueueUrl = stack.ready.queues.argo;
  if (!QueueUrl) throw new Error(`there is no queue argo among ${Object.keys(stack.ready.queues).join(', ')}`);
  const send = async (batch: readonly Delivery[]): Promise<void> => {
    const Entries = batch.map((one, i) => ({ Id: String(i), MessageBody: bodyOf(one) }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };
  const left = async (): Promise<number> => {
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  };
  const emptied = async (): Promise<void> => {
    while ((await left()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  try {
    const [warmUp, measured] = [deliveries.slice(0, 500), deliveries.slice(500)];
    for (const batch of batchesOf(warmUp, 10)) await send(batch);
    await emptied();
    const from = performance.now();
    for (const batch of batchesOf(measured, 10)) await send(batch);
    await emptied();
    return measured.length / ((performance.now() - from) / 1_000);
  } finally {
    sqs.destroy();
    await stack.stop();
  }
};

/** Conditional puts of items of a car's size, new ones, so many at once: what the store takes without us. */
export const barePuts = async (database: Database, item: Readonly<Record<string, unknown>>): Promise<number> => {
  const client = database.client({ withoutTimeouts: true });
  let next = 0;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let n = next++; n < stackReports; n = next++) {
        const Item = toItem({ ...item, pk: `BARE#${n}`, sk: 'ARGO' });
        await client.send(
          new PutItemCommand({ TableName: database.state, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
        );
      }
    }),
  );
  client.destroy();
  return stackReports / ((performance.now() - from) / 1_000);
};

type Counts = Readonly<Record<'scan' | 'report' | 'copy', readonly string[]>>;

const car = 'B1234XYZ' as CarId;
const scannedAt = instant(Date.UTC(2026, 10, 20, 20, 44));

/** A start of the argo, a minute after the one before it. */
const started = (sequence: number) => {
  const at = scannedAt + sequence * minute;
  return { kind: 'STARTED', car, device: 'device-1', sequence, deviceTime: at, receivedAt: at } as const;
};

const oneScan: Scan = {
  orderId: 'TNT-20261121-0000001' as OrderId,
  customerId: 'customer-1' as RiderId,
  car,
  paymentMethod: 'gopay',
  scannedAt,
  mode: 'async',
  windowMs: 5 * minute,
  answerMs: 10 * minute,
};

/** The calls of a scan of a known car, of a report that is news, and of its copy. */
export const counted = async (
  database: Database,
): Promise<{ readonly counts: Counts; readonly item: Readonly<Record<string, unknown>> }> => {
  const client = database.client();
  const seen = watch(client, { withCapacity: false });
  const ports = { ...realPorts, dynamo: client };
  const deps = { ...ezpayDeps(ports, envOf(database)), predictor: async () => predict(shipped, true) };
  const work = meterReportsWorker({ ...deps, now: realPorts.now });
  const callsOf = async (task: () => Promise<unknown>): Promise<readonly string[]> => {
    seen.take();
    await task();
    return seen.take().map(({ name }) => name);
  };
  for (let sequence = 1; sequence < 12; sequence += 1) await work(started(sequence));
  const counts = {
    report: await callsOf(() => work(started(12))),
    copy: await callsOf(() => work(started(12))),
    scan: await callsOf(() => scanCar(deps, oneScan)),
  };
  const { Item } = await database.call('GetItem', {
    TableName: database.state,
    Key: { pk: { S: `CAR#${car}` }, sk: { S: 'ARGO' } },
  });
  client.destroy();
  return { counts, item: { state: JSON.stringify(Item) } };
};
