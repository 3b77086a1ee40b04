/** What an acceptance does to a ride. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../functions/dispatch/ride.decider.ts';
import { rideAggregate } from '../../functions/dispatch/ride.ts';
import { at, changes, d1, d2, d3, dispatched, given, named, searchFields, stateOf } from '../support/dispatch.ts';

const accept = (driverId: typeof d1, seconds = 5) => ({ type: 'accept', driverId, at: at(seconds) }) as const;
const decline = (driverId: typeof d1, seconds = 4) =>
  ({ type: 'decline', driverId, reason: 'too far', at: at(seconds) }) as const;
const cancel = { type: 'cancel', by: { role: 'system' }, reason: 'storm', at: at(4) } as const;
const deadline = (seconds: number, ...found: readonly string[]) =>
  ({ type: 'deadline', found: named(...found), at: at(seconds) }) as const;

describe('a driver accepts a ride that was offered to them', () => {
  const ride = given({}, [d1, d2, d3]);

  it('[DSP-13] has the ride, and the other offers are withdrawn with the reason, in the same write', () => {
    expect(stateOf(decide(accept(d2), ride))).toMatchObject({
      status: 'ACCEPTED',
      driverId: 'driver-2',
      at: at(5),
      offers: {
        'driver-1': { status: 'WITHDRAWN', sequence: 1, at: at(5), reason: 'accepted-by-another' },
        'driver-2': { status: 'ACCEPTED', sequence: 2, at: at(5) },
        'driver-3': { status: 'WITHDRAWN', sequence: 3, at: at(5), reason: 'accepted-by-another' },
      },
    });
  });

  it('[DSP-3] makes one event with the driver and the withdrawn drivers, and no dispatch', () => {
    const decision = decide(accept(d2), ride);
    expect(changes(decision)).toEqual([
      {
        type: 'ride.accepted',
        data: {
          rideId: 'TNT-20261121-0000042',
          riderId: 'rider-1',
          driverId: 'driver-2',
          withdrawn: ['driver-1', 'driver-3'],
        },
      },
    ]);
    expect(dispatched(decision)).toEqual([]);
  });

  it('keeps no field of the search but the drivers who were not offered it', () => {
    expect(searchFields(stateOf(decide(accept(d2), ride)))).toEqual(['waiting']);
  });

  it('[ORD-1, ORD-8] has an order, and two hours for the pick-up', () => {
    const accepted = stateOf(decide(accept(d2, 4), ride));
    expect(accepted.hasOrder).toBe(true);
    expect(rideAggregate.dueAt(accepted)).toBe(at(7_204));
  });

  it('[DSP-14] has it also after the time-out, as long as no time-out was written', () => {
    expect(stateOf(decide(accept(d1, 31), ride))).toMatchObject({ status: 'ACCEPTED', driverId: 'driver-1' });
  });

  it('keeps what was declined as declined', () => {
    const declinedByOne = given({ policy: 'next' }, [d1, d2], decline(d1));
    expect(stateOf(decide(accept(d2), declinedByOne)).offers).toMatchObject({
      'driver-1': { status: 'DECLINED', reason: 'too far' },
    });
  });
});

describe('a driver accepts again', () => {
  it('changes nothing the second time', () => {
    expect(decide(accept(d1, 6), given({}, [d1, d2], accept(d1)))).toEqual({
      outcome: 'nothing',
      reason: 'already-accepted',
    });
  });
});

describe('a driver accepts a ride they cannot have', () => {
  const refusedWith = (code: string, status?: number) => ({
    outcome: 'refused',
    refusal: { code, ...(status ? { status } : {}) },
  });
  const next = { policy: 'next', waveSize: 1 } as const;

  it.each([
    [
      '[DSP-13] a ride another driver was faster to accept',
      accept(d2),
      given({}, [d1, d2], accept(d1)),
      refusedWith('RIDE_TAKEN'),
    ],
    [
      'a ride that was never offered to them',
      accept(d3),
      given({}, [d1, d2]),
      refusedWith('NOT_OFFERED_TO_DRIVER', 403),
    ],
    [
      'a taken ride that was never offered to them',
      accept(d3),
      given({}, [d1, d2], accept(d1)),
      refusedWith('NOT_OFFERED_TO_DRIVER', 403),
    ],
    [
      'a ride whose next wave they are in',
      accept(d2),
      given(next, [d1, d2]),
      refusedWith('NOT_OFFERED_TO_DRIVER', 403),
    ],
    ['[DSP-2] a ride that was declined', accept(d2), given({}, [d1, d2], decline(d1)), refusedWith('RIDE_CLOSED')],
    ['a ride that was cancelled', accept(d1), given({}, [d1], cancel), refusedWith('RIDE_CLOSED')],
    [
      'their own ride after it was cancelled',
      accept(d1, 9),
      given({}, [d1], accept(d1, 3), cancel),
      refusedWith('RIDE_CLOSED'),
    ],
    [
      '[DSP-13] a ride whose search is over',
      accept(d1, 301),
      given({}, [d1], deadline(300)),
      refusedWith('RIDE_CLOSED'),
    ],
    [
      '[DSP-13] an offer that timed out',
      accept(d1, 31),
      given(next, [d1, d2], deadline(30)),
      refusedWith('OFFER_TIMED_OUT'),
    ],
    ['[DSP-8] an offer they declined', accept(d1), given(next, [d1, d2], decline(d1)), refusedWith('OFFER_DECLINED')],
    [
      'a ride without offers',
      accept(d1),
      given({ candidatesFrom: 'matcher' }, []),
      refusedWith('NOT_OFFERED_TO_DRIVER', 403),
    ],
    ['a ride that is not stored', accept(d1), undefined, refusedWith('RIDE_NOT_FOUND', 404)],
  ])('refuses %s', (_, command, ride, expected) => {
    expect(decide(command, ride)).toMatchObject(expected);
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'refuses a driver named %s it was never offered to',
    (name) => {
      const [driverId = d1] = named(name);
      expect(decide(accept(driverId), given({}, [d1]))).toMatchObject({
        outcome: 'refused',
        refusal: { code: 'NOT_OFFERED_TO_DRIVER' },
      });
      expect(decide(decline(driverId), given({}, [d1]))).toMatchObject({
        outcome: 'refused',
        refusal: { code: 'NOT_OFFERED_TO_DRIVER' },
      });
    },
  );
});
