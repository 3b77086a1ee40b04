/** Plays the life of one car through the workers of EzPay on a simulated clock: messages, scans, answers, deadlines. */
import { reportDriver } from '../../../functions/dispatch/commands.ts';
import { answerScan, type EzPayDeps, ezpayDeadlines, ezpayOf, scanCar } from '../../../functions/ezpay/commands.ts';
import { eventMessage, eventsWorker } from '../../../functions/ezpay/events.worker.ts';
import { type EzPay, ezpayAggregate, type Mode } from '../../../functions/ezpay/ezpay.ts';
import { deviceMessage, meterReportsWorker } from '../../../functions/ezpay/meter-reports.worker.ts';
import shipped from '../../../functions/ezpay/predictor.json' with { type: 'json' };
import { predict } from '../../../functions/ezpay/predictor.ts';
import { orderId } from '../../../functions/kernel/order-number.ts';
import { after, type DriverId, type Instant, instant, type OrderId } from '../../../functions/kernel/types.ts';
import { wakeItem } from '../../../functions/platform/deadlines.ts';
import type { Delivery } from '../../../local/fleet/device.ts';
import type { Life, Scanned } from '../../../local/fleet/fleet.ts';
import { type Event, memoryStore } from './memory.store.ts';

/** `predictor`: whether it may confirm; it judges in any case. */
export type Rules = { readonly mode: Mode; readonly predictor: 'on' | 'off' };
/** The outcome of one scan: the order in the end, and its events. */
export type Played = { readonly scan: Scanned; readonly order: EzPay; readonly events: readonly Event[] };

const windowMs = 5 * 60_000;
const answerMs = 10 * 60_000;
/** As long as reports count. */
const aftermathMs = 10 * 3_600_000;

type Task = { readonly at: number; readonly run: () => Promise<unknown> };

/** The tasks in order of time: those known from the start, and those added on the way. */
const schedule = (known: readonly Task[]) => {
  const later: Task[] = [];
  let next = 0;
  return {
    add: (task: Task): void => {
      later.splice(later.findLastIndex(({ at }) => at <= task.at) + 1, 0, task);
    },
    take: (): Task | undefined => {
      const [soonest, planned] = [later[0], known[next]];
      if (soonest && (!planned || soonest.at <= planned.at)) return later.shift();
      next += 1;
      return planned;
    },
  };
};

/** The workers of EzPay on a separate store and clock. No app is connected, so no notice is sent. */
const ownWorkers = ({ predictor }: Rules) => {
  let time = instant(0);
  const published: Event[] = [];
  const due = new Map<string, Instant>();
  const now = () => time;
  const stored = memoryStore(({ id, events, dueAt }) => {
    published.push(...events);
    if (dueAt !== undefined) due.set(id, dueAt);
  });
  const deps: EzPayDeps = { ...stored, predictor: async () => predict(shipped, predictor === 'on') };
  const nothing = async (): Promise<void> => undefined;
  const deliveries = { claim: async () => 'sent-before' as const, close: nothing, release: nothing };
  const work = eventsWorker({ ...deps, now, deliveries, deliver: async () => 'none' });
  const applyReport = meterReportsWorker({ ...deps, now });
  const deadlines = ezpayDeadlines(deps);
  return {
    deps,
    advance: (to: number) => {
      time = instant(to);
    },
    published: () => published.splice(0),
    dueAt: (id: OrderId) => due.get(id),
    report: (message: object) => applyReport(deviceMessage.parse(message)),
    work: (event: Event) => work(eventMessage.read(JSON.stringify(event))),
    wake: (id: OrderId, dueAt: Instant) => wakeItem({ ...ezpayAggregate.key(id), dueAt }, deadlines, time),
  };
};

const isSubscribed = ({ type }: Event): boolean => /^(argo|ezpay|car)\./.test(type);

export const playCar = async (
  life: Life,
  deliveries: readonly Delivery[],
  rules: Rules,
): Promise<readonly Played[]> => {
  const { car } = life.car;
  const workers = ownWorkers(rules);
  const scans = new Map<OrderId, { readonly scan: Scanned; readonly events: Event[]; wakeAt?: Instant }>();

  const scanned = async (scan: Scanned, n: number): Promise<void> => {
    const { customerId, at: scannedAt } = scan;
    const request = { orderId: orderId(n, scannedAt), customerId, car, paymentMethod: 'gopay', scannedAt } as const;
    const { outcome } = await scanCar(workers.deps, { ...request, mode: rules.mode, windowMs, answerMs });
    if (outcome === 'created') scans.set(request.orderId, { scan, events: [] });
  };
  const reportDuty = (driverId: DriverId, onDuty: boolean, at: Instant): Task => ({
    at,
    run: () => reportDriver(workers.deps, { driverId, onDuty, ...(onDuty && { car }), at }),
  });
  const tasks = schedule(
    [
      ...deliveries.map(({ device, message, arrivesAt }) => ({
        at: arrivesAt,
        run: () => workers.report({ ...message, car, device, receivedAt: arrivesAt }),
      })),
      ...life.scans.map((scan, n) => ({ at: scan.at, run: () => scanned(scan, n) })),
      ...life.shifts.flatMap(({ driver: { driverId, usesApp }, from, to }) =>
        usesApp ? [reportDuty(driverId, true, from), reportDuty(driverId, false, to)] : [],
      ),
    ].toSorted((a, b) => a.at - b.at),
  );

  /** The driver on shift answers in the app, if at all. */
  const askDriver = (id: OrderId, { answer }: Scanned, askedAt: Instant): void => {
    if (!answer) return;
    const at = after(askedAt, answer.afterMs);
    const shift = life.shifts.find(({ from, to }) => from <= at && at < to);
    if (!shift) return;
    const { driverId } = shift.driver;
    tasks.add({ at, run: () => answerScan(workers.deps, id, { driverId, confirmed: answer.confirmed, at }) });
  };
  const follow = (event: Event): void => {
    const id = event.orderId as OrderId;
    const known = scans.get(id);
    if (!known) return;
    known.events.push(event);
    const dueAt = workers.dueAt(id);
    if (dueAt !== undefined && dueAt !== known.wakeAt) {
      known.wakeAt = dueAt;
      tasks.add({ at: dueAt, run: () => workers.wake(id, dueAt) });
    }
    if (event.type === 'ezpay.driver-asked') askDriver(id, known.scan, instant(Date.parse(event.at)));
  };

  const lastAt = Math.max(
    0,
    ...[...deliveries.slice(-1).map(({ arrivesAt }) => arrivesAt), ...life.scans.map(({ at }) => at)],
  );
  for (let task = tasks.take(); task && task.at <= lastAt + aftermathMs; task = tasks.take()) {
    workers.advance(task.at);
    await task.run();
    for (let events = workers.published(); events.length > 0; events = workers.published()) {
      for (const event of events) {
        follow(event);
        if (isSubscribed(event)) await workers.work(event);
      }
    }
  }

  return Promise.all(
    [...scans].map(async ([id, { scan, events }]) => {
      const order = await ezpayOf(workers.deps, id);
      if (!order) throw new Error(`the scan ${id} is not there`);
      return { scan, order, events };
    }),
  );
};
