/** Notifications on the running stack: one after another, then thousands at once, a third early, a third twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inRandomOrder, openBurst, type Trip } from '../../tools/paid-burst.ts';
import { startLocalStack } from './local-stack.ts';
import { countingOwn, metricSums, type Sums } from './metric-sums.ts';
import { lookEveryMs, watchPaid } from './paid-orders.ts';
import { usageOf } from './processes.ts';
import { line, number, type Part } from './report.ts';
import { median, quantile } from './statistics.ts';

const idleTrips = 150;
const warmUp = 50;
const idlePause = 30;
const payments = 750;
/** Longer than a person would wait. */
const patience = 180_000;

const found = ['WebhookFound1', 'WebhookFound2', 'WebhookFound3', 'WebhookFoundMore', 'WebhookOrphan'] as const;

type Burst = ReturnType<typeof openBurst>;
type Paid = Awaited<ReturnType<typeof watchPaid>>;

const settlementOf = ({ notifications }: Trip) => notifications.filter(({ status }) => status === 'settlement');

/** Milliseconds from each notification to the PAID of its order, one after another. */
const whileIdle = async (burst: Burst, paid: Paid): Promise<readonly number[]> => {
  const trips = await burst.trips(warmUp + idleTrips, () => false);
  const times: number[] = [];
  for (const trip of trips) {
    await sleep(idlePause);
    const [sent] = await burst.send(settlementOf(trip));
    if (!sent || !(await paid.all([trip.orderId], patience))) throw new Error(`${trip.orderId} is not PAID`);
    times.push((paid.at(trip.orderId) as number) - sent.at);
  }
  return times.slice(warmUp);
};

const until = async (isSo: () => Promise<boolean>, what: string): Promise<void> => {
  for (const end = performance.now() + patience; !(await isSo()); await sleep(20))
    if (performance.now() > end) throw new Error(`${what}: not after ${patience / 1_000} s`);
};

const allAtOnce = async (burst: Burst, paid: Paid, pid: number) => {
  const trips = await burst.trips(payments, (n) => n % 3 === 0);
  const notifications = inRandomOrder(trips);
  const counts = Map.groupBy(notifications, ({ orderId }) => orderId);
  const countOf = (orderId: string): number => counts.get(orderId)?.length ?? 0;
  const early = trips.filter((trip) => trip.early);

  const cpu = (): number => usageOf(pid)?.cpuSeconds ?? Number.NaN;
  const cpuBefore = cpu();
  const sent = await burst.send(notifications);
  const onTime = trips.filter((trip) => !trip.early).map(({ orderId }) => orderId);
  const paidOnTime = paid.all(onTime, patience).then((all) => ({ all, cpuSeconds: cpu() - cpuBefore }));
  for (const trip of early)
    await until(async () => (await burst.waiting(trip)) === countOf(trip.orderId), 'early notifications are parked');
  const [charged, own] = await countingOwn(found, () => burst.chargeLate(early));
  const isPaid = await paid.all(
    trips.map(({ orderId }) => orderId),
    patience,
  );
  const { all: onTimePaid, cpuSeconds } = await paidOnTime;
  const end = performance.now() + 60_000;
  let wrong = await burst.wrongWith(trips, countOf);
  while (wrong.length > 0 && performance.now() < end) wrong = await burst.wrongWith(trips, countOf);

  const paidAt = (orderId: string): number => paid.at(orderId) ?? Number.NaN;
  const first = new Map<string, number>();
  for (const { orderId, status, at } of sent)
    if (status === 'settlement') first.set(orderId, Math.min(at, first.get(orderId) ?? Number.POSITIVE_INFINITY));
  return {
    sent,
    cpuSeconds,
    isPaid: isPaid && onTimePaid,
    wrong,
    own,
    early: early.reduce((sum, { orderId }) => sum + countOf(orderId), 0),
    attempts: await burst.attempts(trips),
    attemptsOfEarly: await burst.attempts(early),
    onTime: onTime.map((orderId) => paidAt(orderId) - (first.get(orderId) ?? Number.NaN)),
    joinedByCharge: charged.filter(({ killed }) => !killed).map(({ orderId, at }) => paidAt(orderId) - at),
    joinedByTimer: charged.filter(({ killed }) => killed).map(({ orderId, at }) => paidAt(orderId) - at),
  };
};

const timesRow = (name: string, times: readonly number[]): readonly string[] => [
  name,
  number(times.length),
  ...[median(times), quantile(times, 0.99), Math.max(...times)].map((ms) => `${number(ms)} ms`),
];

type Result = Awaited<ReturnType<typeof allAtOnce>>;

const timesRows = (idle: readonly number[], { sent, onTime, joinedByCharge, joinedByTimer }: Result) => [
  timesRow('idle: notification to PAID', idle),
  timesRow(
    'burst: notification to its answer',
    sent.map(({ ms }) => ms),
  ),
  timesRow('burst: notification to PAID', onTime),
  timesRow('early: the charge to PAID, joined by the charge', joinedByCharge),
  timesRow('early: the charge that died after its intent to PAID, joined by a timer', joinedByTimer),
];

