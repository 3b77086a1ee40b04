/** What tests and tools may do to a running stack, in process and over the admin routes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AdminRoutes } from '../server/control.ts';
import type { Housekeeping } from './dynamodb/housekeeping.ts';
import { type Fault, faultSchema } from './lambda/faults.ts';
import type { Outcome } from './lambda/functions.ts';
import type { MetricName } from './metrics/store.ts';
import type { Needs } from './parts.ts';
import type { Queue } from './sqs/queues.ts';

export type Hooks = ReturnType<typeof openHooks>;

type Options = Needs<
  'stack' | 'functions' | 'asyncInvokes' | 'targets' | 'mappings' | 'monitor' | 'buses' | 'queues' | 'logs'
> & {
  readonly housekeeping: Housekeeping;
  /** Resources that are left out deliberately, by type. */
  readonly ignored: Readonly<Record<string, readonly string[]>>;
};

const idleTimeoutMs = 30_000;
const checkMs = 10;

/** What keeps the stack busy; empty when it is idle. Messages that wait for their time are not counted. */
const busyWith = ({ functions, mappings }: Needs<'functions' | 'mappings'>): readonly string[] => [
  ...(functions.running() > 0 ? [`${functions.running()} calls run`] : []),
  ...mappings.all.filter((mapping) => !mapping.idle()).map(({ name }) => name),
];

/** Resolves when the stack is idle; after the time-out it fails and names what is not. */
const untilIdle = async (parts: Needs<'functions' | 'mappings'>, timeoutMs: number): Promise<void> => {
  const streams = parts.mappings.streams;
  const positions = (): string => streams.map((stream) => stream.position()).join();
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (busyWith(parts).length === 0) {
      const before = positions();
      await Promise.all(streams.map((stream) => stream.catchUp()));
      if (positions() === before && busyWith(parts).length === 0) return;
    }
    await sleep(checkMs);
  }
  throw new Error(`not idle after ${timeoutMs} ms: ${busyWith(parts).join(', ')}`);
};

/** Names may be short: `dispatch-offers` for `tuntas-local-dispatch-offers`. */
export const openHooks = (parts: Options) => {
  const { stack, functions, monitor, targets, buses, queues, logs, housekeeping, ignored } = parts;
  const whole = (name: string): string => (name.startsWith(`${stack.name}-`) ? name : `${stack.name}-${name}`);
  return {
    /** Waits until nothing runs, mapped queues are empty and streams are read; fails with what is busy. */
    idle: (timeoutMs = idleTimeoutMs): Promise<void> => untilIdle(parts, timeoutMs),
    /** The next calls of a function fail before it runs, or start late. */
    inject: (name: string, fault: Fault): void => functions.faults.inject(functions.find(whole(name)).name, fault),
    /** The next deliveries of a rule fail. */
    failRule: (name: string, times: number): void => targets.failNext(whole(name), times),
    /** Ends a function's environments in the middle of their calls. @returns how many calls that hit */
    kill: (name: string): Promise<number> => functions.kill(whole(name)),
    invoke: (name: string, event: unknown): Promise<Outcome> =>
      functions.find(whole(name)).invoke(JSON.stringify(event)),
    runSchedule: (name: string): void => buses.runSchedule(whole(name)),
    queue: (name: string): Queue => {
      const found = queues.all.find((queue) => queue.name === whole(name));
      if (!found) throw new Error(`there is no queue ${whole(name)}`);
      return found;
    },
    alarms: monitor.alarms.all,
    evaluateAlarms: monitor.evaluate,
    metric: (metric: MetricName, statistic: string, lastMs = 3_600_000): number | undefined =>
      monitor.store.read(metric, statistic, { from: Date.now() - lastMs, to: Date.now() + 1000 }),
    logs: (name: string, lines = 100): readonly string[] => logs.tail(whole(name), lines),
    /** Trims streams and deletes expired items at once. */
    housekeeping: (): Promise<void> => {
      housekeeping.trimOnce();
      return housekeeping.sweepOnce();
    },
    ignored,
  };
};

export const adminRoutes = (hooks: Hooks, parts: Options): AdminRoutes => ({
  idle: async ({ query }) => {
    await hooks.idle(Number(query.get('timeout') ?? idleTimeoutMs));
    return { idle: true };
  },
  status: () => ({
    busy: busyWith(parts),
    waitingForRetry: parts.asyncInvokes.pending() + parts.targets.pending(),
    memoryMb: Math.round(process.memoryUsage.rss() / 1e6),
    functions: parts.functions.all.map(({ name }) => name),
    started: parts.functions.started(),
  }),
  ignored: () => hooks.ignored,
  alarms: () =>
    hooks.alarms().map(({ rule: { name, properties }, state, reason, since }) => ({
      ...{ name, state, reason, since },
      description: properties.AlarmDescription,
    })),
  changes: () =>
    parts.monitor.changes().map(({ rule: { name }, state, reason, since, previous }) => ({
      ...{ name, from: previous.state, to: state, reason, since },
    })),
  metrics: ({ query }) => {
    const statistic = query.get('statistic') ?? 'Sum';
    const lastMs = Number(query.get('seconds') ?? 3600) * 1000;
    return parts.monitor.store
      .list()
      .map((metric) => ({ ...metric, [statistic]: hooks.metric(metric, statistic, lastMs) }));
  },
  logs: ({ rest, query }) => hooks.logs(rest, Number(query.get('lines') ?? 100)),
  faults: ({ rest, body }) => hooks.inject(rest, faultSchema.parse(body)),
  kill: async ({ rest }) => ({ calls: await hooks.kill(rest) }),
  schedules: ({ rest }) => hooks.runSchedule(rest),
  housekeeping: () => hooks.housekeeping(),
});
