/** What tests and tools may do to a running stack, in process and over the admin endpoint. */
import type { AdminRoute } from '../server/control.ts';
import type { Housekeeping } from './dynamodb/housekeeping.ts';
import type { Buses } from './events/bus.ts';
import type { Targets } from './events/targets.ts';
import { busyWith, untilQuiet } from './idle.ts';
import type { AsyncInvokes } from './lambda/async.ts';
import type { Fault } from './lambda/faults.ts';
import type { Functions } from './lambda/functions.ts';
import type { Logs } from './lambda/logs.ts';
import type { Mappings } from './mappings.ts';
import type { Monitor } from './metrics/monitor.ts';
import type { MetricName } from './metrics/store.ts';
import type { Queue, Queues } from './sqs/queues.ts';
import { z } from './template/schema.ts';
import type { Stack } from './template/stack.ts';

export interface HooksOptions {
  readonly stack: Stack;
  readonly functions: Functions;
  readonly asyncInvokes: AsyncInvokes;
  readonly targets: Targets;
  readonly mappings: Mappings;
  readonly streamArns: readonly string[];
  readonly monitor: Monitor;
  readonly house: Housekeeping;
  readonly buses: Buses;
  readonly queues: Queues;
  readonly logs: Logs;
  readonly ignored: Readonly<Record<string, readonly string[]>>;
}

export interface Hooks {
  /** Waits until nothing runs, mapped queues are empty and streams are read; fails with what is busy. */
  readonly quiet: (timeoutMs?: number) => Promise<void>;
  /** The next calls of a function fail before it runs, or start late. Short names do: `dispatch-offers`. */
  readonly inject: (functionName: string, fault: Fault) => void;
  /** The next deliveries of a rule fail. */
  readonly failRule: (ruleName: string, times: number) => void;
  /** Ends a function's environments in the middle of what they do; says how many calls that hit. */
  readonly kill: (functionName: string) => Promise<number>;
  readonly invoke: (functionName: string, event: unknown) => ReturnType<Functions['all'][number]['invoke']>;
  readonly runSchedule: (ruleName: string) => void;
  readonly queue: (name: string) => Queue;
  readonly alarms: Monitor['alarms']['all'];
  readonly alarmChanges: Monitor['changes'];
  readonly evaluateAlarms: (now?: number) => void;
  readonly metric: (metric: MetricName, statistic: string, lastMs?: number) => number | undefined;
  readonly logs: (functionName: string, lines?: number) => readonly string[];
  /** Trims streams and deletes expired items at once. */
  readonly housekeeping: () => Promise<void>;
  readonly ignored: Readonly<Record<string, readonly string[]>>;
  readonly admin: Readonly<Record<string, AdminRoute>>;
}

const QUIET_MS = 30_000;
const HOUR_MS = 3_600_000;
const faultSchema = z.object({
  times: z.number().int().min(1),
  fail: z.boolean().optional(),
  delayMs: z.number().optional(),
});

export const openHooks = (options: HooksOptions): Hooks => {
  const { stack, functions, monitor, mappings } = options;
  const whole = (name: string): string => (name.startsWith(`${stack.name}-`) ? name : `${stack.name}-${name}`);
  const quietOptions = {
    running: () => functions.running(),
    mappings: mappings.all,
    streams: options.streamArns.flatMap((arn) => mappings.ofStream(arn)),
  };

  const hooks: Omit<Hooks, 'admin'> = {
    quiet: (timeoutMs = QUIET_MS) => untilQuiet(quietOptions, timeoutMs),
    inject: (name, fault) => functions.faults.inject(functions.find(whole(name)).name, fault),
    failRule: (name, times) => options.targets.failNext(whole(name), times),
    kill: (name) => functions.kill(whole(name)),
    invoke: (name, event) => functions.find(whole(name)).invoke(JSON.stringify(event)),
    runSchedule: (name) => options.buses.runSchedule(whole(name)),
    queue: (name) => {
      const found = options.queues.all.find((queue) => queue.name === whole(name));
      if (!found) throw new Error(`there is no queue ${whole(name)}`);
      return found;
    },
    alarms: monitor.alarms.all,
    alarmChanges: monitor.changes,
    evaluateAlarms: monitor.evaluate,
    metric: (metric, statistic, lastMs = HOUR_MS) =>
      monitor.store.read(metric, statistic, { from: Date.now() - lastMs, to: Date.now() + 1000 }),
    logs: (name, lines = 100) => options.logs.tail(whole(name), lines),
    housekeeping: async () => {
      options.house.trimOnce();
      await options.house.sweepOnce();
    },
    ignored: options.ignored,
  };

  const admin: Readonly<Record<string, AdminRoute>> = {
    quiet: async ({ query }) => {
      await hooks.quiet(Number(query.get('timeout') ?? QUIET_MS));
      return { quiet: true };
    },
    status: () => ({
      busy: busyWith(quietOptions),
      waitingForRetry: options.asyncInvokes.pending() + options.targets.pending(),
      memoryMb: Math.round(process.memoryUsage.rss() / 1e6),
      functions: functions.all.map(({ name }) => name),
      started: functions.started(),
    }),
    ignored: () => hooks.ignored,
    alarms: () =>
      monitor.alarms.all().map(({ rule, state, reason, since }) => ({
        name: rule.name,
        state,
        reason,
        since,
        description: rule.properties.AlarmDescription,
      })),
    changes: () =>
      monitor.changes().map(({ rule, state, reason, since, previous }) => ({
        name: rule.name,
        from: previous.state,
        to: state,
        reason,
        since,
      })),
    metrics: ({ query }) => {
      const statistic = query.get('statistic') ?? 'Sum';
      const lastMs = Number(query.get('seconds') ?? 3600) * 1000;
      return monitor.store
        .list()
        .map((metric) => ({ ...metric, [statistic]: hooks.metric(metric, statistic, lastMs) }));
    },
    logs: ({ rest, query }) => hooks.logs(rest, Number(query.get('lines') ?? 100)),
    faults: ({ rest, body }) => hooks.inject(rest, faultSchema.parse(body)),
    kill: async ({ rest }) => ({ calls: await hooks.kill(rest) }),
    schedules: ({ rest }) => hooks.runSchedule(rest),
    housekeeping: () => hooks.housekeeping(),
  };
  return { ...hooks, admin };
};
