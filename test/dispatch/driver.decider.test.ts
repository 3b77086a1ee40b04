/** What a driver reports. */
import { describe, expect, it } from 'vitest';
import { type Report, report } from '../../functions/dispatch/driver.decider.ts';
import { type Driver, driverAggregate } from '../../functions/dispatch/driver.ts';
import type { CarId } from '../../functions/kernel/types.ts';
import { at, changes, d1, rideId, start, stateOf } from '../support/dispatch.ts';

const monas = { lat: -6.175392, lng: 106.827153 };
const reportOf = (fields: Partial<Report> = {}): Report => ({
  driverId: d1,
  onDuty: true,
  position: monas,
  at: start,
  ...fields,
});
const onDuty: Driver = { driverId: d1, onDuty: true, serviceLine: 'BB', position: { ...monas, at: start } };
const busy: Driver = { ...onDuty, busy: { by: 'ride', orderId: rideId, until: at(43_200) } };

describe('a driver reports for the first time', () => {
  it('stores duty and position, and regular taxi by default', () => {
    expect(stateOf(report(reportOf(), undefined))).toEqual(onDuty);
    expect(stateOf(report(reportOf({ serviceLine: 'SB' }), undefined)).serviceLine).toBe('SB');
  });

  it('is an event: on duty', () => {
    expect(changes(report(reportOf(), undefined))).toEqual([
      { type: 'driver.on-duty', data: { driverId: 'driver-1', serviceLine: 'BB' } },
    ]);
  });

  it('makes no event when the driver is off duty', () => {
    expect(report(reportOf({ onDuty: false, position: undefined }), undefined)).toMatchObject({
      outcome: 'happened',
      facts: [],
    });
  });
});

describe('a driver reports again', () => {
  it('stores the new position without an event', () => {
    const decision = report(reportOf({ position: { lat: -6.18, lng: 106.83 }, at: at(5) }), onDuty);
    expect(stateOf(decision).position).toEqual({ lat: -6.18, lng: 106.83, at: at(5) });
    expect(changes(decision)).toEqual([]);
  });

  it('keeps positions to 6 decimals', () => {
    const decision = report(reportOf({ position: { lat: -6.12345678, lng: 106.12345612 }, at: at(5) }), onDuty);
    expect(stateOf(decision).position).toEqual({ lat: -6.123457, lng: 106.123456, at: at(5) });
  });

  it('keeps the last position when the report has none', () => {
    expect(stateOf(report(reportOf({ serviceLine: 'GB', position: undefined, at: at(5) }), onDuty))).toEqual({
      ...onDuty,
      serviceLine: 'GB',
    });
  });

  it('writes nothing within 30 s when nothing is new', () => {
    expect(report(reportOf({ at: at(29) }), onDuty)).toEqual({ outcome: 'nothing', reason: 'nothing-new' });
    expect(report(reportOf({ position: undefined, at: at(29) }), onDuty)).toEqual({
      outcome: 'nothing',
      reason: 'nothing-new',
    });
  });

  it('writes it after 30 s, so that a waiting driver stays listed', () => {
    expect(stateOf(report(reportOf({ at: at(30) }), onDuty)).position).toEqual({ ...monas, at: at(30) });
  });

  it('makes an event: off duty', () => {
    const decision = report(reportOf({ onDuty: false, position: undefined, at: at(5) }), onDuty);
    expect(changes(decision)).toEqual([{ type: 'driver.off-duty', data: { driverId: 'driver-1', serviceLine: 'BB' } }]);
  });

  it('[DSP-13] keeps the order of a busy driver', () => {
    expect(stateOf(report(reportOf({ onDuty: false, at: at(5) }), busy)).busy).toEqual(busy.busy);
    expect(stateOf(report(reportOf({ serviceLine: 'SB', at: at(5) }), busy)).busy).toEqual(busy.busy);
  });
});

describe('a driver moves', () => {
  it.each([
    ['north', { lat: monas.lat + 0.001, lng: monas.lng }],
    ['east', { lat: monas.lat, lng: monas.lng + 0.001 }],
  ])('%s, and the new position is written at once', (_, position) => {
    expect(report(reportOf({ position, at: at(1) }), onDuty)).toMatchObject({
      outcome: 'happened',
      state: { position: { lat: expect.closeTo(position.lat, 6), lng: expect.closeTo(position.lng, 6), at: at(1) } },
    });
  });

  it('for the first time since the report without a position, and it is written', () => {
    const { position: _, ...unknown } = onDuty;
    expect(stateOf(report(reportOf({ at: at(1) }), unknown)).position).toEqual({ ...monas, at: at(1) });
  });

  it('nowhere without a position, and nothing is written', () => {
    const { position: _, ...unknown } = onDuty;
    expect(report(reportOf({ position: undefined, at: at(40) }), unknown)).toMatchObject({ outcome: 'nothing' });
  });
});

describe('a driver takes a car', () => {
  const [one, two] = ['B1234XYZ', 'B5678XYZ'] as [CarId, CarId];
  const driving: Driver = { ...onDuty, car: one };

  it('[EZP-4] is an event, and the car is stored', () => {
    const decision = report(reportOf({ car: one, at: at(1) }), onDuty);
    expect(stateOf(decision).car).toBe(one);
    expect(changes(decision)).toEqual([{ type: 'car.taken', data: { driverId: 'driver-1', car: 'B1234XYZ' } }]);
  });

  it('[EZP-4] after another car in one event', () => {
    const decision = report(reportOf({ car: two, at: at(1) }), driving);
    expect(stateOf(decision).car).toBe(two);
    expect(changes(decision)).toEqual([
      { type: 'car.taken', data: { driverId: 'driver-1', car: 'B5678XYZ', left: 'B1234XYZ' } },
    ]);
  });

  it('once: the same car again is nothing new', () => {
    expect(report(reportOf({ car: one, at: at(1) }), driving)).toMatchObject({ outcome: 'nothing' });
  });

  it('and keeps it when a report names none', () => {
    const decision = report(reportOf({ at: at(40) }), driving);
    expect(stateOf(decision).car).toBe(one);
    expect(changes(decision)).toEqual([]);
  });

  it('[EZP-4] and leaves it by going off duty, whatever the report names', () => {
    for (const car of [undefined, two]) {
      const decision = report(reportOf({ onDuty: false, car, at: at(1) }), driving);
      expect(stateOf(decision).car).toBeUndefined();
      expect(changes(decision)).toEqual([
        { type: 'driver.off-duty', data: { driverId: 'driver-1', serviceLine: 'BB' } },
        { type: 'car.left', data: { driverId: 'driver-1', car: 'B1234XYZ' } },
      ]);
    }
  });
});

describe('a driver is listed for the matcher', () => {
  it('[DSP-13] lists a free driver on duty under service line and cell', () => {
    expect(driverAggregate.indexed?.(onDuty)).toEqual({
      cell: 'BB#qqguyg',
      lat: -6.175392,
      lng: 106.827153,
      reportedAt: start,
    });
  });

  it.each([
    ['off duty', { ...onDuty, onDuty: false }],
    ['busy', busy],
    ['without a position', { driverId: d1, onDuty: true, serviceLine: 'BB' } as Driver],
  ])('does not show a driver who is %s', (_, driver) => {
    expect(driverAggregate.indexed?.(driver)).toEqual({});
  });

  it('[ORD-2] is under a deadline exactly while they are busy', () => {
    expect(driverAggregate.dueAt(busy)).toBe(at(43_200));
    expect(driverAggregate.dueAt(onDuty)).toBeUndefined();
  });
});
