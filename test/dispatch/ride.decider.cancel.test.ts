/** What a cancellation does to a ride. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../functions/dispatch/ride.decider.ts';
import { type Canceller, rideAggregate } from '../../functions/dispatch/ride.ts';
import { at, changes, d1, d2, given, offers, rider, stateOf } from '../support/dispatch.ts';

const cancel = (by: Canceller, seconds = 7) =>
  ({ type: 'cancel', by, reason: 'plans changed', at: at(seconds) }) as const;
const byRider: Canceller = { role: 'rider', id: rider };
const byOperator: Canceller = { role: 'operator', id: 'operator-1' };
const bySystem: Canceller = { role: 'system' };
const byDriver: Canceller = { role: 'driver', id: d1 };
const accept = { type: 'accept', driverId: d1, at: at(3) } as const;
const decline = { type: 'decline', driverId: d1, reason: 'too far', at: at(3) } as const;
const searchOver = { type: 'deadline', found: [], at: at(300) } as const;

describe('a ride is cancelled during the search', () => {
  it('withdraws every pending offer in the same write', () => {
    const cancelled = stateOf(decide(cancel(byRider), given({}, [d1, d2])));
    expect(cancelled).toMatchObject({
      status: 'CANCELLED',
      by: { role: 'rider', id: 'rider-1' },
      reason: 'plans changed',
      at: at(7),
      offers: { 'driver-1': { status: 'WITHDRAWN', sequence: 1, at: at(7), reason: 'ride-cancelled' } },
    });
    expect(offers(cancelled)).toEqual({ 'driver-1': 'WITHDRAWN', 'driver-2': 'WITHDRAWN' });
    expect(rideAggregate.dueAt(cancelled)).toBeUndefined();
  });

  it('cancels a ride without offers', () => {
    expect(stateOf(decide(cancel(byRider), given({ candidatesFrom: 'matcher' }, []))).status).toBe('CANCELLED');
  });
});

describe('a ride is cancelled that a driver has', () => {
  it.each([
    ['[DSP-13] the system, and never counts it against the driver', bySystem, 'system', false],
    ['an operator, and does not count it against the driver', byOperator, 'operator', false],
    ['the rider, and does not count it against the driver', byRider, 'rider', false],
    ['the driver, and counts it against them', byDriver, 'driver', true],
  ] as const)('makes the event that it was cancelled by %s', (_, by, role, countsAgainstDriver) => {
    const decision = decide(cancel(by), given({ giveBack: 'close' }, [d1, d2], accept));
    expect(stateOf(decision)).toMatchObject({ status: 'CANCELLED', driverId: 'driver-1' });
    expect(changes(decision)).toEqual([
      {
        type: 'ride.cancelled',
        data: {
          rideId: 'TNT-20261121-0000042',
          riderId: 'rider-1',
          by: role,
          reason: 'plans changed',
          driverId: 'driver-1',
          withdrawn: [],
          countsAgainstDriver,
        },
      },
    ]);
  });
});

describe('a ride is cancelled that is over', () => {
  it.each([
    ['cancelled', given({}, [d1], cancel(bySystem, 5))],
    ['declined', given({}, [d1], decline)],
    ['expired', given({}, [d1], searchOver)],
  ])('changes nothing once it is %s', (_, ride) => {
    for (const by of [byRider, byOperator, bySystem, byDriver])
      expect(decide(cancel(by, 9), ride)).toEqual({ outcome: 'nothing', reason: 'already-processed' });
  });
});

describe('a driver cancels a ride they do not have', () => {
  it.each([
    ['[OPS-8] while it is only offered to them', byDriver, given({}, [d1, d2])],
    ['[OPS-8] when another driver has it', { role: 'driver', id: d2 } as const, given({}, [d1, d2], accept)],
    ['while it has no offers', byDriver, given({ candidatesFrom: 'matcher' }, [])],
  ])('is refused %s', (_, by, ride) => {
    expect(decide(cancel(by), ride)).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'NOT_ASSIGNED_TO_DRIVER', status: 403 },
    });
  });
});

describe('a ride is cancelled that is not stored', () => {
  it('refuses it', () => {
    expect(decide(cancel(byRider), undefined)).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'RIDE_NOT_FOUND', status: 404 },
    });
  });
});
