/** One customer and several cars: which earlier order a scan finds, replaces or keeps. */
import { describe, expect, it } from 'vitest';
import { changeArgo, ezpayDeadline, ezpayDeps, ezpayOf, scanCar } from '../../functions/ezpay/commands.ts';
import type { CarId } from '../../functions/kernel/types.ts';
import { at, driver, orderId, scanOf, started, stopped } from '../support/ezpay.ts';
import { env, testPorts } from '../support/ports.ts';

const cars = ['B1A', 'B2A', 'B3A', 'B4A', 'B5A'].map((car) => car as CarId);
const carOf = (n: number): CarId => cars[n] as CarId;

/** Cars with a driver; the argo of those named runs from 03:43 on. */
const street = async (...running: readonly number[]) => {
  const { ports } = testPorts();
  const deps = ezpayDeps(ports, env);
  for (const car of cars) await changeArgo(deps, car, { type: 'drive', driverId: driver, drives: true, at: at(-60) });
  for (const n of running)
    await changeArgo(deps, carOf(n), { type: 'report', event: started(-1, { sequence: 1 }), at: at(-1) });
  let scans = 0;
  const scan = async (n: number, minutes: number) => {
    scans += 1;
    const scanned = await scanCar(deps, scanOf({ orderId: orderId(scans), car: carOf(n), scannedAt: at(minutes) }));
    if (scanned.outcome === 'refused') throw new Error(scanned.refusal.code);
    return scanned;
  };
  return { deps, scan };
};

describe('a scan in a second car', () => {
  it('[EZP-7] replaces the order that waits in the first one', async () => {
    const { scan } = await street();
    await scan(0, 0);
    expect(await scan(1, 1)).toMatchObject({
      outcome: 'created',
      order: { supersedes: orderId(1) },
      previous: { orderId: orderId(1) },
    });
  });

  it('[EZP-7] keeps the order that is confirmed in the first one', async () => {
    const { scan } = await street(0);
    await scan(0, 0);
    const { order } = await scan(1, 1);
    expect([order.supersedes, order.beside]).toEqual([undefined, [orderId(1)]]);
  });

  it('[EZP-7] keeps no order whose trip has ended, and none that failed', async () => {
    const { deps, scan } = await street(0);
    await scan(0, 0);
    const stop = stopped(5, { sequence: 2 });
    await changeArgo(deps, carOf(0), { type: 'report', event: stop, at: at(5) });
    const after = await scan(1, 200);
    expect([after.order.supersedes, after.order.beside]).toEqual([undefined, undefined]);
    for (const minutes of [205, 215]) await ezpayDeadline(deps, orderId(2), at(minutes));
    const last = await scan(2, 216);
    expect([last.order.supersedes, last.order.beside]).toEqual([undefined, undefined]);
  });

  it('[EZP-7] keeps three at most, the latest first, also through a car that waits', async () => {
    const { scan } = await street(0, 1, 2, 3);
    for (const n of [0, 1, 2, 3]) await scan(n, n);
    const waiting = await scan(4, 4);
    expect(waiting.order.beside).toEqual([orderId(4), orderId(3), orderId(2)]);
    const back = await scan(3, 5);
    expect([back.outcome, back.order.orderId]).toEqual(['repeated', orderId(4)]);
  });
});

describe('a scan in the first car again', () => {
  it('[EZP-7] finds the first order while its trip lasts, however many cars were scanned meanwhile', async () => {
    const { scan } = await street(0, 1);
    await scan(0, 0);
    await scan(1, 1);
    expect(await scan(0, 2)).toMatchObject({ outcome: 'repeated', order: { orderId: orderId(1) }, version: 1 });
  });

  it('[EZP-7] is a new order three hours later', async () => {
    const { scan } = await street(0, 1);
    await scan(0, 0);
    await scan(1, 1);
    expect((await scan(0, 179)).outcome).toBe('repeated');
    expect((await scan(0, 180)).outcome).toBe('created');
  });

  it('[EZP-7] is a new order after a refusal or cancellation, which it names as the previous one', async () => {
    const { deps, scan } = await street();
    await scan(0, 0);
    for (const minutes of [5, 15]) await ezpayDeadline(deps, orderId(1), at(minutes));
    expect((await ezpayOf(deps, orderId(1)))?.status).toBe('CANCELLED');
    expect(await scan(0, 16)).toMatchObject({ outcome: 'created', previous: { status: 'CANCELLED' } });
  });
});
