/** What the events of a car's argo say, and what the car remembers of its orders. */
import { describe, expect, it } from 'vitest';
import { type ArgoCommand, decide } from '../../functions/ezpay/argo.decider.ts';
import type { Argo, MeterEvent } from '../../functions/ezpay/argo.ts';
import { type DriverId, instant } from '../../functions/kernel/types.ts';
import { argoAfter, at, car, driver, noArgo, orderId, reports, started, stopped } from '../support/ezpay.ts';

const factsOf = (command: ArgoCommand, argo: Argo) => {
  const decision = decide(command, car, argo);
  return decision.outcome === 'happened' ? decision.facts.map(({ type, data }) => ({ type, data })) : decision.outcome;
};
const report = (event: MeterEvent): ArgoCommand => ({ type: 'report', event, at: event.receivedAt });

describe('a report is published', () => {
  const start = started(-1, { sequence: 1, receivedAt: at(1) });
  const running = reports(start);

  it('[EZP-10] as a start, with both times and the state of the argo', () => {
    expect(factsOf(report(start), noArgo)).toEqual([
      {
        type: 'argo.started',
        data: {
          car,
          device: 'device-1',
          sequence: 1,
          kind: 'STARTED',
          deviceTime: '2026-11-20T20:43:00.000Z',
          receivedAt: '2026-11-20T20:45:00.000Z',
          happenedAt: '2026-11-20T20:43:00.000Z',
          argo: 'STARTED',
          since: '2026-11-20T20:43:00.000Z',
          changed: true,
        },
      },
    ]);
  });

  it('[EZP-10] as a stop', () => {
    expect(factsOf(report(stopped(20, { sequence: 2 })), running)).toMatchObject([
      { type: 'argo.stopped', data: { argo: 'STOPPED', since: '2026-11-20T21:04:00.000Z', changed: true } },
    ]);
  });

  it('[EZP-13] not at all when it is older than the oldest of a full list', () => {
    const full = reports(...Array.from({ length: 12 }, (_, n) => started(n, { sequence: n + 2 })));
    expect(decide(report(started(-9, { sequence: 1 })), car, full)).toEqual({ outcome: 'nothing', reason: 'too-old' });
    expect(factsOf(report(started(20, { sequence: 20 })), full)).toHaveLength(1);
  });

  it('[EZP-13] as suspect when it decides nothing: the argo is the same', () => {
    const late = stopped(-30, { sequence: 0, receivedAt: at(400) });
    expect(factsOf(report(late), running)).toMatchObject([
      { type: 'argo.suspect', data: { doubt: 'late', argo: 'STARTED', changed: false } },
    ]);
  });

  it('[EZP-13] as a start that changes an earlier run, but not the present state', () => {
    const known = reports(start, stopped(20, { sequence: 3 }));
    expect(factsOf(report(started(-5, { sequence: 0, receivedAt: at(25) })), known)).toMatchObject([
      { type: 'argo.started', data: { argo: 'STOPPED', changed: false } },
    ]);
  });

  it('[EZP-13] as what it decides, though its clock was never set', () => {
    const unset = { deviceTime: instant(5_000), receivedAt: at(10) };
    const second = reports(started(-60, { sequence: 1 }), stopped(-30, { sequence: 2 }), started(-1, { sequence: 3 }));
    expect(factsOf(report(stopped(0, { sequence: 4, ...unset })), second)).toMatchObject([
      { type: 'argo.stopped', data: { doubt: 'clock-unset', happenedAt: '2026-11-20T20:54:00.000Z', changed: true } },
    ]);
    const ended = reports(start, stopped(5, { sequence: 2 }));
    expect(factsOf(report(started(0, { sequence: 3, ...unset })), ended)).toMatchObject([
      { type: 'argo.started', data: { doubt: 'clock-unset', argo: 'STARTED', changed: true } },
    ]);
  });

  it('[EZP-10] as a change of the argo when only its time changes', () => {
    expect(factsOf(report(started(-5, { sequence: 0, receivedAt: at(2) })), running)).toMatchObject([
      { type: 'argo.started', data: { argo: 'STARTED', since: '2026-11-20T20:39:00.000Z', changed: true } },
    ]);
  });

  it('[EZP-11] and a standing car that moves off, once', () => {
    const ping = (minutes: number, lat: number): ArgoCommand => ({
      type: 'ping',
      position: { lat, lng: 106.8 },
      seenAt: at(minutes),
      at: at(minutes),
    });
    const standing = argoAfter(noArgo, ping(0, -6.2));
    expect(factsOf(ping(1, -6.21), standing)).toEqual([
      { type: 'car.moved-off', data: { car, seenAt: '2026-11-20T20:45:00.000Z' } },
    ]);
    expect(factsOf(ping(2, -6.22), argoAfter(standing, ping(1, -6.21)))).toEqual([]);
  });
});

