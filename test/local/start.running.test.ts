/** `npm start` from outside: what it leaves behind, and who may hold the state. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Ready } from '../../local/cloud/ready.ts';
import { eventually } from './support/small-cloud.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'tuntas-start-'));
const state = join(folder, 'state');
const readyFile = join(folder, 'ready.json');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (...more: readonly string[]): ChildProcess & { errors: () => string } => {
  const child = spawn(process.execPath, ['local/start.mjs', '--port', '0', '--quiet', ...more], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return Object.assign(child, { errors: () => errors });
};
const ready = async (): Promise<Ready> => {
  await eventually(() => existsSync(readyFile), Boolean, 30_000);
  return JSON.parse(readFileSync(readyFile, 'utf8'));
};
/** Processes whose command line names our state. */
const processesOn = (text: string): string[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text) &&
          readlinkSync(`/proc/${pid}/exe`).includes('dynoxide')
        );
      } catch {
        return false;
      }
    });

// Each starts the stack twice, and the first start builds it.
describe.skipIf(process.platform !== 'linux')('the local stack', { timeout: 90_000 }, () => {
  it('writes its addresses, and ends everything it started when it is stopped', async () => {
    const stack = start('--state', state, '--ready-file', readyFile);
    const { api, tables, queues, pid } = await ready();
    expect((await fetch(`${api}/openapi.json`)).status).toBe(200);
    expect({ tables, pid }).toEqual({
      tables: { state: 'tuntas-local-state', story: 'tuntas-local-story' },
      pid: stack.pid,
    });
    expect(Object.keys(queues)).toEqual(
      expect.arrayContaining(['dispatch', 'dispatchDead', 'notify', 'timers', 'eventsDead']),
    );
    expect(processesOn(state)).toHaveLength(1);
    stack.kill('SIGTERM');
    expect(await once(stack, 'exit')).toEqual([0, null]);
    expect(processesOn(state)).toEqual([]);
    expect(existsSync(readyFile)).toBe(false);
  });

  it('killed without a warning leaves no orphan and no lock; its state is kept', async () => {
    const stack = start('--state', state, '--ready-file', readyFile);
    const { tokens } = await ready();
    const keyOf = async (url: string): Promise<string> =>
      (await fetch(url.replace('/tokens', '/issuer/.well-known/jwks.json'))).text();
    const key = await keyOf(tokens);
    stack.kill('SIGKILL');
    await once(stack, 'exit');
    await eventually(
      () => processesOn(state),
      ({ length }) => length === 0,
    );
    rmSync(readyFile);
    const again = start('--state', state, '--ready-file', readyFile);
    expect(await keyOf((await ready()).tokens)).toBe(key);

    const second = start('--state', state);
    expect(await once(second, 'exit')).toEqual([1, null]);
    expect(second.errors()).toContain(`another local stack (process ${again.pid}) already runs on ${state}`);
    again.kill('SIGINT');
    expect(await once(again, 'exit')).toEqual([0, null]);
  });

  it('[DSP-4] killed in the middle of an offer, makes it after the restart while it is open', async () => {
    const call = async (url: string, role: string, init: RequestInit = {}) => {
      const { tokens } = await ready();
      const { token } = (await (await fetch(`${tokens}?role=${role}&sub=${role}-1`)).json()) as { token: string };
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      return (await (await fetch(url, { headers, ...init })).json()) as Record<string, unknown>;
    };
    const place = { lat: -6.1767, lng: 106.8306 };
    const wanted = { serviceLine: 'BB', pickup: place, destination: place, candidates: ['driver-1'] };
    const stack = start('--state', state, '--ready-file', readyFile);
    const { api, admin } = await ready();
    await fetch(`${admin}/faults/dispatch-offers`, {
      method: 'POST',
      body: JSON.stringify({ times: 1, delayMs: 60_000 }),
    });
    const ride = await call(`${api}/rides`, 'rider', { method: 'POST', body: JSON.stringify(wanted) });
    await eventually(
      async () => ((await (await fetch(`${admin}/status`)).json()) as { busy: readonly string[] }).busy,
      (busy) => busy.includes('tuntas-local-dispatch → tuntas-local-dispatch-offers'),
    );
    stack.kill('SIGKILL');
    await once(stack, 'exit');
    await eventually(
      () => processesOn(state),
      ({ length }) => length === 0,
    );
    rmSync(readyFile);

    const again = start('--state', state, '--ready-file', readyFile);
    const { api: sameApi } = await ready();
    // The time-out of the queue is 30 s, as is that of the offer.
    const { offers } = await eventually(
      () => call(`${sameApi}/drivers/me`, 'driver'),
      ({ offers }) => Array.isArray(offers) && offers.length > 0,
      15_000,
    );
    expect(offers).toMatchObject([{ rideId: ride.rideId, sequence: 1 }]);
    again.kill('SIGTERM');
    expect(await once(again, 'exit')).toEqual([0, null]);
  });

  it('names what is wrong with its options', async () => {
    const stack = start('--prot', '1');
    expect(await once(stack, 'exit')).toEqual([1, null]);
    expect(stack.errors()).toContain("Unknown option '--prot'");
  });
});
