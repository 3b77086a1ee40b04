/** The reports of a large fleet through the worker and its one write, in this process, as fast as they go. */
import { PerformanceObserver } from 'node:perf_hooks';
import { begins } from '../../bin/cli/predictor/fleet.history.ts';
import { ezpayDeps } from '../../functions/ezpay/commands.ts';
import { meterReportsWorker } from '../../functions/ezpay/meter-reports.worker.ts';
import { type Instant, instant } from '../../functions/kernel/types.ts';
import { type Delivery, deliveriesOf } from '../../local/fleet/device.ts';
import { fleet } from '../../local/fleet/fleet.ts';
import { clientOf, memoryTable } from '../../tools/memory-table.ts';
import { realPorts } from './functions.ts';
import { quantile } from './statistics.ts';

export type Load = {
  readonly events: number;
  readonly cars: number;
  readonly written: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly gcSeconds: number;
  readonly gcs: number;
  readonly heapMb: number;
  readonly p50: number;
  readonly p99: number;
};

/** Starts and stops of a fleet of that size, copies and all, in order of arrival. */
export const reportsOf = (cars: number, wanted: number): readonly Delivery[] => {
  const days = 2;
  const simulated = { seed: 12, cars, from: begins, hours: days * 24 };
  const { cars: all, lifeOf } = fleet(simulated);
  const found = all.flatMap((car) =>
    deliveriesOf(lifeOf(car), { ...simulated, profile: 'mixed' }).filter(({ message }) => message.kind !== 'PING'),
  );
  if (found.length < wanted) throw new Error(`${cars} cars report ${found.length} times, fewer than ${wanted}`);
  return found.toSorted((a, b) => a.arrivesAt - b.arrivesAt).slice(0, wanted);
};

export const play = async (deliveries: readonly Delivery[]): Promise<Load> => {
  let written = 0;
  const client = clientOf(
    memoryTable(() => {
      written += 1;
    }),
  );
  let now: Instant = begins;
  const ports = { ...realPorts, dynamo: client, now: () => now };
  const work = meterReportsWorker({ ...ezpayDeps(ports, { STATE_TABLE: 'State' }), now: () => now });
  const pauses: number[] = [];
  const watch = new PerformanceObserver((list) => pauses.push(...list.getEntries().map(({ duration }) => duration)));
  watch.observe({ entryTypes: ['gc'] });
  const times: number[] = [];
  const cpu = process.cpuUsage();
  const started = performance.now();
  for (const { car, device, message, arrivesAt } of deliveries) {
    now = instant(arrivesAt);
    const from = performance.now();
    const { kind, ...rest } = message;
    if (kind === 'PING') throw new Error('only starts and stops are played');
    await work({ ...rest, kind, car, device, receivedAt: arrivesAt });
    times.push(performance.now() - from);
  }
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const heapMb = process.memoryUsage().heapUsed / 1024 ** 2;
  // The observer reports what the collector did in later turns.
  await new Promise((resolve) => setTimeout(resolve, 100));
  watch.disconnect();
  return {
    events: deliveries.length,
    cars: new Set(deliveries.map(({ car }) => car)).size,
    written,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    gcSeconds: pauses.reduce((sum, one) => sum + one, 0) / 1_000,
    gcs: pauses.length,
    heapMb,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  };
};
