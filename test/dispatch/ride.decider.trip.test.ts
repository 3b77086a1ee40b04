/** A ride that a driver has: the pick-up, the end, giving it back, and a trip that is overdue. */
import { describe, expect, it } from 'vitest';
import { decide, type RideCommand } from '../../functions/dispatch/ride.decider.ts';
import { type Canceller, type Ride, rideAggregate } from '../../functions/dispatch/ride.ts';
import { toItem } from '../../functions/platform/dynamo.ts';
import { stored } from '../../functions/platform/item.ts';
import {
  at,
  changes,
  d1,
  d2,
  d3,
  dispatched,
  given,
  named,
  offers,
  request,
  rider,
  stateOf,
} from '../support/dispatch.ts';

const ids = { rideId: 'TNT-20261121-0000042', riderId: 'rider-1' };
const byDriver = { role: 'driver', id: d1 } as const;
const byOther = { role: 'driver', id: d2 } as const;
const byOperator = { role: 'operator', id: 'operator-1' } as const;
const byRider: Canceller = { role: 'rider', id: rider };
const bySystem: Canceller = { role: 'system' };
const accept = (driverId = d1, seconds = 4): RideCommand => ({ type: 'accept', driverId, at: at(seconds) });
const pickUp = (seconds = 60): RideCommand => ({ type: 'pick-up', by: byDriver, at: at(seconds) });
const complete: RideCommand = { type: 'complete', at: at(900) };
const cancel = (by: Canceller, seconds = 90): RideCommand => ({
  type: 'cancel',
  by,
  reason: 'flat tyre',
  at: at(seconds),
});
const deadline = (seconds: number, ...found: readonly (typeof d1)[]): RideCommand => ({
  type: 'deadline',
  found,
  at: at(seconds),
});

const searching = given({}, [d1, d2]);
const accepted = given({}, [d1, d2], accept());
const pickedUp = given({}, [d1, d2], accept(), pickUp());
const completed = given({}, [d1, d2], accept(), pickUp(), complete);
const cancelled = given({}, [d1, d2], cancel(bySystem, 4));

describe('the driver reports the pick-up', () => {
  it.each([
    ['driver', byDriver],
    ['operator', byOperator],
  ] as const)('[ORD-1] and the rider is in the car, by their %s', (role, by) => {
    const decision = decide({ type: 'pick-up', by, at: at(60) }, accepted);
    expect(stateOf(decision)).toMatchObject({ status: 'PICKED_UP', driverId: 'driver-1', at: at(60), hasOrder: true });
    expect(changes(decision)).toEqual([{ type: 'ride.picked-up', data: { ...ids, driverId: 'driver-1', by: role } }]);
  });

  it('[ORD-8] and has 12 hours to finish the trip', () => {
    expect(rideAggregate.dueAt(pickedUp)).toBe(at(60 + 43_200));
  });

  it.each([
    ['PICKED_UP', pickedUp],
    ['COMPLETED', completed],
  ])('again, and nothing changes once the ride is %s', (_, ride) => {
    expect(decide(pickUp(70), ride)).toEqual({ outcome: 'nothing', reason: 'already-picked-up' });
  });

  it.each([
    ['by another driver', byOther, accepted, 'NOT_ASSIGNED_TO_DRIVER'],
    ['by another driver, again', byOther, pickedUp, 'NOT_ASSIGNED_TO_DRIVER'],
    ['before a driver has it', byDriver, searching, 'RIDE_NOT_ACCEPTED'],
    ['when it is cancelled', byDriver, cancelled, 'RIDE_CLOSED'],
  ])('[ORD-1] and is refused %s', (_, by, ride, code) => {
    expect(decide({ type: 'pick-up', by, at: at(60) }, ride)).toMatchObject({ outcome: 'refused', refusal: { code } });
  });
});

describe('the trip ends', () => {
  it('[ORD-1] and the ride is completed', () => {
    const decision = decide(complete, pickedUp);
    expect(stateOf(decision)).toMatchObject({
      status: 'COMPLETED',
      driverId: 'driver-1',
      pickedUpAt: at(60),
      at: at(900),
    });
    expect(changes(decision)).toEqual([{ type: 'ride.completed', data: { ...ids, driverId: 'driver-1' } }]);
    expect(rideAggregate.dueAt(stateOf(decision))).toBeUndefined();
  });

  it('once', () => {
    expect(decide(complete, completed)).toEqual({ outcome: 'nothing', reason: 'already-completed' });
  });

  it.each([
    ['before the pick-up', accepted, 'NOT_PICKED_UP'],
    ['while it is searched for', searching, 'NOT_PICKED_UP'],
    ['when it was cancelled', cancelled, 'RIDE_CLOSED'],
  ])('[ORD-1] and is refused %s', (_, ride, code) => {
    expect(decide(complete, ride)).toMatchObject({ outcome: 'refused', refusal: { code } });
  });

  it('[ORD-1] and the refusal names the route that reports the pick-up', () => {
    expect(decide(complete, accepted)).toMatchObject({
      refusal: { message: expect.stringContaining('POST /rides/{id}/pick-up') },
    });
  });
});

