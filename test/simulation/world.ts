/** The world: our own functions as the template wires them, on simulated services, under one seed. */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { logTo } from '../../functions/kernel/log.ts';
import type { Written } from '../../tools/memory-table.ts';
import { bus as openBus } from './bus.ts';
import { callers } from './callers.ts';
import { engine as openEngine } from './engine.ts';
import { type FaultPlan, faultsOf } from './faults.ts';
import { merchantId, gateway as openGateway, serverKey } from './gateway.ts';
import { portsOn } from './host-ports.ts';
import { lambdas as openLambdas } from './lambdas.ts';
import { type Host, network } from './network.ts';
import type { Blueprint, FunctionPlan } from './plans.ts';
import { queues as openQueues } from './queues.ts';
import { conditions, type Site } from './sabotage.ts';
import { safety } from './safety.ts';
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
  /** The condition to take out of every write. */
  readonly without?: Site | undefined;
};

const environment: Readonly<Record<string, string>> = {
  MIDTRANS_URL: 'https://gateway',
  MIDTRANS_SERVER_KEYS: serverKey,
  MIDTRANS_MERCHANT_ID: merchantId,
  MAIL_ENDPOINT: 'https://mailbox',
  EZPAY_CODE_KEYS: 'simulated-code-key',
  OIDC_ISSUER: 'https://issuer',
};
const withEnvironment = (plan: FunctionPlan): FunctionPlan => ({ ...plan, env: { ...plan.env, ...environment } });

const tableNames = ({ stateStream, functions }: Blueprint) => ({
  state: stateStream.match(/table\/([^/]+)/)?.[1] ?? '',
  story: functions.flatMap(({ env }) => env.STORY_TABLE ?? [])[0] ?? '',
});

export const openWorld = ({ seed, blueprint, faults: plan, without, trace: traceTo }: WorldOptions) => {
  const engine = openEngine(seed, start);
  const faults = faultsOf(plan(engine.random), engine.random, engine.now);
  const net = network(engine, faults);
  const trace = (line: () => string): void => traceTo?.(engine.now(), line());
  const names = tableNames(blueprint);
  const guard = safety(names.state);
  const sites = new Set<Site>();
  const lost: StreamRecord[] = [];
  const seen: string[] = [];
  logTo(() => undefined);

  const shared = { engine, faults, lambdas: () => lambdas };
  const changes = openStream({
    ...shared,
    arn: blueprint.stateStream,
    mappings: blueprint.mappings,
    onLost: (_, records) => void lost.push(...records),
  });
  const known = new Set<string>();
  const onWrite = (written: Written, by: Host | undefined): void => {
    const { table, key, item } = written;
    if (table === names.state) changes.append(written, !known.has(key));
    if (item) known.add(key);
    else known.delete(key);
    trace(() => `${table} ${key}: ${item ? JSON.stringify(unmarshall(item)) : 'deleted'}`);
    guard.onWrite(written, by);
  };
  const removed = conditions(without, (site) => void sites.add(site));
  const tables = openTables({ engine, faults, onWrite, changed: removed });
  const queues = openQueues({ ...shared, plans: blueprint.queues, mappings: blueprint.mappings });
  const bus = openBus({ ...shared, queues, rules: blueprint.rules });
  const { api, notify } = callers({ engine, net, lambdas: () => lambdas, blueprint });
  const post = (body: string) => {
    seen.push(body);
    return notify(body);
  };
  const gateway = openGateway({ engine, seed, post });
  const portsFor = portsOn({
    engine,
    net,
    tables,
    queues,
    bus,
    gateway: () => gateway,
    lambdas: () => lambdas,
    sockets: () => sockets,
  });
  const sockets = openSockets({ ...shared, blueprint });
  const lambdas = openLambdas({ engine, faults, plans: blueprint.functions.map(withEnvironment), portsFor });

  return {
    engine,
    faults,
    tables,
    names,
    queues,
    bus,
    gateway,
    sockets,
    api,
    trace,
    lost,
    guard,
    sites,
    /** The bodies of the gateway's own notifications. */
    notificationsSeen: (): readonly string[] => seen,
    postNotification: notify,
    /** A report of a car's device, as the rule of IoT Core hands it over. */
    deviceReports: (report: object): void => queues.find(blueprint.deviceQueue).put(JSON.stringify(report), {}, 0),
    /** All dead letters go back to the queues they came from. */
    redrive: (): void => {
      for (const one of queues.all) {
        const dead = one.plan.deadLetters && queues.find(one.plan.deadLetters.arn);
        if (dead && dead.messages.size > 0) dead.redriveTo(one);
      }
    },
  };
};
export type World = ReturnType<typeof openWorld>;
