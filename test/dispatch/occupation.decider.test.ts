/** Being busy: with one ride, scan or running argo at a time, never without a deadline. */
import { describe, expect, it } from 'vitest';
import { report as reportOf } from '../../functions/dispatch/driver.decider.ts';
import { type Busy, type Driver, driverAggregate, newDriver } from '../../functions/dispatch/driver.ts';
import {
  busyUntil,
  isBusyTooLong,
  type Occupy,
  occupy,
  recheck,
  release,
} from '../../functions/dispatch/occupation.decider.ts';
import { toItem } from '../../functions/platform/dynamo.ts';
import { stored } from '../../functions/platform/item.ts';
import { at, d1, otherRide, rideId, start, stateOf } from '../support/dispatch.ts';

const onDuty: Driver = {
  driverId: d1,
  onDuty: true,
  serviceLine: 'BB',
  position: { lat: -6.175392, lng: 106.827153, at: start },
};
const withRide: Busy = { by: 'ride', orderId: rideId, until: at(43_200) };
const withScan: Busy = { by: 'ezpay', orderId: rideId, until: at(10_800) };
const withArgo: Busy = { by: 'argo', until: at(3_600) };
const driver = (busy?: Busy): Driver => (busy ? { ...onDuty, busy } : onDuty);
const ride = { by: 'ride', orderId: rideId, until: at(43_205), at: at(5) } as const;
const otherScan = { by: 'ezpay', orderId: otherRide, until: at(10_805), at: at(5) } as const;
const argo = { by: 'argo', until: at(3_605), at: at(5) } as const;

describe('a trip takes a driver', () => {
  it.each<[string, Busy | undefined, Occupy, Busy]>([
    ['[DSP-13] a ride, a free one', undefined, ride, { by: 'ride', orderId: rideId, until: at(43_205) }],
    ['[ORD-2] a scan, a free one', undefined, otherScan, { by: 'ezpay', orderId: otherRide, until: at(10_805) }],
    ['[ORD-2] an argo, a free one', undefined, argo, { by: 'argo', until: at(3_605) }],
    [
      '[ORD-2] a scan, one whose argo runs',
      withArgo,
      otherScan,
      { by: 'ezpay', orderId: otherRide, until: at(10_805) },
    ],
    [
      '[ORD-2] a scan, one whose last is unfinished',
      withScan,
      otherScan,
      { by: 'ezpay', orderId: otherRide, until: at(10_805) },
    ],
  ])('%s', (_, before, command, busy) => {
    expect(stateOf(occupy(command, driver(before)))).toEqual({ ...onDuty, busy });
  });

  it('also one who never reported', () => {
    expect(stateOf(occupy(ride, newDriver(d1)))).toMatchObject({
      driverId: 'driver-1',
      onDuty: false,
      busy: { by: 'ride' },
    });
  });

  it.each([
    ['another ride', { ...withRide, orderId: otherRide }],
    ['a scan', { ...withScan, orderId: otherRide }],
    ['the argo of their car', withArgo],
  ])('[ORD-2] but no ride takes one who is busy with %s', (_, busy) => {
    expect(occupy(ride, driver(busy))).toMatchObject({ outcome: 'refused', refusal: { code: 'DRIVER_BUSY' } });
  });

  it.each<[string, Busy, Occupy]>([
    ['they have it already', withRide, ride],
    ['it is the same run of the argo', withArgo, argo],
    ['the argo starts during their ride', withRide, argo],
    ['the argo starts during their scanned trip', withScan, argo],
    ['their car is scanned during a ride, which they keep', withRide, otherScan],
  ])('[ORD-2] changes nothing when %s', (_, busy, command) => {
    expect(occupy(command, driver(busy))).toMatchObject({ outcome: 'nothing' });
  });
});

describe('a trip frees its driver', () => {
  it.each<[string, Busy, Parameters<typeof release>[0]]>([
    ['of a ride', withRide, { by: 'ride', orderId: rideId, at: at(5) }],
    ['of a scan', withScan, { by: 'ezpay', orderId: rideId, at: at(5) }],
    ['of an argo', withArgo, { by: 'argo', at: at(5) }],
    ['of an order, whatever it was', withScan, { orderId: rideId, at: at(5) }],
  ])('%s, with everything else as it was', (_, busy, command) => {
    const free = stateOf(release(command, driver(busy)));
    expect(free).toEqual(onDuty);
    expect(Object.keys(free)).not.toContain('busy');
  });

  it.each<[string, Driver | undefined, Parameters<typeof release>[0]]>([
    ['is busy with another order', driver({ ...withRide, orderId: otherRide }), { orderId: rideId, at: at(5) }],
    ['is on a ride when the argo stops', driver(withRide), { by: 'argo', at: at(5) }],
    ['has the order as a ride and not as a scan', driver(withRide), { by: 'ezpay', orderId: rideId, at: at(5) }],
    ['is free', driver(), { orderId: rideId, at: at(5) }],
    ['is free when the argo stops', driver(), { by: 'argo', at: at(5) }],
    ['is not stored', undefined, { orderId: rideId, at: at(5) }],
  ])('and changes nothing when the driver %s', (_, stored, command) => {
    expect(release(command, stored)).toMatchObject({ outcome: 'nothing' });
  });
});

describe('the deadline of a busy driver has come', () => {
  it('[ORD-2] is 12 h for a ride, 3 h for a scan, 1 h for an argo', () => {
    expect([busyUntil('ride', start), busyUntil('ezpay', start), busyUntil('argo', start)]).toEqual([
      at(43_200),
      at(10_800),
      at(3_600),
    ]);
  });

  it('[ORD-2, ORD-8] frees them when the trip is over', () => {
    expect(stateOf(recheck(true, at(43_200), driver(withRide)))).toEqual(onDuty);
  });

  it('[ORD-2, ORD-8] looks again an hour later when it is not, and counts', () => {
    const once = stateOf(recheck(false, at(43_200), driver(withRide)));
    expect(once.busy).toEqual({ ...withRide, until: at(46_800), checks: 1 });
    const twice = stateOf(recheck(false, at(46_800), once));
    expect(isBusyTooLong(twice)).toBe(false);
    expect(isBusyTooLong(stateOf(recheck(false, at(50_400), twice)))).toBe(true);
  });

  it.each([
    ['it is early', driver(withRide)],
    ['they are free', driver()],
    ['they are not stored', undefined],
  ])('does nothing when %s', (_, state) => {
    expect(recheck(true, at(43_199), state)).toMatchObject({ outcome: 'nothing' });
  });
});

describe('a driver was stored before being busy had a deadline', () => {
  const read = (state: object) =>
    stored(driverAggregate, toItem({ pk: 'DRIVER#driver-1', sk: 'DRIVER', version: 3, state })).state;

  it('[ORD-2] stays busy with their ride, which is looked at after the next report', () => {
    const before = read({ ...onDuty, orderId: rideId });
    expect(before).toEqual({ ...onDuty, busy: { by: 'ride', orderId: rideId, until: 0 } });
    const report = { driverId: d1, onDuty: true, position: { lat: -6.18, lng: 106.83 }, at: at(40) };
    const reported = stateOf(reportOf(report, before));
    expect(driverAggregate.dueAt(reported)).toBe(at(40));
    expect(stateOf(recheck(true, at(40), reported)).busy).toBeUndefined();
    expect(stateOf(release({ orderId: rideId, at: at(5) }, before))).toEqual(onDuty);
  });

  it('stays free', () => {
    expect(read(onDuty)).toEqual(onDuty);
  });
});
