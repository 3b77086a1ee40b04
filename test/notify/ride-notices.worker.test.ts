/** Who is told what when a ride changes. */
import { describe, expect, it } from 'vitest';
import type { RideEvent } from '../../events/ride.ts';
import { noticesFor, notify } from '../../functions/notify/ride-notices.worker.ts';
import { logLines } from '../support/log.ts';
import { people } from '../support/people.ts';

const lines = logLines();
const rideId = 'TNT-20261121-0000042';
const event = <Type extends RideEvent['type']>(type: Type, rest: object): Extract<RideEvent, { type: Type }> =>
  ({
    id: `${rideId}/RIDE/4`,
    type,
    rideId,
    riderId: 'anna',
    version: 4,
    at: '2026-11-21T03:44:00.000Z',
    ...rest,
  }) as unknown as Extract<RideEvent, { type: Type }>;
const pickup = { lat: -6.2, lng: 106.8, sequence: 2 };

describe('a ride changes', () => {
  it.each<[string, RideEvent, readonly object[]]>([
    [
      '[DSP-13] accepted: the rider, and the losers with the reason',
      event('ride.accepted', { driverId: 'd1', withdrawn: ['d2', 'd3'] }),
      [
        { to: 'anna', type: 'RIDE_ACCEPTED', data: { driverId: 'd1' } },
        { to: 'd2', type: 'RIDE_WITHDRAWN', data: { reason: 'accepted-by-another' } },
        { to: 'd3', type: 'RIDE_WITHDRAWN', data: { reason: 'accepted-by-another' } },
      ],
    ],
    [
      'declined: the rider, and those whose offers are withdrawn',
      event('ride.declined', { driverId: 'd1', reason: 'too far', withdrawn: ['d2'] }),
      [
        { to: 'anna', type: 'RIDE_DECLINED', data: { reason: 'too far' } },
        { to: 'd2', type: 'RIDE_WITHDRAWN', data: { reason: 'declined-by-another' } },
      ],
    ],
    [
      'cancelled by the rider while searching: the drivers, not the rider',
      event('ride.cancelled', { by: 'rider', reason: 'late', withdrawn: ['d1', 'd2'], countsAgainstDriver: false }),
      [
        { to: 'd1', type: 'RIDE_WITHDRAWN', data: { reason: 'ride-cancelled' } },
        { to: 'd2', type: 'RIDE_WITHDRAWN', data: { reason: 'ride-cancelled' } },
      ],
    ],
    [
      'cancelled by the rider after acceptance: the driver, and that it does not count',
      event('ride.cancelled', {
        by: 'rider',
        reason: 'late',
        driverId: 'd1',
        withdrawn: [],
        countsAgainstDriver: false,
      }),
      [{ to: 'd1', type: 'RIDE_CANCELLED', data: { by: 'rider', reason: 'late', countsAgainstDriver: false } }],
    ],
    [
      'cancelled by the driver: the rider, not the driver',
      event('ride.cancelled', {
        by: 'driver',
        reason: 'flat tyre',
        driverId: 'd1',
        withdrawn: [],
        countsAgainstDriver: true,
      }),
      [{ to: 'anna', type: 'RIDE_CANCELLED', data: { by: 'driver', reason: 'flat tyre' } }],
    ],
    [
      '[DSP-13] cancelled by the system: both, and that it does not count',
      event('ride.cancelled', {
        by: 'system',
        reason: 'storm',
        driverId: 'd1',
        withdrawn: [],
        countsAgainstDriver: false,
      }),
      [
        { to: 'anna', type: 'RIDE_CANCELLED', data: { by: 'system', reason: 'storm' } },
        { to: 'd1', type: 'RIDE_CANCELLED', data: { by: 'system', reason: 'storm', countsAgainstDriver: false } },
      ],
    ],
    [
      'expired: the rider, and those whose time is over',
      event('ride.expired', { reason: 'search-time-out', timedOut: ['d1'] }),
      [
        { to: 'anna', type: 'RIDE_EXPIRED', data: { reason: 'search-time-out' } },
        { to: 'd1', type: 'RIDE_WITHDRAWN', data: { reason: 'offer-timed-out' } },
      ],
    ],
    [
      'offered to others: those whose time is over, not the others',
      event('ride.offered', { offered: ['d2'], timedOut: ['d1'] }),
      [{ to: 'd1', type: 'RIDE_WITHDRAWN', data: { reason: 'offer-timed-out' } }],
    ],
    ['the search goes on: nobody', event('ride.search-continued', { timedOut: [] }), []],
    [
      'the pickup moved: the driver who has the ride',
      event('ride.pickup-updated', { pickup, driverId: 'd1' }),
      [{ to: 'd1', type: 'PICKUP_UPDATED', data: { pickup } }],
    ],
    ['the pickup moved while searching: nobody', event('ride.pickup-updated', { pickup }), []],
    [
      'requested: nobody, because offers go through the dispatch worker',
      event('ride.requested', { offered: ['d1'] }),
      [],
    ],
    [
      'one of several declined: nobody',
      event('ride.offer-declined', { driverId: 'd1', reason: 'too far', offered: [] }),
      [],
    ],
  ])('tells when it is %s', (_, happened, notices) => {
    expect(noticesFor(happened)).toEqual(notices);
  });
});

describe('an event is delivered', () => {
  const accepted = event('ride.accepted', { driverId: 'd1', withdrawn: ['d2'] });
  const connected = async () => {
    const world = people();
    for (const sub of ['anna', 'd1', 'd2']) await world.connect(sub);
    return world;
  };

  it('[DSP-7, DSP-13] tells each app once under the id of ride and version', async () => {
    const { deps, of } = await connected();
    for (let copy = 0; copy < 3; copy += 1) await notify(deps)(accepted);
    const common = { id: 'TNT-20261121-0000042:4', rideId, version: 4, at: '2026-11-21T03:44:00.000Z' };
    expect(of('anna')).toEqual([{ ...common, type: 'RIDE_ACCEPTED', driverId: 'd1' }]);
    expect(of('d2')).toEqual([{ ...common, type: 'RIDE_WITHDRAWN', reason: 'accepted-by-another' }]);
    expect(of('d1')).toEqual([]);
  });

  it('[DSP-4] tells the others though one fails, and only him again', async () => {
    const { deps, of, fail, mend } = await connected();
    fail('connection-of-anna', new Error('away'));
    await expect(notify(deps)(accepted)).rejects.toThrow();
    mend('connection-of-anna');
    await notify(deps)(accepted);
    expect([of('anna').length, of('d2').length]).toEqual([1, 1]);
  });

  it('counts what was told, and leaves a line of each in the story', async () => {
    const { deps, lines: told } = await connected();
    await notify(deps)(accepted);
    expect(lines.metric('NoticeSent')).toEqual([2]);
    expect(told().map(({ kind, to, type }) => [kind, to, type])).toEqual([
      ['notice', 'anna', 'RIDE_ACCEPTED'],
      ['notice', 'd2', 'RIDE_WITHDRAWN'],
    ]);
  });

  it('says nothing where there is nobody to tell', async () => {
    const { deps, received } = await connected();
    await notify(deps)(event('ride.search-continued', { timedOut: [] }));
    expect([received, lines.all()]).toEqual([[], []]);
  });
});
