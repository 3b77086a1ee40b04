/** Runs the DynamoDB emulator as a child that cannot outlive the host, or uses the endpoint given instead. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loopback, urlAt } from '../../server/ports.ts';
import { type DynamoDb, dynamoDbClient } from './client.ts';

export type DynamoDbProcess = {
  readonly endpoint: string;
  readonly call: DynamoDb;
  /** The database file, when the emulator is ours. */
  readonly file: string | undefined;
  readonly sweep: (() => Promise<void>) | undefined;
  readonly stop: () => Promise<void>;
};

type DynamoDbOptions = {
  readonly folder: string;
  readonly port: number;
  readonly sweepPort: number;
  readonly onEnd: (code: number | null) => void;
};

/**
 * A shell that ends its child when the pipe to the host closes, which happens however the host ends. It has its own
 * process group, so that Ctrl-C reaches only the host, which stops everything in order.
 */
const supervisor = [
  'exec 3<&0; "$@" </dev/null 3<&- & child=$!',
  '{ cat <&3 >/dev/null; kill $child 2>/dev/null; } & trap "kill $child" TERM INT HUP; exec 3<&-; wait $child',
].join('; ');

const findBinary = (): string => {
  const platform = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${platform}/package.json`));
    const binary = join(folder, 'dynoxide');
    if (existsSync(binary)) return binary;
  } catch {
    // Not installed for this platform: the search path may still have it.
  }
  if (spawnSync('dynoxide', ['--version']).status === 0) return 'dynoxide';
  throw new Error(
    `no DynamoDB emulator: ${platform} is not installed and no dynoxide is on the PATH. Install dynoxide ` +
      '(cargo install dynoxide-rs), or set TUNTAS_DYNAMODB_ENDPOINT to any DynamoDB-compatible endpoint.',
  );
};

const untilReady = async (call: DynamoDb, ended: () => boolean): Promise<void> => {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (ended()) throw new Error('the DynamoDB emulator ended while starting');
    try {
      await call('ListTables', {});
      return;
    } catch {
      await sleep(10);
    }
  }
  throw new Error('the DynamoDB emulator does not answer');
};

const sweeper = (port: number) => async (): Promise<void> => {
  const response = await fetch(`${urlAt(port)}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'sweep_ttl', arguments: {} } }),
  });
  await response.text();
};

const stopper = (child: ChildProcess, ended: Promise<void>) => async (): Promise<void> => {
  child.stdin?.end();
  const timer = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), 4000);
  await ended;
  clearTimeout(timer);
};

export const startDynamoDb = async ({ folder, port, sweepPort, onEnd }: DynamoDbOptions): Promise<DynamoDbProcess> => {
  const given = process.env.TUNTAS_DYNAMODB_ENDPOINT;
  if (given) {
    const { call, close } = dynamoDbClient(given);
    return { endpoint: given, call, file: undefined, sweep: undefined, stop: async () => close() };
  }
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'dynamodb.db');
  const serve = ['serve', '--host', loopback, '--port', `${port}`, '--db-path', file];
  const sweeps = ['--mcp', '--mcp-port', `${sweepPort}`, '--mcp-no-auth'];
  const child = spawn('/bin/sh', ['-c', supervisor, 'sh', findBinary(), ...serve, ...sweeps], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin?.on('error', () => {});
  let stopping = false;
  let hasEnded = false;
  const ended = new Promise<void>((resolve) =>
    child.once('exit', (code) => {
      hasEnded = true;
      resolve();
      if (!stopping) onEnd(code);
    }),
  );
  const endpoint = urlAt(port);
  const { call, close } = dynamoDbClient(endpoint);
  await untilReady(call, () => hasEnded);
  const stop = stopper(child, ended);
  return {
    endpoint,
    call,
    file,
    sweep: sweeper(sweepPort),
    stop: async () => {
      stopping = true;
      close();
      await stop();
    },
  };
};
