/** What a decline does to a ride, under each policy. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../functions/dispatch/ride.decider.ts';
import { rideAggregate } from '../../functions/dispatch/ride.ts';
import { at, changes, d1, d2, d3, d4, dispatched, given, named, offers, stateOf } from '../support/dispatch.ts';

const decline = (driverId: typeof d1, seconds = 4, reason = 'too far') =>
  ({ type: 'decline', driverId, reason, at: at(seconds) }) as const;
const accept = (driverId: typeof d1, seconds = 3) => ({ type: 'accept', driverId, at: at(seconds) }) as const;
const deadline = (seconds: number, ...found: readonly string[]) =>
  ({ type: 'deadline', found: named(...found), at: at(seconds) }) as const;

describe('a driver declines under policy close', () => {
  const ride = given({}, [d1, d2, d3]);

  it('[DSP-2] sets DECLINED, who, why and when, and withdraws every pending offer in the same write', () => {
    expect(stateOf(decide(decline(d2), ride))).toMatchObject({
      status: 'DECLINED',
      by: 'driver-2',
      reason: 'too far',
      at: at(4),
      offers: {
        'driver-1': { status: 'WITHDRAWN', sequence: 1, at: at(4), reason: 'declined-by-another' },
        'driver-2': { status: 'DECLINED', sequence: 2, at: at(4), reason: 'too far' },
        'driver-3': { status: 'WITHDRAWN', sequence: 3, at: at(4), reason: 'declined-by-another' },
      },
    });
  });

  it('[DSP-3] makes the event ride.declined with the withdrawn drivers, and no dispatch', () => {
    const decision = decide(decline(d2), ride);
    expect(changes(decision)).toEqual([
      {
        type: 'ride.declined',
        data: {
          rideId: 'TNT-20261121-0000042',
          riderId: 'rider-1',
          driverId: 'driver-2',
          reason: 'too far',
          withdrawn: ['driver-1', 'driver-3'],
        },
      },
    ]);
    expect(dispatched(decision)).toEqual([]);
  });

  it('leaves no deadline behind, though candidates still waited', () => {
    expect(rideAggregate.dueAt(stateOf(decide(decline(d1), given({ waveSize: 1 }, [d1, d2]))))).toBeUndefined();
  });

  it('[DSP-2] two drivers decline at once: both succeed, one is idempotent, nothing stays pending', () => {
    const first = stateOf(decide(decline(d1), ride));
    expect(decide(decline(d2), first)).toEqual({ outcome: 'nothing', reason: 'already-processed' });
    expect(offers(first)).toEqual({ 'driver-1': 'DECLINED', 'driver-2': 'WITHDRAWN', 'driver-3': 'WITHDRAWN' });
  });
});

describe('a driver declines under policy next', () => {
  const policy = 'next' as const;

  it('[DSP-13] removes only this driver while other offers are pending', () => {
    const decision = decide(decline(d1), given({ policy }, [d1, d2, d3]));
    expect(stateOf(decision).status).toBe('SEARCHING');
    expect(offers(stateOf(decision))).toEqual({ 'driver-1': 'DECLINED', 'driver-2': 'PENDING', 'driver-3': 'PENDING' });
    expect(changes(decision)).toEqual([
      {
        type: 'ride.offer-declined',
        data: {
          rideId: 'TNT-20261121-0000042',
          riderId: 'rider-1',
          driverId: 'driver-1',
          reason: 'too far',
          offered: [],
        },
      },
    ]);
  });

  it('repeats the dispatch requests of pending offers, because the worker skips older messages', () => {
    expect(dispatched(decide(decline(d1), given({ policy }, [d1, d2, d3])))).toEqual(['driver-2', 'driver-3']);
  });

  it('leaves the others the time they were given', () => {
    expect(rideAggregate.dueAt(stateOf(decide(decline(d1), given({ policy }, [d1, d2]))))).toBe(at(30));
  });

  it('[DSP-13] offers it to the next wave in the same write after the last pending offer', () => {
    const decision = decide(decline(d2, 9), given({ policy, waveSize: 2 }, [d1, d2, d3, d4], decline(d1)));
    expect(stateOf(decision).offers).toMatchObject({
      'driver-3': { status: 'PENDING', sequence: 3, at: at(9) },
      'driver-4': { status: 'PENDING', sequence: 4, at: at(9) },
    });
    expect(stateOf(decision)).toMatchObject({ status: 'SEARCHING', waiting: [], nextSearchAt: at(39) });
    expect(changes(decision)).toMatchObject([
      { type: 'ride.offer-declined', data: { offered: ['driver-3', 'driver-4'] } },
    ]);
    expect(dispatched(decision)).toEqual(['driver-3', 'driver-4']);
  });

  it('[DSP-13] is DECLINED when no driver is left', () => {
    const decision = decide(decline(d2, 9, 'no fuel'), given({ policy }, [d1, d2], decline(d1)));
    expect(stateOf(decision)).toMatchObject({ status: 'DECLINED', by: 'driver-2', reason: 'no fuel', at: at(9) });
    expect(changes(decision)).toMatchObject([{ type: 'ride.declined', data: { driverId: 'driver-2', withdrawn: [] } }]);
  });

  it('[DSP-13] is DECLINED when no driver is left after a wave that timed out', () => {
    const ride = given({ policy, waveSize: 1 }, [d1, d2], deadline(30));
    expect(stateOf(decide(decline(d2, 35), ride))).toMatchObject({ status: 'DECLINED', by: 'driver-2' });
  });

  it('[DSP-13] searches again at once when the matcher chose the drivers and none is left', () => {
    const decision = decide(decline(d1, 9), given({ policy, candidatesFrom: 'matcher' }, [d1]));
    expect(stateOf(decision)).toMatchObject({ status: 'SEARCHING', nextSearchAt: at(9) });
    expect(rideAggregate.dueAt(stateOf(decision))).toBe(at(9));
    expect(dispatched(decision)).toEqual([]);
  });
});

describe('a driver declines what is over', () => {
  it.each([
    ['[DSP-2] a ride that was declined', given({}, [d1, d2], decline(d1))],
    ['[DSP-2] a ride that was accepted by another', given({}, [d1, d2], accept(d1))],
    ['[DSP-2] a ride that they accepted', given({}, [d1, d2], accept(d2))],
    [
      '[DSP-2] a ride that was cancelled',
      given({}, [d1, d2], { type: 'cancel', by: { role: 'system' }, reason: 'storm', at: at(3) }),
    ],
    ['[DSP-2] a ride whose search is over', given({}, [d1, d2], deadline(300))],
    ['an offer that timed out while others are pending', given({ waveSize: 1 }, [d2, d3], deadline(30))],
    ['an offer that they declined before', given({ policy: 'next' }, [d1, d2, d3], decline(d2))],
  ])('changes nothing on %s', (_, ride) => {
    expect(decide(decline(d2, 8), ride)).toEqual({ outcome: 'nothing', reason: 'already-processed' });
  });
});

describe('a driver declines a ride that was never offered to them', () => {
  it.each([
    ['a ride that is searching', given({}, [d1, d2]), 'NOT_OFFERED_TO_DRIVER', 403],
    ['a ride that is closed', given({}, [d1, d2], decline(d1)), 'NOT_OFFERED_TO_DRIVER', 403],
    ['a ride whose next wave they are in', given({ waveSize: 1 }, [d1, d3]), 'NOT_OFFERED_TO_DRIVER', 403],
    ['a ride without offers', given({ candidatesFrom: 'matcher' }, []), 'NOT_OFFERED_TO_DRIVER', 403],
    ['a ride that is not stored', undefined, 'RIDE_NOT_FOUND', 404],
  ])('refuses %s', (_, ride, code, status) => {
    expect(decide(decline(d3), ride)).toMatchObject({ outcome: 'refused', refusal: { code, status } });
  });
});
