/** What a change of a ride means for its order and its driver, and what a rider who cancels owes. */
import { describe, expect, it } from 'vitest';
import type { Driver } from '../../functions/dispatch/driver.ts';
import { decide, type RideCommand } from '../../functions/dispatch/ride.decider.ts';
import type { Canceller, Ride } from '../../functions/dispatch/ride.ts';
import { driverAfter, feeFor, orderAfter } from '../../functions/dispatch/trip.decider.ts';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import type { Order } from '../../functions/orders/rules.ts';
import {
  at,
  changes,
  d1,
  d2,
  given,
  happenedOf,
  noFees,
  otherRide,
  rideId,
  rider,
  stateOf,
} from '../support/dispatch.ts';

const accept = (driverId = d1, seconds = 4): RideCommand => ({ type: 'accept', driverId, at: at(seconds) });
const cancel = (by: Canceller, seconds = 90): RideCommand => ({ type: 'cancel', by, reason: 'late', at: at(seconds) });
const byDriver: Canceller = { role: 'driver', id: d1 };
const byRider: Canceller = { role: 'rider', id: rider };
const bySystem: Canceller = { role: 'system' };
const pickUp: RideCommand = { type: 'pick-up', by: { role: 'driver', id: d1 }, at: at(60) };
const moved: RideCommand = { type: 'move-pickup', pickup: { lat: -6.3, lng: 106.9, sequence: 9 }, at: at(70) };

const changeOf = (ride: Ride, command: RideCommand, fee = 0) => {
  const { state, at: when } = happenedOf(decide(command, ride));
  return { before: ride, after: state, at: when, fee: rupiah(fee) };
};
const searching = given({}, [d1, d2]);
const accepted = given({}, [d1, d2], accept());
const waitingAgain = given({}, [d1, d2], accept(), cancel(byDriver));
const active: Order = {
  orderId: rideId,
  riderId: rider,
  driverId: d1,
  serviceLine: 'BB',
  openedAt: at(4),
  status: 'ACTIVE',
  owed: {},
  cash: {},
  payments: {},
};
const withoutDriver: Order = { ...active, driverId: undefined };

describe('the order of a ride', () => {
  it('[ORD-1] is opened when a driver accepts', () => {
    const decision = orderAfter(changeOf(searching, accept()), undefined);
    expect(stateOf(decision)).toEqual(active);
    expect(changes(decision)).toMatchObject([{ type: 'order.opened' }]);
  });

  it('[ORD-1] owes the price that was agreed on', () => {
    const decision = orderAfter(changeOf(given({ quote: rupiah(900_000) }, [d1]), accept()), undefined);
    expect(stateOf(decision)).toMatchObject({ owed: { base: 900_000 } });
  });

  it('[ORD-1] gets the next driver when one gave the ride back', () => {
    expect(stateOf(orderAfter(changeOf(accepted, cancel(byDriver)), active))).toMatchObject({
      status: 'ACTIVE',
      driverId: undefined,
    });
    expect(stateOf(orderAfter(changeOf(waitingAgain, accept(d2, 95)), withoutDriver))).toMatchObject({
      driverId: 'driver-2',
    });
  });

  it('[ORD-1] knows when the rider was picked up', () => {
    expect(stateOf(orderAfter(changeOf(accepted, pickUp), active))).toMatchObject({
      status: 'ACTIVE',
      pickedUpAt: at(60),
    });
  });

  it.each([
    ['is cancelled', accepted, cancel(bySystem), 'late'],
    [
      'expires while it is searched for again',
      waitingAgain,
      { type: 'deadline', found: [], at: at(390) },
      'search-time-out',
    ],
    [
      'is declined while it is searched for again',
      waitingAgain,
      { type: 'decline', driverId: d2, reason: 'too far', at: at(99) },
      'no-driver',
    ],
    ['is cancelled while it is searched for again', waitingAgain, cancel(byRider, 99), 'late'],
  ] as const)('[ORD-1] is cancelled when the ride %s', (_, ride, command, reason) => {
    const decision = orderAfter(changeOf(ride, command), ride === accepted ? active : withoutDriver);
    expect(stateOf(decision)).toMatchObject({ status: 'CANCELLED', reason, owed: {} });
  });

  it('[ORD-1] owes the fee of the cancellation', () => {
    const decision = orderAfter(changeOf(accepted, cancel(byRider), 15_000), active);
    expect(stateOf(decision)).toMatchObject({ status: 'CANCELLED', owed: { cancellation: 15_000 } });
  });

  it('does not change while the ride keeps its status, nor while it has no order', () => {
    expect(orderAfter(changeOf(accepted, moved), active)).toMatchObject({ outcome: 'nothing' });
    expect(orderAfter(changeOf(searching, cancel(byRider)), undefined)).toMatchObject({ outcome: 'nothing' });
  });

  it('[ORD-1] refuses what its ride cannot do any more', () => {
    const finished = {
      ...active,
      status: 'FINISHED',
      fare: rupiah(9_000),
      finishedAt: at(50),
      owed: { base: rupiah(9_000) },
    } as const;
    for (const command of [cancel(byRider), cancel(byDriver), pickUp])
      expect(orderAfter(changeOf(accepted, command), finished).outcome).toBe('refused');
  });
});

