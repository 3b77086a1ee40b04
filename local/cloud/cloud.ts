/** The embedded cloud: runs a synthesized template and its bundles on one machine. */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { startControl } from '../server/control.ts';
import { LOOPBACK, portsOf } from '../server/ports.ts';
import { ACCOUNT, findPlaces, pseudoParameters, REGION, USUAL } from './addresses.ts';
import { keepHouse } from './dynamodb/housekeeping.ts';
import { openBuses } from './events/bus.ts';
import { eventsOperations } from './events/endpoint.ts';
import { openTargets } from './events/targets.ts';
import { openMidtrans } from './gateway.ts';
import { type Hooks, openHooks } from './hooks.ts';
import { openDevices } from './iot/devices.ts';
import { openIssuer } from './issuer/issuer.ts';
import { AsyncInvokes } from './lambda/async.ts';
import { openFunctions } from './lambda/functions.ts';
import { openLogs } from './lambda/logs.ts';
import { openDoors } from './listeners.ts';
import { startMailbox } from './mailbox/mailbox.ts';
import { startMappings } from './mappings.ts';
import { openMonitor } from './metrics/monitor.ts';
import { readPager } from './metrics/pager.ts';
import { type Ready, readyOf } from './ready.ts';
import { openState } from './state.ts';
import { openStorage } from './storage.ts';
import type { StreamMapping } from './streams/mapping.ts';
import { Teardown } from './teardown.ts';
import { readAssembly } from './template/assembly.ts';
import { openStack } from './template/stack.ts';
import { variablesOf } from './variables.ts';

export interface LocalOptions {
  /** The folder that `cdk synth` wrote. */
  readonly assembly: string;
  /** The project's root; relative paths in variables are meant from here. */
  readonly root?: string;
  /** Where state is kept. */
  readonly directory?: string;
  /** Keeps nothing: files on the memory file system, removed at the end. */
  readonly memory?: boolean;
  /** Forgets the state of earlier runs. */
  readonly fresh?: boolean;
  /** The port of the HTTP API. */
  readonly port?: number | undefined;
  readonly variables?: Readonly<Record<string, string>>;
  /** Gateway seconds in a real second, for the simulator of the gateway. */
  readonly midtransScale?: number;
  readonly workersPerFunction?: number;
  readonly callsPerWorker?: number;
  readonly batchesAtOnce?: number;
  readonly alarmEveryMs?: number;
  readonly streamRetryMs?: (attempt: number) => number;
  readonly eventRetryMs?: (attempt: number) => number;
  readonly asyncRetryMs?: readonly number[];
  /** Lines for the console. */
  readonly say?: (line: string) => void;
  /** Called when the stack cannot go on, with the reason. */
  readonly onBroken?: (reason: string) => void;
}

export interface Local {
  readonly ready: Ready;
  readonly hooks: Hooks;
  readonly stop: () => Promise<void>;
}

const doubling =
  (first: number, longest: number) =>
  (attempt: number): number =>
    Math.min(longest, first * 2 ** attempt);

