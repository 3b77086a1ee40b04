/** EzPay: how scans meet late reports in each mode, how many reports are taken, and what each costs in calls. */
import { type Load, play, reportsOf } from './support/argo-load.ts';
import { openDatabase } from './support/database.ts';
import { atOnce, barePuts, counted, stackReports, throughStack } from './support/ezpay-calls.ts';
import { type Joined, join, lives, type Way } from './support/lateness.ts';
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

type Met = Joined & { readonly way: string; readonly minutes: number };

const meetings = async (): Promise<readonly Met[]> => {
  const all = lives();
  const found: Met[] = [];
  for (const minutes of lateness)
    for (const way of ways) found.push({ ...(await join(all, minutes * minute, way, scans)), way: way.name, minutes });
  return found;
};

const meetingsTable = (met: readonly Met[]): Table => ({
  title: `${number(scans)} scans each, by the lateness of their reports (minutes); shares in %, seconds`,
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

const writes = (calls: readonly string[]): number =>
  calls.filter((name) => name !== 'GetItem' && name !== 'Query').length;
const reads = (calls: readonly string[]): number => calls.length - writes(calls);

const loadTable = ({ events, cars, written, seconds, cpuSeconds, gcSeconds, gcs, heapMb, p50, p99 }: Load): Table => ({
  title: `${number(events)} reports of ${number(cars)} cars in one process: a minute of ${number(perSecond)} a second`,
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
      `Scans: a simulated fleet, every second trip reported late by the given time; scans of those trips and half of
        those without a trip are counted. Real commands and deciders on a store in this process, simulated clock.`,
      `failed wrongly: refused or cancelled although the reports show in the end that the argo ran. never proven:
        confirmed by the predictor, no report within two hours.`,
      `Floor of the stack: conditional puts of an item of a car's size, ${atOnce} at once, into the same emulator
        with its stream. Floor of async: strict.`,
    ],
  };
};
export default benchmark;
