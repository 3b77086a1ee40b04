/** The markers of scans: which orders of a car a report may still concern. */
import { describe, expect, it } from 'vitest';
import { changeArgo, ezpayDeps, scanCar } from '../../functions/ezpay/commands.ts';
import type { RiderId } from '../../functions/kernel/types.ts';
import { at, car, driver, orderId, otherCar, scanOf } from '../support/ezpay.ts';
import { env, testPorts } from '../support/ports.ts';

const { ports } = testPorts();
const deps = ezpayDeps(ports, env);
const scan = async (n: number, minutes: number, which = car) => {
  await changeArgo(deps, which, { type: 'drive', driverId: driver, drives: true, at: at(-60 + n) });
  const customerId = `customer-${n}` as RiderId;
  await scanCar(deps, scanOf({ orderId: orderId(n), customerId, car: which, scannedAt: at(minutes) }));
};
const hours = 60;

describe('the scans a report of the car may concern', async () => {
  await scan(1, 0);
  await scan(2, 10);
  await scan(3, 20, otherCar);

  it('[EZP-13] are those of this car', async () => {
    expect(await deps.waitingIn(car, at(30))).toEqual([orderId(1), orderId(2)]);
    expect(await deps.waitingIn(otherCar, at(30))).toEqual([orderId(3)]);
  });

  it('[EZP-13] end nine hours after the scan, when the latest report of its trip counts no more', async () => {
    expect(await deps.waitingIn(car, at(9 * hours - 1))).toEqual([orderId(1), orderId(2)]);
    expect(await deps.waitingIn(car, at(9 * hours))).toEqual([orderId(2)]);
    expect(await deps.waitingIn(car, at(9 * hours + 10))).toEqual([]);
  });

  it('[EZP-10] may be limited to those after a moment', async () => {
    expect(await deps.waitingIn(car, at(30), at(-1))).toEqual([orderId(1), orderId(2)]);
    expect(await deps.waitingIn(car, at(30), at(0))).toEqual([orderId(2)]);
  });
});