export const burstPart = async (): Promise<Part> => {
  const { ready, stop } = await startLocalStack();
  const burst = openBurst(ready);
  const paid = await watchPaid(ready);
  try {
    const idle = await whileIdle(burst, paid);
    const before = await metricSums(ready.cloudwatch, 'payments', found);
    const result = await allAtOnce(burst, paid, ready.pid);
    const { ReceiptSent: receipts = 0 } = await metricSums(ready.cloudwatch, 'notify', ['ReceiptSent']);
    const after = await metricSums(ready.cloudwatch, 'payments', found);
    const { sent, wrong, attempts, attemptsOfEarly, own, onTime } = result;
    for (const one of wrong.slice(0, 20)) console.error(one);
    const counted: Sums = Object.fromEntries(
      found.map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0) + (own[name] ?? 0)]),
    );
    const inLog = (look: number): number =>
      attempts.filter((attempt) => (look > 3 ? attempt > 3 : attempt === look)).length;
    const none = { of: 'measured', atMost: 0 } as const;
    const foundInAll = found.reduce((sum, name) => sum + (name === 'WebhookOrphan' ? 0 : (counted[name] ?? 0)), 0);
    const copies = sent.length - 2 * payments;
    return {
      lines: [
        line(`burst: of ${number(sent.length)} notifications, not answered 200`, {
          measured: sent.filter(({ answered }) => answered !== 200).length,
          limit: none,
        }),
        line(`burst: of ${number(payments)} payments, orders, stories and receipts, what is not right or there twice`, {
          measured: wrong.length + (result.isPaid ? 0 : 1),
          limit: none,
        }),
        line('burst: early ones that were found on the first look', {
          measured: attemptsOfEarly.filter((attempt) => attempt === 1).length,
          limit: none,
        }),
        line('burst: found on some attempt, by the metrics, more or fewer than there were', {
          measured: Math.abs(foundInAll - sent.length),
          limit: none,
        }),
        line('idle and burst: receipts mailed, by the metric, more or fewer than payments', {
          measured: Math.abs(receipts - warmUp - idleTrips - payments),
          limit: none,
        }),
        line('idle: from the notification to PAID, median', { measured: median(idle), unit: 'ms' }),
        line('idle: the same, 99th percentile', {
          measured: quantile(idle, 0.99),
          unit: 'ms',
          limit: { of: 'measured', below: 2_000 },
        }),
        line('burst: CPU time of the whole stack, per notification', {
          measured: (1_000 * result.cpuSeconds) / sent.length,
          unit: 'ms',
        }),
        line(`burst: the same, ${number(sent.length)} at once, median`, { measured: median(onTime), unit: 'ms' }),
        line('burst: the same, 99th percentile', { measured: quantile(onTime, 0.99), unit: 'ms' }),
      ],
      details: [
        {
          title: `Found on attempt, of ${number(sent.length)} notifications`,
          columns: ['attempt', 'metric', 'by the metrics', 'lines of the sync log'],
          rows: found.map((name, n) => [
            name === 'WebhookOrphan' ? 'never' : n === 3 ? 'later' : `${n + 1}`,
            name,
            number(counted[name] ?? 0),
            name === 'WebhookOrphan' ? number(sent.length - attempts.length) : number(inLog(n + 1)),
          ]),
        },
        {
          title: 'How long it took',
          columns: ['what', 'of', 'p50', 'p99', 'longest'],
          rows: timesRows(idle, result),
        },
      ],
      notes: [
        `Burst: the stack is \`npm start -- --memory\` in a process of its own. ${number(payments)} trips were
          ridden, finished and paid at its simulated gateway, which wrote and signed a "pending" and a settlement
          for each; it sent none of them. All ${number(2 * payments)}, and ${number(copies)} of them a second time,
          were shuffled and posted to the webhook at once, from this process.`,
        `Early: every third trip (${number(result.early)} notifications) was charged at the gateway while there was
          no record of it here. When all its notifications were parked, it was charged by the code of the API in
          this process, as its reference is made of the second of the charge; every fourth of these charges died
          right after its intent was written. The timers had looked for it before, and the longer they had, the
          longer their pauses were by then (1, 3, 10, 30 s).`,
        `Right: over the API each order is PAID with its fare by its payment, which is its only one; its story tells
          of one payment.settled, one order.paid and each notification with its effect; its receipt was mailed once.`,
        `PAID: when the stream of the table shows it to this process, which looks every ${lookEveryMs} ms. The
          webhook's answers wait for each other: on one machine a function has one or two environments with 16 calls
          each.`,
      ],
    };
  } finally {
    burst.close();
    await paid.stop();
    await stop();
  }
};
