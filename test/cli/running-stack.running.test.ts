/** The client, the demo and the command line on a stack that really runs. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { MakeWebSocket, RideNotification } from '../../client/index.ts';
import { simulatedDriver } from '../../local/people/driver.ts';
import { personOf } from '../../local/people/people.ts';
import { type FoundStack, findStack } from '../../local/people/stack.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tuntas-running-'));
const readyFile = join(folder, 'ready.json');
let stack: FoundStack;

beforeAll(async () => {
  stack = await findStack(join(folder, 'nothing-here.json'));
  writeFileSync(readyFile, JSON.stringify(stack.ready));
}, 120_000);
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true });
});

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };
const runs = (script: string, ...argv: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(root, script), ...argv, '--ready-file', readyFile], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
const wait = { timeout: 10_000, interval: 20 };
const gambir = { lat: -6.1767, lng: 106.8306 };
const airport = { lat: -6.1256, lng: 106.6559 };

describe('The client on a running stack', () => {
  it('requests, answers, moves and reads, each as its user may', async () => {
    const rider = personOf(stack.ready, 'rider', 'rider-c');
    const operator = personOf(stack.ready, 'operator', 'operator-c');
    const shown: RideNotification[] = [];
    const realtime = rider.connect();
    realtime.on('notification', (notification) => void shown.push(notification));
    const driver = await simulatedDriver(stack.ready, { id: 'driver-c', behaviour: { does: 'nothing' } });
    const key = 'draft-1';
    const request = { pickup: gambir, destination: airport, serviceLine: 'BB', candidates: ['driver-c'] } as const;
    const { rideId } = await rider.requestRide({ ...request, candidates: [...request.candidates] }, { key });
    expect((await rider.requestRide({ ...request, candidates: [...request.candidates] }, { key })).rideId).toBe(rideId);
    await vi.waitFor(() => expect(driver.offers).toHaveLength(1), wait);
    expect(driver.offers[0]).toMatchObject({ type: 'NEW_RIDE_REQUEST', rideId, pickup: gambir, sequence: 1 });

    expect(await rider.movePickup(rideId, { lat: -6.1768, lng: 106.8307 })).toMatchObject({
      success: true,
      ignored: false,
    });
    const driverApp = personOf(stack.ready, 'driver', 'driver-c');
    expect(await driverApp.accept(rideId)).toMatchObject({
      alreadyProcessed: false,
      ride: { status: 'ACCEPTED', driverId: 'driver-c' },
    });
    expect(await driverApp.accept(rideId)).toMatchObject({ alreadyProcessed: true });
    await vi.waitFor(() => expect(shown.map(({ type }) => type)).toContain('RIDE_ACCEPTED'), wait);
    expect((await rider.getRide(rideId)).pickup).toMatchObject({ lat: -6.1768, lng: 106.8307, sequence: 1 });
    expect((await operator.story(rideId)).lines.map(({ type }) => type)).toContain('ride.pickup-updated');
    realtime.close();
    await driver.stop();
  });

  it('is refused with a problem that states the reason', async () => {
    const stranger = personOf(stack.ready, 'driver', 'driver-s');
    const rider = personOf(stack.ready, 'rider', 'rider-s');
    await expect(stranger.accept('TNT-20261121-ZZZZZZZ')).rejects.toMatchObject({
      status: 404,
      code: 'RIDE_NOT_FOUND',
    });
    await expect(stranger.accept('42')).rejects.toMatchObject({
      status: 400,
      code: 'INVALID_REQUEST',
      errors: [{ field: 'id' }],
    });
    await expect(rider.reportDriver({ onDuty: true })).rejects.toMatchObject({
      status: 403,
      code: 'WRONG_ROLE',
      requestId: expect.any(String),
    });
    const withoutToken = personOf(stack.ready, 'rider', 'rider-n', { token: () => 'no token' });
    await expect(withoutToken.getRide('TNT-20261121-ZZZZZZZ')).rejects.toMatchObject({
      status: 401,
      code: 'UNAUTHORIZED',
    });
  });

  it('stays connected over its pings, and registers for mobile push', async () => {
    let pings = 0;
    class Counting extends WebSocket {
      override send(text: string): void {
        if (text.includes('"ping"')) pings += 1;
        super.send(text);
      }
    }
    const timing = { heartbeatMs: 50, answerMs: 2_000 };
    const driver = personOf(stack.ready, 'driver', 'driver-p', { timing, WebSocket: Counting as MakeWebSocket });
    const realtime = driver.connect();
    const ends: string[] = [];
    realtime.on('disconnected', ({ why }) => void ends.push(why));
    await realtime.registerPush('fcm-token');
    await expect(realtime.registerPush('x'.repeat(501))).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
    // The fifth ping goes out only when the four before it were answered.
    await vi.waitFor(() => expect(pings).toBeGreaterThanOrEqual(5), wait);
    expect([ends, realtime.state()]).toEqual([[], 'open']);
    realtime.close();
  });
});

describe('The demo', () => {
  it('ends without surprise, and leaves data in which diagnose finds nothing', async () => {
    const demo = await runs('local/demo/run.ts');
    expect(demo).toMatchObject({ code: 0, stdout: expect.stringContaining('Everything went as it should.') });
    expect(demo.stdout.match(/^ok /gm)).toHaveLength(6);
    expect(demo.stdout).toMatch(/v5 {2}order +PAID: Rp 87\.000 by qris/);
    const { code, stdout } = await runs('bin/tuntas.mjs', 'diagnose');
    expect([code, stdout]).toEqual([0, expect.stringContaining('0 findings.')]);
  }, 60_000);

  it('[DSP-11] is surprised when the guard is taken back, and diagnose finds what then went wrong', async () => {
    expect((await runs('bin/tuntas.mjs', 'flags', 'hold', 'idempotent-dispatch', '--reason', 'a test')).code).toBe(0);
    // The workers see a hold within 5 s: until then the demo may find everything as it should be.
    const surprised = { code: 1, stdout: expect.stringContaining('an offer arrived more than once') };
    await expect.poll(() => runs('local/demo/run.ts'), { timeout: 60_000 }).toMatchObject(surprised);
    const { code, stdout } = await runs('bin/tuntas.mjs', 'diagnose');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^1 .* [1-9]\d* found$/m);
    expect(stdout).toMatch(/^2 .* [1-9]\d* found$/m);
  }, 120_000);
});
