/** What a driver reports of himself, and being busy with one order at a time. */
import { describe, expect, it } from 'vitest';
import { assign, type Report, release, report } from '../../functions/dispatch/driver.decider.ts';
import { type Driver, driverAggregate, newDriver } from '../../functions/dispatch/driver.ts';
import { at, changes, d1, otherRide, rideId, start, stateOf } from '../support/dispatch.ts';

const monas = { lat: -6.175392, lng: 106.827153 };
const reportOf = (fields: Partial<Report> = {}): Report => ({
  driverId: d1,
  onDuty: true,
  position: monas,
  at: start,
  ...fields,
});
const onDuty: Driver = { driverId: d1, onDuty: true, serviceLine: 'BB', position: { ...monas, at: start } };
const busy: Driver = { ...onDuty, orderId: rideId };

describe('a driver reports for the first time', () => {
  it('keeps his duty and position, regular taxi unless he says otherwise', () => {
    expect(stateOf(report(reportOf(), undefined))).toEqual(onDuty);
    expect(stateOf(report(reportOf({ serviceLine: 'SB' }), undefined)).serviceLine).toBe('SB');
  });

  it('tells that he is on duty', () => {
    expect(changes(report(reportOf(), undefined))).toEqual([
      { type: 'driver.on-duty', data: { driverId: 'driver-1', serviceLine: 'BB' } },
    ]);
  });

  it('tells nothing when he reports off duty', () => {
    expect(report(reportOf({ onDuty: false, position: undefined }), undefined)).toMatchObject({
      outcome: 'happened',
      facts: [],
    });
  });
});

describe('a driver reports again', () => {
  it('keeps the new position and tells nothing, because positions are no events', () => {
    const decision = report(reportOf({ position: { lat: -6.18, lng: 106.83 }, at: at(5) }), onDuty);
    expect(stateOf(decision).position).toEqual({ lat: -6.18, lng: 106.83, at: at(5) });
    expect(changes(decision)).toEqual([]);
  });

  it('keeps positions to 6 decimals', () => {
    const decision = report(reportOf({ position: { lat: -6.12345678, lng: 106.12345612 }, at: at(5) }), onDuty);
    expect(stateOf(decision).position).toEqual({ lat: -6.123457, lng: 106.123456, at: at(5) });
  });

  it('keeps the last position when he sends none', () => {
    expect(stateOf(report(reportOf({ serviceLine: 'GB', position: undefined, at: at(5) }), onDuty))).toEqual({
      ...onDuty,
      serviceLine: 'GB',
    });
  });

  it('does not write again within 30 s what says nothing new', () => {
    expect(report(reportOf({ at: at(29) }), onDuty)).toEqual({ outcome: 'nothing', reason: 'nothing-new' });
    expect(report(reportOf({ position: undefined, at: at(29) }), onDuty)).toEqual({
      outcome: 'nothing',
      reason: 'nothing-new',
    });
  });

  it('writes it after 30 s, so that a waiting driver stays listed', () => {
    expect(stateOf(report(reportOf({ at: at(30) }), onDuty)).position).toEqual({ ...monas, at: at(30) });
  });

  it('tells that he is off duty', () => {
    const decision = report(reportOf({ onDuty: false, position: undefined, at: at(5) }), onDuty);
    expect(changes(decision)).toEqual([{ type: 'driver.off-duty', data: { driverId: 'driver-1', serviceLine: 'BB' } }]);
  });

  it('[DSP-13] never loses the order that keeps him busy', () => {
    expect(stateOf(report(reportOf({ onDuty: false, at: at(5) }), busy)).orderId).toBe(rideId);
    expect(stateOf(report(reportOf({ serviceLine: 'SB', at: at(5) }), busy)).orderId).toBe(rideId);
  });
});

describe('a driver is assigned to a ride', () => {
  it('[DSP-13] is busy with it', () => {
    expect(stateOf(assign(rideId, at(5), onDuty))).toEqual(busy);
  });

  it('is busy with it though he never reported', () => {
    expect(stateOf(assign(rideId, at(5), newDriver(d1)))).toMatchObject({
      driverId: 'driver-1',
      orderId: rideId,
      onDuty: false,
    });
  });

  it('[DSP-13] is refused a second ride', () => {
    expect(assign(otherRide, at(5), busy)).toMatchObject({ outcome: 'refused', refusal: { code: 'DRIVER_BUSY' } });
  });

  it('changes nothing when he has it already', () => {
    expect(assign(rideId, at(5), busy)).toMatchObject({ outcome: 'nothing' });
  });
});

describe('a driver is released from a ride', () => {
  it('is free again, with everything else as it was', () => {
    const free = stateOf(release(rideId, at(5), busy));
    expect(free).toEqual(onDuty);
    expect(Object.keys(free)).not.toContain('orderId');
  });

  it.each([
    ['is busy with another order', { ...onDuty, orderId: otherRide }],
    ['is free', onDuty],
    ['is not stored', undefined],
  ])('changes nothing when he %s', (_, driver) => {
    expect(release(rideId, at(5), driver)).toMatchObject({ outcome: 'nothing' });
  });
});

describe('a driver is listed for the matcher', () => {
  it('[DSP-13] shows a free driver on duty under his service line and cell', () => {
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

  it('is under no deadline', () => {
    expect(driverAggregate.dueAt(busy)).toBeUndefined();
  });
});
