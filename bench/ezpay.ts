/** EzPay: how scans meet late reports in each mode, how many reports the worker and the local stack take, and what each costs in calls. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ezpayDeps, scanCar } from '../functions/ezpay/commands.ts';
import type { Scan } from '../functions/ezpay/ezpay.ts';
import { meterReportsWorker } from '../functions/ezpay/meter-reports.worker.ts';
import shipped from '../functions/ezpay/predictor.json' with { type: 'json' };
import { predict } from '../functions/ezpay/predictor.ts';
import { batchesOf } from '../functions/kernel/batches.ts';
import { type CarId, instant, type OrderId, type RiderId } from '../functions/kernel/types.ts';
import { toItem } from '../functions/platform/dynamo.ts';
import type { Delivery } from '../local/fleet/device.ts';
import { type Load, play, reportsOf } from './support/argo-load.ts';
import { watch } from './support/calls.ts';
import { type Database, openDatabase } from './support/database.ts';
import { envOf, realPorts } from './support/functions.ts';
import { type Joined, join, lives, type Way } from './support/lateness.ts';
import { startLocalStack } from './support/local-stack.ts';
import { type Benchmark, line, number, type Table } from './support/report.ts';

const minute = 60_000;
const lateness = [0, 5, 20, 52] as const;
const scans = 10_000;
const ways: readonly Way[] = [
  { name: 'strict', mode: 'strict' },
  { name: 'grace', mode: 'grace' },
  { name: 'async', mode: 'async' },
  { name: 'async, predictor', mode: 'async', predictor: 'on' },
];

const perSecond = 5_000;
const simulatedSeconds = 60;
const reports = perSecond * simulatedSeconds;
const manyCars = 4_500;
const stackReports = 6_000;
const atOnce = 16;

type Met = Joined & { readonly way: string; readonly minutes: number };

const meetings = async (): Promise<readonly Met[]> => {
  const all = lives();
  const found: Met[] = [];
  for (const minutes of lateness)
    for (const way of ways) found.push({ ...(await join(all, minutes * minute, way, scans)), way: way.name, minutes });
  return found;
};

const meetingsTable = (met: readonly Met[]): Table => ({
  title: `${number(scans)} scans each, by how late the reports of their trips come (minutes); shares of the scans in %, seconds from the scan to its confirmation`,
  columns: [
    'late',
    'mode',
    'confirmed',
    'argo',
    'grace',
    'driver',
    'predictor',
    'failed wrongly',
    'never proven',
    'p50 s',
    'p95 s',
  ],
  rows: met.map(({ way, minutes, scans: all, confirmed, by, wronglyFailed, wronglyConfirmed, p50, p95 }) => {
    const share = (count: number): string => ((100 * count) / all).toFixed(1);
    return [
      String(minutes),
      way,
      share(confirmed),
      ...[by.argo, by.grace, by.driver, by.predictor, wronglyFailed, wronglyConfirmed].map(share),
      (p50 / 1_000).toFixed(1),
      (p95 / 1_000).toFixed(1),
    ];
  }),
});

const bodyOf = ({ car: number, device, message, arrivesAt }: Delivery): string =>
  JSON.stringify({ ...message, car: number, device, receivedAt: arrivesAt });

/** From the first message sent until the queue is empty and no message is in work. */
const throughStack = async (deliveries: readonly Delivery[]): Promise<number> => {
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
const barePuts = async (database: Database, item: Readonly<Record<string, unknown>>): Promise<number> => {
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
const counted = async (
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

const writes = (calls: readonly string[]): number =>
  calls.filter((name) => name !== 'GetItem' && name !== 'Query').length;
const reads = (calls: readonly string[]): number => calls.length - writes(calls);

const loadTable = ({ events, cars, written, seconds, cpuSeconds, gcSeconds, gcs, heapMb, p50, p99 }: Load): Table => ({
  title: `${number(events)} reports of ${number(cars)} cars in one process: ${number(perSecond)} a second for a simulated minute`,
  columns: ['', ''],
  rows: [
    ['written, the rest copies and what came too late', number(written)],
    ['seconds', number(seconds)],
    ['CPU share of one core at 5,000/s, %', number((100 * cpuSeconds) / simulatedSeconds)],
    ['garbage collection: runs, ms in all', `${number(gcs)}, ${number(gcSeconds * 1_000)}`],
    ['heap at the end, with the table in it, MB', number(heapMb)],
    ['one report, µs: p50, p99', `${number(p50 * 1_000)}, ${number(p99 * 1_000)}`],
  ],
});

const at = (met: readonly Met[], minutes: number, way: string): Met => {
  const found = met.find((one) => one.minutes === minutes && one.way === way);
  if (!found) throw new Error(`nothing was measured for ${way} at ${minutes} minutes`);
  return found;
};

const benchmark: Benchmark = async () => {
  const load = await play(reportsOf(manyCars, reports));
  const met = await meetings();
  const database = await openDatabase();
  const { counts, item } = await counted(database);
  const bare = await barePuts(database, item);
  await database.stop();
  const stack = await throughStack(reportsOf(300, stackReports));
  const share = (minutes: number, way: string): number => at(met, minutes, way).confirmed / scans;
  return {
    title: 'EzPay',
    lines: [
      line('a scan: transactions', { measured: writes(counts.scan), limit: { of: 'measured', atMost: 1 } }),
      line('a scan: reads', { measured: reads(counts.scan), limit: { of: 'measured', atMost: 1 } }),
      line('a report: writes', { measured: writes(counts.report), limit: { of: 'measured', atMost: 1 } }),
      line('a copy of a report: writes', { measured: writes(counts.copy), limit: { of: 'measured', atMost: 0 } }),
      // By CPU time: what else runs on the machine takes its share of the clock.
      line('reports through decider and writer, per second of CPU time', {
        measured: load.events / load.cpuSeconds,
        limit: { of: 'measured', atLeast: perSecond },
      }),
      line('reports through decider and writer, per second', { measured: load.events / load.seconds }),
      line('reports through the local stack, per second', { measured: stack, floor: bare }),
      ...lateness.map((minutes) =>
        line(`async: scans confirmed, reports ${minutes} min late`, {
          measured: 100 * share(minutes, 'async'),
          floor: 100 * share(minutes, 'strict'),
          unit: '%',
          limit: { of: 'ratio', atLeast: 1 },
        }),
      ),
      line('early confirmations never proven, reports 0 min late', {
        measured:
          (100 * at(met, 0, 'async, predictor').wronglyConfirmed) /
          Math.max(1, at(met, 0, 'async, predictor').by.predictor),
        unit: '%',
      }),
    ],
    details: [meetingsTable(met), loadTable(load)],
    notes: [
      'Scans: a simulated fleet, every second trip reported late by the given time; scans of those trips and half of those without a trip are counted. Real commands and deciders on a store in this process, simulated clock.',
      'failed wrongly: refused or cancelled although the reports show in the end that the argo ran. never proven: confirmed by the predictor, no report within two hours.',
      `Floor of the stack: conditional puts of an item of a car's size, ${atOnce} at once, into the same emulator with its stream. Floor of async: strict.`,
    ],
  };
};
export default benchmark;
