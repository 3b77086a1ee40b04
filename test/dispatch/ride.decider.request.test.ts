/** What a request for a ride does: the first offers, and their end. */
import { describe, expect, it } from 'vitest';
import { requestRide } from '../../functions/dispatch/ride.decider.ts';
import { rideAggregate } from '../../functions/dispatch/ride.ts';
import { mostOffers } from '../../functions/dispatch/search.ts';
import {
  at,
  changes,
  d1,
  d2,
  d3,
  d4,
  destination,
  dispatched,
  named,
  pickup,
  request,
  start,
} from '../support/dispatch.ts';

const requested = (fields: Parameters<typeof request>[0], ...drivers: readonly string[]) =>
  requestRide(request(fields), named(...drivers));

describe('a ride is requested with candidates', () => {
  it('[DSP-13] offers it to the first wave in the order named, and keeps the others for the next', () => {
    const { state } = requested({ waveSize: 2 }, d1, d2, d3, d4);
    expect(state).toMatchObject({ status: 'SEARCHING', waiting: ['driver-3', 'driver-4'] });
    expect(state.offers).toEqual({
      'driver-1': { status: 'PENDING', sequence: 1, at: start },
      'driver-2': { status: 'PENDING', sequence: 2, at: start },
    });
  });

  it('[DSP-3] makes one event, and one dispatch request for each offer', () => {
    const decision = requested({ waveSize: 2 }, d1, d2, d3);
    expect(changes(decision)).toEqual([
      {
        type: 'ride.requested',
        data: {
          rideId: 'TNT-20261121-0000042',
          riderId: 'rider-1',
          serviceLine: 'BB',
          pickup,
          destination,
          policy: 'close',
          offered: ['driver-1', 'driver-2'],
        },
      },
    ]);
    expect(dispatched(decision)).toEqual(['driver-1', 'driver-2']);
    expect(decision.facts[1]).toEqual({
      type: 'dispatch.requested',
      source: 'tuntas.dispatch',
      per: 'driver-1',
      data: {
        rideId: 'TNT-20261121-0000042',
        driverId: 'driver-1',
        sequence: 1,
        expiresAt: '2026-11-21T03:44:30.000Z',
      },
    });
  });

  it('[DSP-13] is due when the offers of the wave time out', () => {
    expect(rideAggregate.dueAt(requested({}, d1).state)).toBe(at(30));
  });

  it('[DSP-13] is due when the search ends, if that is earlier', () => {
    expect(rideAggregate.dueAt(requested({ closesAt: at(10) }, d1).state)).toBe(at(10));
  });

  it('[DSP-13] offers a driver no more time than the search has', () => {
    const [, dispatch] = requested({ closesAt: at(10) }, d1).facts;
    expect(dispatch?.data).toMatchObject({ expiresAt: '2026-11-21T03:44:10.000Z' });
  });

  it('makes one offer to a driver who is named twice', () => {
    const { state } = requested({ waveSize: 3 }, d1, d1, d2);
    expect(state.offers).toEqual({
      'driver-1': { status: 'PENDING', sequence: 1, at: start },
      'driver-2': { status: 'PENDING', sequence: 2, at: start },
    });
  });

  it('makes at most 30 offers', () => {
    const forty = Array.from({ length: 40 }, (_, i) => `driver-${i + 1}`);
    const { state } = requested({ waveSize: 40 }, ...forty);
    expect(mostOffers).toBe(30);
    expect(Object.keys(state.offers)).toHaveLength(30);
  });
});

describe('a ride is requested without candidates', () => {
  it('[DSP-13] offers it to the drivers the matcher found, and keeps none of them waiting', () => {
    const { state } = requested({ candidatesFrom: 'matcher', waveSize: 2 }, d1, d2, d3);
    expect(Object.keys(state.offers)).toEqual(['driver-1', 'driver-2']);
    expect(state).toMatchObject({ status: 'SEARCHING', waiting: [] });
  });

  it('[DSP-13] stays PENDING when no driver is near, and searches again after 5 s', () => {
    const decision = requested({ candidatesFrom: 'matcher' });
    expect(decision.state).toMatchObject({ status: 'PENDING', offers: {}, fruitless: 1, nextSearchAt: at(5) });
    expect(changes(decision)).toMatchObject([{ type: 'ride.requested', data: { offered: [] } }]);
    expect(dispatched(decision)).toEqual([]);
    expect(rideAggregate.dueAt(decision.state)).toBe(at(5));
  });
});
