/** [EZP-7] The incident: scanned at 03:44, the argo’s start received at 04:36, six attempts in 30 minutes. */
import { describe, expect, it } from 'vitest';
import type { Argo } from '../../functions/ezpay/argo.ts';
import { decide } from '../../functions/ezpay/ezpay.decider.ts';
import { type EzPay, isOngoing, isOpen, isWronglyFailed, type Mode } from '../../functions/ezpay/ezpay.ts';
import { scan as scanned } from '../../functions/ezpay/scan.decider.ts';
import { at, driver, noArgo, orderAfter, orderId, reports, scanOf, started } from '../support/ezpay.ts';

/** Minutes after 03:44. */
const attempts = [0, 3, 8, 14, 21, 29];
const lateStart = started(-1, { sequence: 1, receivedAt: at(52) });
const graceMs = 2 * 60_000;

/** Each minute the due deadlines; each attempt finds the ongoing order or makes one; at 04:36 the start arrives. */
const replay = (mode: Mode, driverAnswersAt?: number): readonly EzPay[] => {
  const orders: EzPay[] = [];
  let argo: Argo = noArgo;
  for (let minute = 0; minute <= 60; minute += 1) {
    const now = at(minute);
    if (minute === 52) argo = reports(lateStart);
    orders.forEach((order, i) => {
      orders[i] = orderAfter(order, { type: 'deadline', at: now }, { type: 'join', argo, at: now });
    });
    if (attempts.includes(minute)) {
      const last = orders.at(-1);
      if (!last || !isOngoing(last, now))
        orders.push(
          scanned({
            type: 'scan',
            scan: scanOf({ mode, orderId: orderId(orders.length + 1), scannedAt: now }),
            argo,
            graceMs,
          }).state,
        );
    }
    if (minute === driverAnswersAt)
      orders.forEach((order, i) => {
        if (isOpen(order))
          orders[i] = orderAfter(order, { type: 'answer', driverId: driver, confirmed: true, at: now });
      });
  }
  return orders;
};

describe('the incident of 03:44', () => {
  it('[EZP-7] async: the driver confirms at 03:51; six attempts are one order, verified by the late start', () => {
    const orders = replay('async', 7);
    expect(orders).toHaveLength(1);
    expect(orders[0]).toMatchObject({
      status: 'CONFIRMED',
      witness: { by: 'driver' },
      at: at(7),
      trip: { startedAt: at(-1) },
    });
  });

  it('[EZP-12] async without an answer of the driver: at 04:36 every cancelled order is found wrongly failed', () => {
    const orders = replay('async');
    expect(orders.map(({ status }) => status)).toEqual(['CANCELLED', 'CANCELLED']);
    expect(orders.every(isWronglyFailed)).toBe(true);
  });

  it.each(['strict', 'grace'] as const)(
    '[EZP-7] %s: each of the six attempts is refused with its reason, and reported at 04:36',
    (mode) => {
      const orders = replay(mode);
      expect(orders.map((order) => ('reason' in order ? [order.status, order.reason] : order.status))).toEqual(
        attempts.map(() => ['REFUSED', 'ARGO_NOT_STARTED']),
      );
      expect(orders.every(isWronglyFailed)).toBe(true);
    },
  );

  it('[EZP-7] strict: the seventh attempt, after the start was received, passes at once', () => {
    const order = scanned({
      type: 'scan',
      scan: scanOf({ mode: 'strict', scannedAt: at(53) }),
      argo: reports(lateStart),
      graceMs,
    });
    expect(order.state.status).toBe('CONFIRMED');
    expect(decide({ type: 'join', argo: reports(lateStart), at: at(53) }, order.state).outcome).toBe('nothing');
  });
});
