/** Runs the DynamoDB emulator as a child that cannot outlive the host, or uses the endpoint given instead. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loopback, urlAt } from '../../server/ports.ts';
import { type DynamoDb, dynamoDbClient } from './client.ts';

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

/** Starts the emulator as a child. @param onEnd called when it ends without having been stopped */
const spawnEmulator = (parameters: readonly string[], onEnd: (code: number | null) => void) => {
  const child = spawn('/bin/sh', ['-c', supervisor, 'sh', findBinary(), ...parameters], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.on('error', () => {});
  let stopping = false;
  const ended = once(child, 'exit').then(([code]) => stopping || onEnd(code));
  return {
    hasEnded: (): boolean => child.exitCode !== null || child.signalCode !== null,
    stop: async (): Promise<void> => {
      stopping = true;
      child.stdin.end();
      const timer = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), 4000);
      await ended;
      clearTimeout(timer);
    },
  };
};

export const startDynamoDb = async ({ folder, port, sweepPort, onEnd }: DynamoDbOptions) => {
  const given = process.env.TUNTAS_DYNAMODB_ENDPOINT;
  const endpoint = given || urlAt(port);
  const { call, close } = dynamoDbClient(endpoint);
  if (given) return { endpoint, call, stop: async (): Promise<void> => close() };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'dynamodb.db');
  const serve = ['serve', '--host', loopback, '--port', `${port}`, '--db-path', file];
  const emulator = spawnEmulator([...serve, '--mcp', '--mcp-port', `${sweepPort}`, '--mcp-no-auth'], onEnd);
  await untilReady(call, emulator.hasEnded);
  return {
    endpoint,
    call,
    /** The database, which only this emulator has. */
    file,
    sweep: sweeper(sweepPort),
    stop: async (): Promise<void> => {
      close();
      await emulator.stop();
    },
  };
};
