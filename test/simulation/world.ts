/** The world: our own functions as the template wires them, on simulated services, under one seed. */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { logTo } from '../../functions/kernel/log.ts';
import type { Written } from '../../tools/memory-table.ts';
import { bus as openBus } from './bus.ts';
import { callers } from './callers.ts';
import { engine as openEngine } from './engine.ts';
import { type FaultPlan, faultsOf } from './faults.ts';
import { merchantId, gateway as openGateway, serverKey } from './gateway.ts';
import { type Mail, portsOn } from './host-ports.ts';
import { lambdas as openLambdas } from './lambdas.ts';
import { writeLaws } from './laws/writes.ts';
import { type Host, network } from './network.ts';
import type { Blueprint, FunctionPlan } from './plans.ts';
import { queues as openQueues } from './queues.ts';
import { requests as openRequests } from './requests.ts';
import { type Site, sabotage } from './sabotage.ts';
import { sockets as openSockets } from './sockets.ts';
import { stream as openStream, type StreamRecord } from './stream.ts';
import { tables as openTables } from './table.ts';

export type { ApiAnswer, ApiCall, Person } from './callers.ts';

/** 2026-11-21T03:44:00Z. */
export const start = Date.UTC(2026, 10, 21, 3, 44);

export type WorldOptions = {
  readonly seed: number;
  readonly blueprint: Blueprint;
  readonly faults: (random: ReturnType<typeof openEngine>['random']) => FaultPlan;
  /** Gets a line for each thing that happens. */
  readonly trace?: ((at: number, line: string) => void) | undefined;
  /** The protection to take out. */
  readonly without?: Site | undefined;
  /** Settings of every function. */
  readonly env?: Readonly<Record<string, string>> | undefined;
};

/** Deployed flags: offers once, and the share of scans in each mode of EzPay. */
export const flags = (modes: Readonly<Record<'async' | 'grace' | 'strict', number>>): string =>
  JSON.stringify({ 'idempotent-dispatch': { percent: 100 }, 'ezpay-mode': modes });

const environment: Readonly<Record<string, string>> = {
  MIDTRANS_URL: 'https://gateway',
  MIDTRANS_SERVER_KEYS: serverKey,
  MIDTRANS_MERCHANT_ID: merchantId,
  MAIL_ENDPOINT: 'https://mailbox',
  EZPAY_CODE_KEYS: 'simulated-code-key',
  OIDC_ISSUER: 'https://issuer',
  TUNTAS_DEPLOYED_FLAGS: flags({ async: 60, grace: 20, strict: 20 }),
};
const withEnvironment =
  (env: Readonly<Record<string, string>> = {}) =>
  (plan: FunctionPlan): FunctionPlan => ({ ...plan, env: { ...plan.env, ...environment, ...env } });

const tableNames = ({ stateStream, functions }: Blueprint) => ({
  state: stateStream.match(/table\/([^/]+)/)?.[1] ?? '',
  story: functions.flatMap(({ env }) => env.STORY_TABLE ?? [])[0] ?? '',
});

const hour = 3_600_000;
/** Schedules keep to the minute for some hours after the last fault, and to a quarter of an hour then. */
const pacedBy =
  (quietFrom: number) =>
  (due: number): number =>
    due < quietFrom + 2 * hour ? due : Math.ceil(due / (hour / 4)) * (hour / 4);

/** The stream of the State table, and the laws of each write. */
const watching = ({ guard, changes, state, trace }: Watched) => {
  const known = new Set<string>();
  return (written: Written, by: Host | undefined): void => {
    const { table, key, item } = written;
    if (table === state) changes().append(written, !known.has(key));
    if (item) known.add(key);
    else known.delete(key);
    trace(() => `${by?.name ?? 'table'}: ${table} ${key}: ${item ? JSON.stringify(unmarshall(item)) : 'deleted'}`);
    guard.onWrite(written, by);
  };
};
type Watched = {
  readonly guard: ReturnType<typeof writeLaws>;
  readonly changes: () => ReturnType<typeof openStream>;
  readonly state: string;
  readonly trace: (line: () => string) => void;
};

export const openWorld = ({ seed, blueprint, faults: plan, without, env, trace: traceTo }: WorldOptions) => {
  const engine = openEngine(seed, start);
  const faults = faultsOf(plan(engine.random), engine.random, engine.now);
  const quietFrom = Math.max(start, faults.plan.until, ...faults.plan.outages.map(({ until }) => until));
  const net = network(engine, faults);
  const trace = (line: () => string): void => traceTo?.(engine.now(), line());
  const names = tableNames(blueprint);
  const guard = writeLaws(names.state, engine.now);
  const removal = sabotage(without);
  const lost: StreamRecord[] = [];
  const seen: string[] = [];
  const mails: Mail[] = [];
  logTo(() => undefined);

  const shared = { engine, faults, lambdas: () => lambdas, blueprint };
  const changes = openStream({
    ...shared,
    arn: blueprint.stateStream,
    mappings: blueprint.mappings,
    onLost: (_, records) => void lost.push(...records),
  });
  const tables = openTables({
    engine,
    faults,
    onWrite: watching({ guard, changes: () => changes, state: names.state, trace }),
    onCommand: guard.onCommand,
    changed: (command, by) => removal.command(command, by.of),
  });
  const queues = openQueues({ ...shared, plans: blueprint.queues, mappings: blueprint.mappings });
  const bus = openBus({ ...shared, queues, rules: blueprint.rules, paced: pacedBy(quietFrom) });
  const { api, notify, speaks } = callers({ ...shared, net, keyOf: removal.requestKey });
  const post = (body: string) => {
    seen.push(body);
    return notify(body);
  };
  const gateway = openGateway({ engine, seed, post, sabotage: removal });
  const portsFor = portsOn({
    ...{ engine, net, tables, queues, bus, gateway, mails },
    lambdas: () => lambdas,
    sockets: () => sockets,
  });
  const sockets = openSockets(shared);
  const lambdas = openLambdas({ engine, faults, plans: blueprint.functions.map(withEnvironment(env)), portsFor });

  return {
    engine,
    faults,
    quietFrom,
    tables,
    names,
    queues,
    bus,
    gateway,
    sockets,
    api,
    speaks,
    trace,
    lost,
    mails,
    guard,
    sites: removal.sites,
    requests: openRequests(),
    /** The bodies of the gateway's own notifications. */
    notificationsSeen: (): readonly string[] => seen,
    postNotification: (body: string) => {
      gateway.noteNotification(body);
      return notify(body);
    },
    /** A report of a car's device, as the rule of IoT Core hands it over. */
    deviceReports: (report: object): void => queues.find(blueprint.deviceQueue).put(JSON.stringify(report), {}, 0),
  };
};
export type World = ReturnType<typeof openWorld>;
