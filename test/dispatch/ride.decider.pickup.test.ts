/** What an update of the pickup point does to a ride. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../functions/dispatch/ride.decider.ts';
import { placeOf } from '../../functions/dispatch/ride.ts';
import { at, changes, d1, d2, dispatched, given, stateOf } from '../support/dispatch.ts';

const moved = { lat: -6.201, lng: 106.817, address: 'Pintu Selatan' };
const move = (sequence: number, seconds = 6) =>
  ({ type: 'move-pickup', pickup: { ...moved, sequence }, at: at(seconds) }) as const;
const accept = { type: 'accept', driverId: d1, at: at(3) } as const;

describe('the pickup is moved', () => {
  it('[DSP-5] keeps the newer position with its sequence', () => {
    expect(stateOf(decide(move(2), given({}, [d1]))).pickup).toEqual({ ...moved, sequence: 2 });
  });

  it('[DSP-5] makes an event with position, address and sequence: the audit log', () => {
    expect(changes(decide(move(7), given({}, [d1])))).toEqual([
      {
        type: 'ride.pickup-updated',
        data: {
          rideId: 'TNT-20261121-0000042',
          riderId: 'rider-1',
          pickup: { lat: -6.201, lng: 106.817, address: 'Pintu Selatan', sequence: 7 },
          driverId: undefined,
        },
      },
    ]);
  });

  it('repeats the dispatch requests of pending offers', () => {
    expect(dispatched(decide(move(2), given({}, [d1, d2])))).toEqual(['driver-1', 'driver-2']);
  });

  it('makes an event for the driver of the ride, and no dispatch', () => {
    const decision = decide(move(2), given({}, [d1, d2], accept));
    expect(stateOf(decision)).toMatchObject({ status: 'ACCEPTED', driverId: 'driver-1', pickup: { sequence: 2 } });
    expect(changes(decision)).toMatchObject([{ data: { driverId: 'driver-1' } }]);
    expect(dispatched(decision)).toEqual([]);
  });

  it('changes nothing else of a ride that is searching', () => {
    const ride = given({}, [d1, d2]);
    expect(stateOf(decide(move(2), ride))).toEqual({ ...ride, pickup: { ...moved, sequence: 2 } });
  });
});

describe('an update of the pickup comes late or twice', () => {
  it.each([0, 1, 4, 5])('[DSP-5] changes nothing for sequence %i when 5 is stored', (sequence) => {
    const ride = given({}, [d1], move(5));
    expect(decide(move(sequence, 9), ride)).toEqual({ outcome: 'nothing', reason: 'older-sequence' });
  });

  it('[DSP-5] changes nothing on a closed ride either, when it is not newer', () => {
    const closed = given({}, [d1], { type: 'cancel', by: { role: 'system' }, reason: 'storm', at: at(3) });
    expect(decide(move(1), closed)).toEqual({ outcome: 'nothing', reason: 'older-sequence' });
  });
});

describe('the pickup is moved of a ride that is over', () => {
  it.each([
    ['CANCELLED', { type: 'cancel', by: { role: 'system' }, reason: 'storm', at: at(3) }],
    ['DECLINED', { type: 'decline', driverId: d1, reason: 'too far', at: at(3) }],
    ['EXPIRED', { type: 'deadline', found: [], at: at(300) }],
  ] as const)('refuses it once the ride is %s', (status, command) => {
    const ride = given({}, [d1], command);
    expect(ride.status).toBe(status);
    expect(decide(move(2), ride)).toMatchObject({ outcome: 'refused', refusal: { code: 'RIDE_CLOSED' } });
  });

  it('refuses it when no such ride is stored', () => {
    expect(decide(move(2), undefined)).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'RIDE_NOT_FOUND', status: 404 },
    });
  });
});

describe('a place comes from outside', () => {
  it.each([
    ['keeps 6 decimals as they are', { lat: -6.123456, lng: 106.654321 }, { lat: -6.123456, lng: 106.654321 }],
    ['rounds the seventh up', { lat: 1.0000006, lng: 2.0000017 }, { lat: 1.000001, lng: 2.000002 }],
    ['rounds the seventh down', { lat: 1.0000004, lng: 2.0000013 }, { lat: 1, lng: 2.000001 }],
    ['rounds west and south alike', { lat: -6.2000004, lng: -106.8166667 }, { lat: -6.2, lng: -106.816667 }],
    ['keeps the ends of the earth', { lat: 90, lng: -180 }, { lat: 90, lng: -180 }],
    ['rounds digits far behind away', { lat: -6.123456789012345, lng: 106.1 }, { lat: -6.123457, lng: 106.1 }],
  ])('[DSP-5] %s', (_, place, kept) => {
    expect(placeOf(place)).toMatchObject(kept);
  });
});
