/** The whole machine loses its power in the middle of a payment, and starts again from what its disk holds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { reach, until } from '../support/own-stack.ts';
import { payingOn } from '../support/payments-stack.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tuntas-power-'));
const readyFile = join(folder, 'ready.json');
let machine: ChildProcess | undefined;
let leave = (): void => undefined;

const powerOn = async () => {
  const where = ['--state', join(folder, 'state'), '--ready-file', readyFile];
  machine = spawn(process.execPath, ['local/start.mjs', '--port', '0', '--quiet', ...where], {
    cwd: root,
    stdio: 'ignore',
  });
  for (let tries = 0; tries < 3 && !existsSync(readyFile); tries += 1)
    await until(() => existsSync(readyFile)).catch(() => undefined);
  const stack = reach(JSON.parse(readFileSync(readyFile, 'utf8')));
  leave = stack.leave;
  return payingOn(stack);
};
const powerOff = async (): Promise<void> => {
  leave();
  machine?.kill('SIGKILL');
  if (machine) await once(machine, 'exit');
  machine = undefined;
  rmSync(readyFile, { force: true });
};
afterAll(async () => {
  await powerOff();
  rmSync(folder, { recursive: true, force: true });
});

it('[PAY-2][PAY-12] no charge is made twice, no notification answered 200 is lost, each order is PAID', async () => {
  let stack = await powerOn();
  const [made, unmade] = [await stack.finishedTrip(), await stack.finishedTrip()];
  const kept = await stack.charged({ method: 'qris' });
  await stack.fault(made.orderId, { kind: 'slow', ms: 5_000, when: 'after' }, { on: 'charge', next: 1 });
  await stack.fault(unmade.orderId, { kind: 'slow', ms: 5_000, when: 'before' }, { on: 'charge', next: 1 });
  const lost = [made, unmade].map((trip) =>
    stack.charge(trip, { method: 'gopay' }, trip.orderId).catch(() => 'no answer'),
  );
  await until(
    async () => (await stack.ledger(made.orderId)).length === 1 && (await stack.payments(unmade.orderId)).length === 1,
  );
  await stack.fault(kept.orderId, { kind: 'slow', ms: 5_000, when: 'before' }, { on: 'status' });
  await stack.gateway('POST', `transactions/${kept.ref}/pay`);
  await stack.gateway('POST', 'quiet');
  expect(await stack.order(kept.orderId)).toBe('FINISHED');
  await powerOff();
  expect(await Promise.all(lost)).toEqual(['no answer', 'no answer']);

  stack = await powerOn();
  await until(async () => (await stack.order(kept.orderId)) === 'PAID');
  for (const trip of [made, unmade]) {
    const again = await stack.charge(trip, { method: 'gopay' }, trip.orderId);
    expect(again.status).toBe(200);
    await stack.askNow(again.body.ref);
    await until(async () => (await stack.payments(trip.orderId))[0].status === 'PENDING');
    await stack.gateway('POST', `transactions/${again.body.ref}/pay`);
    await until(async () => (await stack.order(trip.orderId)) === 'PAID');
  }
  for (const { orderId } of [made, unmade, kept]) {
    expect(await stack.ledger(orderId)).toHaveLength(1);
    expect(await stack.payments(orderId)).toMatchObject([{ status: 'PAID' }]);
  }
}, 120_000);
