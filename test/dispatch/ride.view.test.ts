/** What a rider, an operator and a driver see of a ride. */
import { describe, expect, it } from 'vitest';
import type { Driver } from '../../functions/dispatch/driver.ts';
import type { RideCommand } from '../../functions/dispatch/ride.decider.ts';
import { driverView, openOfferView, rideView } from '../../functions/dispatch/ride.view.ts';
import { at, d1, d2, d3, given, named, rideId } from '../support/dispatch.ts';

const declined = given({}, [d1, d2], { type: 'decline', driverId: d1, reason: 'too far', at: at(4) });
const accepted = given({}, [d1, d2], { type: 'accept', driverId: d1, at: at(4) });
const cancelledBy = (by: Extract<RideCommand, { type: 'cancel' }>['by']): RideCommand => ({
  type: 'cancel',
  by,
  reason: 'flat tyre',
  at: at(9),
});

describe('a ride that one driver declined', () => {
  it('[OPS-8] hides that driver and their reason from every other driver', () => {
    const view = rideView(declined, 2, d2);
    expect(view).toMatchObject({ status: 'DECLINED', endedAt: '2026-11-21T03:44:04.000Z' });
    expect(Object.keys(view)).not.toContain('reason');
    expect(Object.keys(view)).not.toContain('driverId');
    expect(view.offers).toEqual([
      {
        driverId: 'driver-2',
        sequence: 2,
        status: 'WITHDRAWN',
        reason: 'declined-by-another',
        at: '2026-11-21T03:44:04.000Z',
      },
    ]);
  });

  it('shows the driver their own answer', () => {
    expect(rideView(declined, 2, d1)).toMatchObject({
      driverId: 'driver-1',
      reason: 'too far',
      offers: [{ driverId: 'driver-1', status: 'DECLINED', reason: 'too far' }],
    });
  });

  it('shows the rider who declined and why, with every offer in its order', () => {
    expect(rideView(declined, 2)).toMatchObject({
      driverId: 'driver-1',
      reason: 'too far',
      offers: [
        { sequence: 1, driverId: 'driver-1' },
        { sequence: 2, driverId: 'driver-2' },
      ],
    });
  });
});

describe('a ride that one driver accepted', () => {
  it('shows the rider which driver, and since when', () => {
    expect(rideView(accepted, 2)).toMatchObject({
      status: 'ACCEPTED',
      driverId: 'driver-1',
      acceptedAt: '2026-11-21T03:44:04.000Z',
    });
    expect(rideView(accepted, 2)).not.toHaveProperty('endedAt');
  });

  it('[OPS-8] hides that driver from every other driver', () => {
    expect(JSON.stringify(rideView(accepted, 2, d2))).not.toContain('driver-1');
  });

  it('[OPS-8] and then cancelled hides that driver and their reason from every other driver', () => {
    const ride = given(
      { giveBack: 'close' },
      [d1, d2],
      { type: 'accept', driverId: d1, at: at(4) },
      cancelledBy({ role: 'driver', id: d1 }),
    );
    expect(rideView(ride, 3, d2)).toMatchObject({ cancelledBy: 'driver', countsAgainstDriver: true });
    expect(JSON.stringify(rideView(ride, 3, d2))).not.toMatch(/driver-1|flat tyre/);
    expect(rideView(ride, 3)).toMatchObject({ driverId: 'driver-1', reason: 'flat tyre' });
  });
});

describe('a ride that ended without a driver', () => {
  it('shows everyone why', () => {
    const expired = given({}, [d1], { type: 'deadline', found: [], at: at(300) });
    for (const onlyOf of [undefined, d1])
      expect(rideView(expired, 2, onlyOf)).toMatchObject({ status: 'EXPIRED', reason: 'search-time-out' });
    const cancelled = given({}, [d1], cancelledBy({ role: 'system' }));
    expect(rideView(cancelled, 2, d1)).toMatchObject({
      cancelledBy: 'system',
      countsAgainstDriver: false,
      reason: 'flat tyre',
      endedAt: '2026-11-21T03:44:09.000Z',
    });
  });
});