describe('a ride is cancelled after the pick-up', () => {
  it.each([
    ['its driver', byDriver],
    ['an operator', byOperator],
  ] as const)('[ORD-1] by %s', (_, by) => {
    const decision = decide(cancel(by), pickedUp);
    expect(stateOf(decision)).toMatchObject({ status: 'CANCELLED', driverId: 'driver-1', by });
    expect(rideAggregate.dueAt(stateOf(decision))).toBeUndefined();
  });

  it.each([
    ['its rider', byRider, pickedUp, 'RIDE_UNDER_WAY'],
    ['the system', bySystem, pickedUp, 'RIDE_UNDER_WAY'],
    ['another driver', byOther, pickedUp, 'NOT_ASSIGNED_TO_DRIVER'],
    ['its rider after its end', byRider, completed, 'RIDE_CLOSED'],
    ['its driver after its end', byDriver, completed, 'RIDE_CLOSED'],
    ['an operator after its end', byOperator, completed, 'RIDE_CLOSED'],
    ['the system after its end', bySystem, completed, 'RIDE_CLOSED'],
  ])('[ORD-1] and is refused to %s', (_, by, ride, code) => {
    expect(decide(cancel(by), ride)).toMatchObject({ outcome: 'refused', refusal: { code } });
  });

  it('[ORD-1] and the pickup point does not move any more', () => {
    const moved = { type: 'move-pickup', pickup: { lat: -6.3, lng: 106.9, sequence: 9 }, at: at(70) } as const;
    expect(decide(moved, pickedUp)).toMatchObject({ outcome: 'refused', refusal: { code: 'RIDE_UNDER_WAY' } });
    expect(decide(moved, completed)).toMatchObject({ outcome: 'refused', refusal: { code: 'RIDE_CLOSED' } });
  });
});

describe('the driver gives the ride back before the pick-up', () => {
  it('[ORD-1] and those who lost it to them are offered it again, they are not', () => {
    const decision = decide(cancel(byDriver), given({}, named('driver-1', 'driver-2', 'driver-3'), accept()));
    const ride = stateOf(decision);
    expect(ride).toMatchObject({ status: 'SEARCHING', hasOrder: true, nextSearchAt: at(120), closesAt: at(390) });
    expect(ride.offers).toEqual({
      'driver-1': { status: 'GIVEN_BACK', sequence: 1, at: at(90), reason: 'flat tyre' },
      'driver-2': { status: 'PENDING', sequence: 4, at: at(90) },
      'driver-3': { status: 'PENDING', sequence: 5, at: at(90) },
    });
    expect(dispatched(decision)).toEqual(['driver-2', 'driver-3']);
    expect(changes(decision)).toEqual([
      {
        type: 'ride.given-back',
        data: { ...ids, driverId: 'driver-1', reason: 'flat tyre', offered: ['driver-2', 'driver-3'] },
      },
    ]);
    expect(Object.keys(ride)).not.toContain('driverId');
    expect(rideAggregate.dueAt(ride)).toBe(at(120));
  });

  it('[ORD-1] and those who were not offered it yet come next, in waves', () => {
    const ride = stateOf(decide(cancel(byDriver), given({ waveSize: 1 }, [d1, d2, d3], accept())));
    expect(offers(ride)).toEqual({ 'driver-1': 'GIVEN_BACK', 'driver-2': 'PENDING' });
    expect(ride).toMatchObject({ waiting: ['driver-3'] });
  });

  it('[ORD-1] and is never offered it again, whoever finds them', () => {
    const ride = stateOf(decide(cancel(byDriver), given({ candidatesFrom: 'matcher' }, [d1], accept())));
    expect(ride).toMatchObject({ status: 'SEARCHING', nextSearchAt: at(90) });
    const next = stateOf(decide(deadline(90, d1, d3), ride));
    expect(offers(next)).toEqual({ 'driver-1': 'GIVEN_BACK', 'driver-3': 'PENDING' });
    expect(decide(accept(d1, 95), next)).toMatchObject({ outcome: 'refused', refusal: { code: 'OFFER_GIVEN_BACK' } });
  });

  it('[ORD-1] and the next driver has the ride', () => {
    const ride = stateOf(decide(cancel(byDriver), accepted));
    expect(stateOf(decide(accept(d2, 95), ride))).toMatchObject({ status: 'ACCEPTED', driverId: 'driver-2' });
  });

  it('and one who declined is not offered it again', () => {
    const declined: RideCommand = { type: 'decline', driverId: d2, reason: 'too far', at: at(3) };
    const ride = given({ policy: 'next' }, [d1, d2], declined, accept(), cancel(byDriver));
    expect(offers(ride)).toEqual({ 'driver-1': 'GIVEN_BACK', 'driver-2': 'DECLINED' });
    expect(stateOf(decide(deadline(90), ride))).toMatchObject({ status: 'EXPIRED', reason: 'nobody-left' });
  });

  it('and the search lasts as long as the first one did, each time', () => {
    const again = given({}, [d1, d2], accept(), cancel(byDriver), accept(d2, 100), cancel(byOther, 200));
    expect(again).toMatchObject({ status: 'SEARCHING', closesAt: at(500) });
    expect(stateOf(decide(deadline(200), again))).toMatchObject({ status: 'EXPIRED', reason: 'nobody-left' });
  });

  it('again, and nothing changes', () => {
    const ride = stateOf(decide(cancel(byDriver), accepted));
    expect(decide(cancel(byDriver, 91), ride)).toEqual({ outcome: 'nothing', reason: 'already-given-back' });
  });

  it('[ORD-1] and it is cancelled under policy `close`', () => {
    const ride = stateOf(decide(cancel(byDriver), given({ giveBack: 'close' }, [d1, d2], accept())));
    expect(ride).toMatchObject({ status: 'CANCELLED', driverId: 'driver-1', by: byDriver });
    for (const field of ['watch', 'waiting']) expect(Object.keys(ride)).not.toContain(field);
  });
});