describe('a car has moved', () => {
  const ping = (lat: number, lng: number, minutes: number): ArgoCommand => ({
    type: 'ping',
    position: { lat, lng },
    seenAt: at(minutes),
    at: at(minutes),
  });

  // 150 metres: 0.001347° of latitude, and 0.001355° of longitude at 6.2° south.
  it.each([
    ['north', -6.198656, 106.8, false],
    ['north', -6.19865, 106.8, true],
    ['east', -6.2, 106.80135, false],
    ['east', -6.2, 106.80136, true],
  ])('[EZP-11] %s to %d, %d: %s', (_, lat, lng, moved) => {
    const standing = argoAfter(noArgo, ping(-6.2, 106.8, 0));
    expect(decide(ping(lat, lng, 1), car, standing).outcome).toBe(moved ? 'happened' : 'nothing');
  });
});

describe('the outcome of an order', () => {
  const outcome = (n: number, minutes: number, confirmed = true): ArgoCommand => ({
    type: 'record-outcome',
    orderId: orderId(n),
    confirmed,
    proven: confirmed,
    at: at(minutes),
  });
  const decided = (command: ArgoCommand, argo: Argo) => decide(command, car, argo);

  it('[EZP-9] counts once, however often its event arrives; a later one replaces it', () => {
    const known = argoAfter(noArgo, outcome(1, 1));
    expect(decided(outcome(1, 1), known)).toEqual({ outcome: 'nothing', reason: 'known-already' });
    expect(decided(outcome(1, 0), known)).toEqual({ outcome: 'nothing', reason: 'known-already' });
    expect(argoAfter(known, outcome(1, 2, false)).orders).toEqual([
      { orderId: orderId(1), at: at(2), confirmed: false },
    ]);
  });

  it('[EZP-9] is kept in order of time, the six latest; an older one is dropped', () => {
    const six = argoAfter(noArgo, ...[3, 1, 2, 6, 5, 4].map((n) => outcome(n, n)));
    expect(six.orders?.map(({ orderId: id }) => id)).toEqual([1, 2, 3, 4, 5, 6].map(orderId));
    expect(decided(outcome(7, 0), six)).toEqual({ outcome: 'nothing', reason: 'older-order' });
    expect(argoAfter(six, outcome(7, 7)).orders?.map(({ orderId: id }) => id)).toEqual([2, 3, 4, 5, 6, 7].map(orderId));
  });

  it('[EZP-11] leaves the record alone while the trip is unknown', () => {
    const known = argoAfter(noArgo, outcome(1, 1));
    const unknown: ArgoCommand = { type: 'record-outcome', orderId: orderId(2), confirmed: false, at: at(2) };
    expect(argoAfter(known, unknown).record).toEqual({ scans: 1, unproven: 0 });
    expect(argoAfter(noArgo, unknown).record).toBeUndefined();
  });

  it('[EZP-11] fades in the record of the car', () => {
    expect(argoAfter(noArgo, outcome(1, 1), outcome(2, 2, false)).record).toEqual({ scans: 1.98, unproven: 1 });
    expect(argoAfter(noArgo, outcome(1, 1, false), outcome(2, 2)).record).toEqual({ scans: 1.98, unproven: 0.98 });
  });
});

describe('the driver of a car', () => {
  const drive = (driverId: DriverId, drives: boolean, minutes: number): ArgoCommand => ({
    type: 'drive',
    driverId,
    drives,
    at: at(minutes),
  });
  const other = 'driver-2' as DriverId;
  const driven = argoAfter(noArgo, drive(driver, true, 1));

  it('[EZP-10] is the one who took it last, in whatever order the events arrive', () => {
    expect(driven.driver).toEqual({ driverId: driver, since: at(1) });
    expect(argoAfter(driven, drive(other, true, 2)).driver).toEqual({ driverId: other, since: at(2) });
    expect(argoAfter(driven, drive(other, true, 1)).driver).toEqual({ driverId: other, since: at(1) });
    expect(decide(drive(other, true, 0), car, driven)).toEqual({ outcome: 'nothing', reason: 'older-report' });
    expect(decide(drive(driver, true, 2), car, driven)).toEqual({ outcome: 'nothing', reason: 'drives-already' });
  });

  it('[EZP-10] leaves it, unless another has taken it', () => {
    expect(argoAfter(driven, drive(driver, false, 2)).driver).toBeUndefined();
    expect(decide(drive(other, false, 2), car, driven)).toEqual({ outcome: 'nothing', reason: 'another-drives' });
    expect(decide(drive(driver, false, 0), car, driven)).toEqual({ outcome: 'nothing', reason: 'older-report' });
  });
});
