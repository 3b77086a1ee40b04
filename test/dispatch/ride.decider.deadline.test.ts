/** What the deadline does to a ride: offers time out, the next are made, or the search ends. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../functions/dispatch/ride.decider.ts';
import { rideAggregate } from '../../functions/dispatch/ride.ts';
import { at, changes, d1, d2, d3, d4, dispatched, given, named, offers, stateOf } from '../support/dispatch.ts';

const deadline = (seconds: number, ...found: readonly string[]) =>
  ({ type: 'deadline', found: named(...found), at: at(seconds) }) as const;
const decline = (driverId: typeof d1, seconds: number, reason = 'too far') =>
  ({ type: 'decline', driverId, reason, at: at(seconds) }) as const;

describe('the offers of a wave time out', () => {
  it('[DSP-13] offers it to the next candidates of the caller in the same write', () => {
    const decision = decide(deadline(30), given({ waveSize: 2 }, [d1, d2, d3, d4]));
    expect(stateOf(decision)).toMatchObject({ status: 'SEARCHING', waiting: [], nextSearchAt: at(60) });
    expect(stateOf(decision).offers).toEqual({
      'driver-1': { status: 'TIMED_OUT', sequence: 1, at: at(30) },
      'driver-2': { status: 'TIMED_OUT', sequence: 2, at: at(30) },
      'driver-3': { status: 'PENDING', sequence: 3, at: at(30) },
      'driver-4': { status: 'PENDING', sequence: 4, at: at(30) },
    });
    expect(changes(decision)).toEqual([
      {
        type: 'ride.offered',
        data: {
          rideId: 'TNT-20261121-0000042',
          riderId: 'rider-1',
          offered: ['driver-3', 'driver-4'],
          timedOut: ['driver-1', 'driver-2'],
        },
      },
    ]);
    expect(dispatched(decision)).toEqual(['driver-3', 'driver-4']);
  });

  it('[DSP-13] offers it only to the candidates of the caller', () => {
    expect(offers(stateOf(decide(deadline(30, d4), given({ waveSize: 1 }, [d1, d2]))))).toEqual({
      'driver-1': 'TIMED_OUT',
      'driver-2': 'PENDING',
    });
  });

  it('[DSP-13] offers it to the drivers the matcher finds, to none twice', () => {
    const ride = given({ candidatesFrom: 'matcher', waveSize: 2 }, [d1, d2]);
    const searched = stateOf(decide(deadline(30, d1, d3, d2, d4), ride));
    expect(offers(searched)).toEqual({
      'driver-1': 'TIMED_OUT',
      'driver-2': 'TIMED_OUT',
      'driver-3': 'PENDING',
      'driver-4': 'PENDING',
    });
  });

  it('[DSP-8] never offers it again to a driver who declined', () => {
    const ride = given({ candidatesFrom: 'matcher', policy: 'next' }, [d1, d2], decline(d1, 3));
    const searched = stateOf(decide(deadline(30, d1, d2, d3), ride));
    expect(offers(searched)).toEqual({ 'driver-1': 'DECLINED', 'driver-2': 'TIMED_OUT', 'driver-3': 'PENDING' });
  });

  it('expires when the caller named no other driver', () => {
    const decision = decide(deadline(30), given({}, [d1, d2]));
    expect(stateOf(decision)).toMatchObject({ status: 'EXPIRED', reason: 'nobody-left', at: at(30) });
    expect(offers(stateOf(decision))).toEqual({ 'driver-1': 'TIMED_OUT', 'driver-2': 'TIMED_OUT' });
    expect(changes(decision)).toMatchObject([
      { type: 'ride.expired', data: { reason: 'nobody-left', timedOut: ['driver-1', 'driver-2'] } },
    ]);
  });

  it('makes at most 30 offers, and then waits for the end of the search', () => {
    const thirty = Array.from({ length: 30 }, (_, i) => `first-${i}`);
    const ride = given({ candidatesFrom: 'matcher', waveSize: 30 }, named(...thirty));
    const decision = decide(deadline(30, d1, d2), ride);
    expect(Object.keys(stateOf(decision).offers)).toHaveLength(30);
    expect(changes(decision)).toMatchObject([{ type: 'ride.search-continued' }]);
  });
});

describe('no driver is near', () => {
  it('[DSP-13] searches again after pauses of 5, 10, 20, 40, 60 and 60 s', () => {
    let ride = given({ candidatesFrom: 'matcher' }, []);
    const due: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      const seconds = ((rideAggregate.dueAt(ride) ?? 0) - at(0)) / 1_000;
      due.push(seconds);
      ride = stateOf(decide(deadline(seconds), ride));
    }
    expect(due).toEqual([5, 15, 35, 75, 135, 195]);
  });

  it('makes the event that the search continues', () => {
    const decision = decide(deadline(5), given({ candidatesFrom: 'matcher' }, []));
    expect(changes(decision)).toMatchObject([{ type: 'ride.search-continued', data: { timedOut: [] } }]);
    expect(stateOf(decision).status).toBe('PENDING');
  });

  it('offers it as soon as a driver is near', () => {
    const decision = decide(deadline(5, d1), given({ candidatesFrom: 'matcher' }, []));
    expect(stateOf(decision)).toMatchObject({ status: 'SEARCHING', fruitless: 0, nextSearchAt: at(35) });
    expect(dispatched(decision)).toEqual(['driver-1']);
  });

  it('[DSP-13] is DECLINED when every offer was declined, by the last driver', () => {
    const ride = given(
      { candidatesFrom: 'matcher', policy: 'next' },
      [d1, d2],
      decline(d1, 3),
      decline(d2, 8, 'no fuel'),
    );
    const decision = decide(deadline(8), ride);
    expect(stateOf(decision)).toMatchObject({ status: 'DECLINED', by: 'driver-2', reason: 'no fuel', at: at(8) });
    expect(changes(decision)).toMatchObject([{ type: 'ride.declined', data: { driverId: 'driver-2', withdrawn: [] } }]);
  });
});

describe('one driver declined and the other did not answer', () => {
  it('[DSP-13] expires, because not every offer was declined', () => {
    const decision = decide(deadline(30), given({ policy: 'next' }, [d1, d2], decline(d1, 3)));
    expect(stateOf(decision)).toMatchObject({ status: 'EXPIRED', reason: 'nobody-left' });
    expect(changes(decision)).toMatchObject([{ type: 'ride.expired', data: { timedOut: ['driver-2'] } }]);
  });
});

describe('the search time is over', () => {
  it.each([
    ['offers are pending', given({ offerTimeoutMs: 300_000 }, [d1]), ['driver-1']],
    ['offers would last longer', given({ offerTimeoutMs: 600_000 }, [d1]), ['driver-1']],
    ['no driver was found', given({ candidatesFrom: 'matcher' }, []), []],
    ['candidates still wait', given({ waveSize: 1 }, [d1, d2]), ['driver-1']],
  ])('[DSP-13] expires when %s, although a driver is near', (_, ride, timedOut) => {
    const decision = decide(deadline(300, d4), ride);
    expect(stateOf(decision)).toMatchObject({ status: 'EXPIRED', reason: 'search-time-out', at: at(300) });
    expect(changes(decision)).toMatchObject([{ type: 'ride.expired', data: { reason: 'search-time-out', timedOut } }]);
    expect(rideAggregate.dueAt(stateOf(decision))).toBeUndefined();
  });
});

describe('the wake-up is early, late or repeated', () => {
  it('[DSP-14] changes nothing before the time', () => {
    expect(decide(deadline(29.999, d4), given({}, [d1]))).toEqual({ outcome: 'nothing', reason: 'not-due' });
  });

  it.each([
    ['declined', decline(d1, 3)],
    ['cancelled', { type: 'cancel', by: { role: 'system' }, reason: 'storm', at: at(3) }],
    ['expired', deadline(300)],
  ] as const)('changes nothing once the ride is %s', (_, command) => {
    expect(decide(deadline(400, d4), given({}, [d1], command))).toEqual({
      outcome: 'nothing',
      reason: 'already-processed',
    });
  });

  it('refuses it when no such ride is stored', () => {
    expect(decide(deadline(30), undefined)).toMatchObject({ outcome: 'refused', refusal: { code: 'RIDE_NOT_FOUND' } });
  });
});