/** Starts the stack; resolves when everything answers. Whatever it started before a failure is stopped again. */
export const startLocal = async (options: LocalOptions): Promise<Local> => {
  const teardown = new Teardown();
  try {
    return await start(options, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
};

const start = async (options: LocalOptions, teardown: Teardown): Promise<Local> => {
  const { root = process.cwd(), say = () => {}, onBroken = () => {} } = options;
  const assembly = readAssembly(resolve(options.assembly));
  const state = openState({
    directory: resolve(options.directory ?? join(root, '.tuntas')),
    memory: options.memory === true,
    fresh: options.fresh === true,
  });
  teardown.add('state', () => state.close());
  const takePort = portsOf(state);
  const places = await findPlaces(assembly.template, takePort, options.port);
  const issuerUrl = `http://${LOOPBACK}:${places.control}/issuer`;
  const stack = openStack({
    assembly,
    addresses: places,
    pseudo: pseudoParameters(assembly.stackName),
    parameters: {},
  });
  const issuer = await openIssuer(state, { url: issuerUrl, audience: 'tuntas', rolesClaim: 'roles' });

  const logs = openLogs(join(state.directory, 'logs'));
  teardown.add('logs', () => logs.close());
  const { database, tables, streams, queues, wakeStreams } = await openStorage({
    stack,
    state,
    places,
    teardown,
    onBroken,
  });
  const page = readPager(stack, (line) => logs.append(`${stack.name}-pages`, [line]));
  const monitor = openMonitor({
    stack,
    queues,
    startedAt: Date.now(),
    alarmEveryMs: options.alarmEveryMs ?? 2000,
    say,
    page,
  });
  teardown.add('monitor', () => monitor.stop());

  const mailbox = await startMailbox({
    port: await takePort('mailbox', { usual: USUAL.mailbox }),
    file: state.memory ? undefined : join(state.directory, 'mails.jsonl'),
  });
  teardown.add('mailbox', () => mailbox.stop());

  const midtrans = await openMidtrans({ stack, state, places, takePort, scale: options.midtransScale ?? 1 });
  if (midtrans.stop) teardown.add('gateway', midtrans.stop);

  const devices = await openDevices({
    stack,
    state,
    queues,
    store: monitor.store,
    takePort: () => takePort('mqtt', { usual: USUAL.mqtt }),
    say: (line) => logs.append(`${stack.name}-devices`, [line]),
  });
  teardown.add('devices', () => devices.stop());

  const functions = openFunctions({
    stack,
    region: REGION,
    variables: variablesOf({
      root,
      places,
      dynamoDb: database.endpoint,
      overrides: {
        MAIL_ENDPOINT: mailbox.url,
        EZPAY_CODE_KEYS: 'local-code-key',
        ...midtrans.variables,
        ...options.variables,
      },
    }),
    workersPerFunction: options.workersPerFunction ?? (availableParallelism() > 2 ? 2 : 1),
    callsPerWorker: options.callsPerWorker ?? 16,
    onLines: (name, logGroup, lines) => {
      logs.append(name, lines);
      monitor.lines(logGroup, lines);
    },
    onWrite: wakeStreams,
    onInvocation: monitor.invocation,
  });
  teardown.add('functions', () => functions.stop());
  const asyncInvokes = new AsyncInvokes(stack, queues, options.asyncRetryMs);
  teardown.add('asynchronous invocations', () => asyncInvokes.stop());
  const retryDelayMs = options.eventRetryMs ?? doubling(1000, 60_000);
  const targets = openTargets({ queues, functions, asyncInvokes, onFailed: monitor.ruleFailed, retryDelayMs });
  const buses = openBuses({ stack, targets, region: REGION, account: ACCOUNT, onMatched: monitor.ruleMatched });
  teardown.add('schedules', () => buses.stop());
  monitor.sendChangesTo(buses);

  const mappings = await startMappings({
    stack,
    state,
    region: REGION,
    queues,
    functions,
    streams,
    batchesAtOnce: options.batchesAtOnce ?? 2,
    streamRetryMs: options.streamRetryMs ?? doubling(100, 10_000),
    onStreamAge: monitor.streamAge,
  });
  teardown.add('mappings', () => mappings.stop());
  const house = keepHouse({ database, tables, neededFrom: ({ streamArn }) => leastOf(mappings.ofStream(streamArn)) });
  teardown.add('housekeeping', () => house.stop());
  await openDoors({ stack, places, functions, teardown, onRequest: monitor.request, onSocketMetric: monitor.socket });

  const ignored = stack.finish();
  const streamArns = [...streams.keys()];
  const hooks = openHooks({
    functions,
    asyncInvokes,
    targets,
    mappings,
    monitor,
    house,
    buses,
    queues,
    logs,
    ignored,
    stack,
    streamArns,
  });
  const operations = { ...eventsOperations(buses), ...monitor.operations };
  const control = await startControl({
    port: places.control,
    issuer,
    operations,
    admin: { ...hooks.admin, ...devices.admin },
  });
  teardown.add('control', () => control.stop());

  const ready = readyOf({
    stack,
    places,
    queues,
    tables,
    dynamoDb: database.endpoint,
    mailbox: mailbox.url,
    midtrans: midtrans.url,
    mqtt: devices.url,
    region: REGION,
  });
  return { ready, hooks, stop: () => teardown.run() };
};

const leastOf = (readers: readonly StreamMapping[]): bigint =>
  readers.reduce((least, reader) => (reader.position() < least ? reader.position() : least), 2n ** 62n);