describe('the order of a ride that was accepted before orders were opened with it', () => {
  it.each([
    ['picked up', pickUp, { status: 'ACTIVE', pickedUpAt: at(60), driverId: 'driver-1' }],
    ['cancelled', cancel(byRider), { status: 'CANCELLED', reason: 'late' }],
    ['given back', cancel(byDriver), { status: 'ACTIVE', driverId: undefined }],
  ])('[ORD-1] is opened in the write in which it is %s', (_, command, order) => {
    const decision = orderAfter(changeOf(accepted, command), undefined);
    expect(stateOf(decision)).toMatchObject(order);
    expect(changes(decision)[0]).toMatchObject({ type: 'order.opened', data: { driverId: 'driver-1' } });
  });
});

describe('the driver of a ride', () => {
  const free: Driver = { driverId: d1, onDuty: true, serviceLine: 'BB' };
  const busy: Driver = { ...free, busy: { by: 'ride', orderId: rideId, until: at(4 + 43_200) } };

  it('[ORD-1, ORD-2] is busy from the acceptance on, for 12 hours at first', () => {
    expect(stateOf(driverAfter(changeOf(searching, accept()), d1, free))).toEqual(busy);
    expect(stateOf(driverAfter(changeOf(searching, accept()), d1, undefined))).toMatchObject({ busy: busy.busy });
  });

  it('[ORD-2] is refused the ride when they are busy', () => {
    const elsewhere: Driver = { ...free, busy: { by: 'argo', until: at(60) } };
    expect(driverAfter(changeOf(searching, accept()), d1, elsewhere)).toMatchObject({
      refusal: { code: 'DRIVER_BUSY' },
    });
  });

  it.each([
    ['cancelled', cancel(byRider)],
    ['given back', cancel(byDriver)],
  ])('[ORD-1, ORD-2] is free when it is %s', (_, command) => {
    expect(stateOf(driverAfter(changeOf(accepted, command), d1, busy))).toEqual(free);
  });

  it('stays busy when they are picked up, and with another trip', () => {
    expect(driverAfter(changeOf(accepted, pickUp), d1, busy)).toMatchObject({ outcome: 'nothing' });
    const other: Driver = { ...free, busy: { by: 'ezpay', orderId: otherRide, until: at(60) } };
    expect(driverAfter(changeOf(accepted, cancel(byRider)), d1, other)).toMatchObject({ outcome: 'nothing' });
  });
});

describe('a rider who cancels', () => {
  const policy = { fees: { BB: rupiah(10_000), SB: rupiah(20_000), GB: rupiah(50_000) }, graceMs: 60_000 };

  it.each([
    ['BB', 10_000],
    ['SB', 20_000],
    ['GB', 50_000],
  ] as const)('[ORD-1] owes the fee of their service line %s after the grace time', (serviceLine, fee) => {
    expect(feeFor(given({ serviceLine }, [d1], accept()), byRider, at(64), policy)).toBe(fee);
  });

  it.each([
    ['within the grace time', accepted, byRider, 63.999],
    ['while a driver is sought', searching, byRider, 200],
    ['while another driver is sought', waitingAgain, byRider, 200],
  ])('[ORD-1] owes nothing %s', (_, ride, by, seconds) => {
    expect(feeFor(ride, by, at(seconds), policy)).toBe(0);
  });

  it.each([
    ['an operator', { role: 'operator', id: 'operator-1' } as const],
    ['the system', bySystem],
    ['the driver', byDriver],
  ])('[ORD-1] owes nothing when %s cancels', (_, by) => {
    expect(feeFor(accepted, by, at(600), policy)).toBe(0);
  });

  it('[ORD-1] owes nothing by a policy of 0', () => {
    expect(feeFor(accepted, byRider, at(600), noFees)).toBe(0);
  });
});