describe('a trip is overdue', () => {
  const overdue = (waitsFor: string, owner: string) => [
    { type: 'ride.overdue', data: { ...ids, driverId: 'driver-1', waitsFor, owner } },
  ];

  it.each([
    ['pick-up', accepted, 4 + 7_200],
    ['finish', pickedUp, 60 + 43_200],
  ])(
    '[ORD-8] its driver is reminded of the %s, half an hour later it is for an operator, then each day',
    (waitsFor, ride, due) => {
      const first = decide(deadline(due), ride);
      expect(changes(first)).toEqual(overdue(waitsFor, 'driver'));
      expect(rideAggregate.dueAt(stateOf(first))).toBe(at(due + 1_800));
      const second = decide(deadline(due + 1_800), stateOf(first));
      expect(changes(second)).toEqual(overdue(waitsFor, 'operator'));
      expect(stateOf(second)).toMatchObject({ status: ride.status, driverId: 'driver-1' });
      expect(rideAggregate.dueAt(stateOf(second))).toBe(at(due + 1_800 + 86_400));
    },
  );

  it('[ORD-8] but not before its time', () => {
    expect(decide(deadline(7_203.999), accepted)).toEqual({ outcome: 'nothing', reason: 'not-due' });
  });
});

describe('a ride was stored before pick-ups were reported', () => {
  const { giveBack: _, searchTimeoutMs: __, ...former } = request();
  const read = (state: object): Ride =>
    stored(rideAggregate, toItem({ pk: 'ORDER#TNT-20261121-0000042', sk: 'RIDE', version: 2, state })).state as Ride;
  const offer = { [d1]: { status: 'ACCEPTED', sequence: 1, at: at(4) } };
  const before = read({ ...former, status: 'ACCEPTED', driverId: d1, at: at(4), offers: offer });

  it('[ORD-1] and is completed without a pick-up, because the apps of then know none', () => {
    expect(stateOf(decide(complete, before))).toMatchObject({ status: 'COMPLETED', driverId: 'driver-1' });
  });

  it('[ORD-1] and is completed so also after its pickup point has moved', () => {
    const moved = { type: 'move-pickup', pickup: { lat: -6.3, lng: 106.9, sequence: 9 }, at: at(70) } as const;
    expect(stateOf(decide(complete, stateOf(decide(moved, before))))).toMatchObject({ status: 'COMPLETED' });
  });

  it('[ORD-1] and has its pick-up reported by an app of now', () => {
    const picked = stateOf(decide(pickUp(), before));
    expect(picked).toMatchObject({ status: 'PICKED_UP', hasOrder: true });
    expect(Object.keys(picked)).not.toContain('withoutPickUp');
  });

  it('[ORD-1] and is given back', () => {
    expect(stateOf(decide(cancel(byDriver), before))).toMatchObject({ status: 'SEARCHING', closesAt: at(390) });
  });

  it('is searched for as before', () => {
    const open = read({ ...former, status: 'PENDING', offers: {}, waiting: [d1], fruitless: 0, nextSearchAt: at(5) });
    expect(stateOf(decide(deadline(5), open))).toMatchObject({ status: 'SEARCHING', giveBack: 'search' });
  });
});
