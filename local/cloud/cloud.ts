/** The embedded cloud: runs a synthesized template and its bundles on one machine. */
import { join, resolve } from 'node:path';
import { startControl } from '../server/control.ts';
import { portsOf } from '../server/ports.ts';
import { findAddresses, usualPorts } from './addresses.ts';
import { openHousekeeping } from './dynamodb/housekeeping.ts';
import { openBuses } from './events/bus.ts';
import { eventsOperations } from './events/endpoint.ts';
import { openTargets } from './events/targets.ts';
import { openMidtrans } from './gateway.ts';
import { adminRoutes, type Hooks, openHooks } from './hooks.ts';
import { startFunctionUrls } from './http/function-url.ts';
import { startHttpApi } from './http/server.ts';
import { readApis } from './http/template.ts';
import { openDevices } from './iot/devices.ts';
import { openIssuer } from './issuer/issuer.ts';
import { openAsyncInvokes } from './lambda/async.ts';
import { openFunctions } from './lambda/functions.ts';
import { openLogs } from './lambda/logs.ts';
import { startMailbox } from './mailbox/mailbox.ts';
import { startMappings } from './mappings.ts';
import { openMonitor } from './metrics/monitor.ts';
import type { Needs } from './parts.ts';
import { type Ready, readyOf } from './ready.ts';
import { openState } from './state.ts';
import { openStorage } from './storage.ts';
import { openTeardown, type Teardown } from './teardown.ts';
import { readAssembly } from './template/assembly.ts';
import { openStack } from './template/stack.ts';
import { type VariablesFor, variablesOf } from './variables.ts';
import { startSocketApi } from './websocket/server.ts';

export type LocalOptions = {
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
  /** Variables of every function, after those of the template. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly alarmEveryMs?: number;
  /** The pause before a further attempt of a batch of a stream, an event or a call, instead of that of AWS. */
  readonly retryMs?: number;
  /** Receives lines for the console. */
  readonly print?: (line: string) => void;
  /** Called when the stack cannot continue, with the reason. */
  readonly onBroken?: (reason: string) => void;
};

export type Local = { readonly ready: Ready; readonly hooks: Hooks; readonly stop: () => Promise<void> };

/** Starts the stack; resolves when everything answers. Whatever it started before a failure is stopped again. */
export const startLocal = async (options: LocalOptions): Promise<Local> => {
  const teardown = openTeardown();
  try {
    return await start(options, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
};

/** The template, the state of earlier runs, and the addresses of this one. */
const openBase = async (options: LocalOptions & { readonly root: string }, teardown: Teardown) => {
  const { directory = join(options.root, '.tuntas'), memory = false, fresh = false } = options;
  const assembly = readAssembly(resolve(options.assembly));
  const state = openState({ directory: resolve(directory), memory, fresh });
  teardown.add('state', state.close);
  const takePort = portsOf(state);
  const addresses = await findAddresses(assembly.template, takePort, options.port);
  const logs = openLogs(join(state.directory, 'logs'));
  teardown.add('logs', logs.close);
  return { teardown, state, takePort, addresses, logs, stack: openStack({ assembly, addresses }) };
};

type Base = Awaited<ReturnType<typeof openBase>>;
type Measured = Base & Awaited<ReturnType<typeof openStorage>> & Needs<'monitor'>;

/** What functions talk to that is not AWS. */
const openOutside = async (base: Base) => {
  const { state, takePort, teardown } = base;
  const file = state.memory ? undefined : join(state.directory, 'mails.jsonl');
  const mailbox = await startMailbox(await takePort('mailbox', { usual: usualPorts.mailbox }), file);
  teardown.add('mailbox', mailbox.stop);
  const midtrans = await openMidtrans(base);
  return { mailbox: mailbox.url, midtrans };
};

/** The functions, and what calls them: events, queues, streams. */
const openFunctionParts = async (parts: Measured, retryMs: number | undefined, variables: VariablesFor) => {
  const { teardown, monitor, wakeStreams } = parts;
  const functions = openFunctions({ ...parts, variables, onWrite: wakeStreams });
  teardown.add('functions', functions.stop);
  const asyncInvokes = openAsyncInvokes(parts, retryMs === undefined ? [60_000, 120_000] : [retryMs]);
  teardown.add('asynchronous invocations', asyncInvokes.stop);
  const doubling = (first: number, longest: number) => (attempt: number) =>
    retryMs ?? Math.min(longest, first * 2 ** attempt);
  const targets = openTargets({ ...parts, functions, asyncInvokes, retryDelayMs: doubling(1000, 60_000) });
  const buses = openBuses({ ...parts, targets });
  teardown.add('schedules', buses.stop);
  monitor.sendChangesTo((event) => buses.put('default', event));
  const mappings = await startMappings({ ...parts, functions, streamRetryMs: doubling(100, 10_000) });
  teardown.add('mappings', mappings.stop);
  return { functions, asyncInvokes, targets, buses, mappings };
};

/** HTTP APIs, WebSocket APIs and function URLs, each on its port. */
const openListeners = async (parts: Needs<'stack' | 'addresses' | 'functions' | 'teardown' | 'monitor'>) => {
  for (const api of readApis(parts.stack)) {
    const { stop } = await (api.protocol === 'HTTP' ? startHttpApi(parts, api) : startSocketApi(parts, api));
    parts.teardown.add(api.logicalId, stop);
  }
  for (const { stop } of await startFunctionUrls(parts)) parts.teardown.add('function URL', stop);
};

const start = async (options: LocalOptions, teardown: Teardown): Promise<Local> => {
  const { root = process.cwd(), print = () => {}, onBroken = () => {}, alarmEveryMs = 2000 } = options;
  const base = await openBase({ ...options, root }, teardown);
  const { stack, state, addresses } = base;
  const issuer = await openIssuer(state, `${addresses.control}/issuer`);
  const storage = await openStorage(base, onBroken);
  const { database, tables, queues } = storage;
  const monitor = openMonitor({ ...base, queues, alarmEveryMs, print });
  teardown.add('monitor', monitor.stop);
  const { mailbox, midtrans } = await openOutside(base);
  const measured = { ...base, ...storage, monitor };
  const devices = await openDevices(measured);

  const own = { MAIL_ENDPOINT: mailbox, EZPAY_CODE_KEYS: 'local-code-key', ...midtrans.variables };
  const overrides = { ...own, ...options.variables };
  const variables = variablesOf({ root, addresses, dynamoDb: database.endpoint, overrides });
  const parts = { ...measured, ...(await openFunctionParts(measured, options.retryMs, variables)) };
  const { buses, mappings } = parts;
  const housekeeping = openHousekeeping({
    database,
    tables,
    neededFrom: (table) => leastOf(mappings.streams.filter(({ streamArn }) => streamArn === table.streamArn)),
  });
  teardown.add('housekeeping', housekeeping.stop);
  await openListeners(parts);

  const inner = { ...parts, housekeeping, ignored: stack.finish() };
  const hooks = openHooks(inner);
  const control = await startControl({
    port: addresses.controlPort,
    issuer,
    operations: { ...eventsOperations(buses), ...monitor.operations },
    admin: { ...adminRoutes(hooks, inner), ...devices.admin },
  });
  teardown.add('control', control.stop);
  const urls = { dynamodb: database.endpoint, mailbox, midtrans: midtrans.url, mqtt: devices.url };
  return { ready: readyOf({ ...parts, ...urls }), hooks, stop: teardown.run };
};

const leastOf = (readers: readonly { readonly position: () => bigint }[]): bigint =>
  readers.reduce((least, reader) => (reader.position() < least ? reader.position() : least), 2n ** 62n);