describe('a ride that is searching', () => {
  it('shows no ending, and nothing of the search', () => {
    expect(rideView(given({ waveSize: 1 }, [d1, d2]), 1)).toEqual({
      rideId,
      status: 'SEARCHING',
      version: 1,
      riderId: 'rider-1',
      serviceLine: 'BB',
      pickup: { lat: -6.2, lng: 106.816666, address: 'Stasiun Gambir', sequence: 1 },
      destination: { lat: -6.125, lng: 106.65 },
      policy: 'close',
      giveBack: 'search',
      requestedAt: '2026-11-21T03:44:00.000Z',
      closesAt: '2026-11-21T03:49:00.000Z',
      offers: [{ driverId: 'driver-1', sequence: 1, status: 'PENDING', at: '2026-11-21T03:44:00.000Z' }],
    });
  });
});

describe('the offers of a ride', () => {
  it('are in the order they were made, whatever the driver ids', () => {
    const { offers } = rideView(given({}, named('20', '3', 'anna')), 1);
    expect(offers.map(({ driverId }) => driverId)).toEqual(['20', '3', 'anna']);
  });
});

describe('the open offer of a driver', () => {
  it('has what its notification has', () => {
    expect(openOfferView(given({}, [d1, d2]), 1, d2)).toEqual({
      rideId,
      version: 1,
      sequence: 2,
      serviceLine: 'BB',
      pickup: { lat: -6.2, lng: 106.816666, address: 'Stasiun Gambir', sequence: 1 },
      destination: { lat: -6.125, lng: 106.65 },
      at: '2026-11-21T03:44:00.000Z',
      expiresAt: '2026-11-21T03:44:30.000Z',
    });
  });

  it('ends with the search, if that is earlier', () => {
    expect(openOfferView(given({ closesAt: at(10) }, [d1]), 1, d1)?.expiresAt).toBe('2026-11-21T03:44:10.000Z');
  });

  it.each([
    ['the ride is closed', accepted, d1],
    [
      'it was declined',
      given({ policy: 'next' }, [d1, d2], { type: 'decline', driverId: d1, reason: 'x', at: at(4) }),
      d1,
    ],
    ['it timed out', given({ waveSize: 1 }, [d1, d2], { type: 'deadline', found: [], at: at(30) }), d1],
    ['it was never made', given({}, [d1, d2]), d3],
  ])('is none when %s', (_, ride, driverId) => {
    expect(openOfferView(ride, 2, driverId)).toBeUndefined();
  });
});

describe('a driver', () => {
  const driver: Driver = { driverId: d1, onDuty: true, serviceLine: 'SB' };

  it('shows what is known', () => {
    expect(driverView(driver)).toEqual({ driverId: 'driver-1', onDuty: true, serviceLine: 'SB' });
    const position = { lat: -6.2, lng: 106.8, at: at(0) };
    const busy = { by: 'ride', orderId: rideId, until: at(60) } as const;
    const car = 'B1234XYZ' as NonNullable<Driver['car']>;
    expect(driverView({ ...driver, position, busy, car })).toEqual({
      driverId: 'driver-1',
      onDuty: true,
      serviceLine: 'SB',
      position: { lat: -6.2, lng: 106.8, at: '2026-11-21T03:44:00.000Z' },
      rideId,
      busy: { by: 'ride', orderId: rideId, until: '2026-11-21T03:45:00.000Z' },
      car: 'B1234XYZ',
    });
  });

  it.each([
    [
      { by: 'ezpay', orderId: rideId },
      { by: 'ezpay', orderId: rideId },
    ],
    [{ by: 'argo' }, { by: 'argo' }],
  ] as const)('[ORD-2] shows what else occupies them: %o', (busy, shown) => {
    const view = driverView({ ...driver, busy: { ...busy, until: at(60) } });
    expect(view).toMatchObject({ busy: { ...shown, until: '2026-11-21T03:45:00.000Z' } });
    expect(view).not.toHaveProperty('rideId');
  });
});
