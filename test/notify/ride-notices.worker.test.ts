/** Who is notified of what when a ride changes. */
import { describe, expect, it } from 'vitest';
import { compose } from '../../functions/notify/ride-notices.compose.ts';
import { noticesFor, type RideEvent } from '../../functions/notify/ride-notices.worker.ts';
import { logLines } from '../support/log.ts';
import { type People, people } from '../support/people.ts';
import { delivered } from '../support/queue.ts';

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
const started = { id: 'Perjalanan dimulai.', en: 'Your trip has started.' };
const pickUp = { en: 'Is the rider in the car? Report the pick-up or cancel the ride.' };
const pickup = { lat: -6.2, lng: 106.8, sequence: 2 };

describe('a ride changes', () => {
  it.each<[string, RideEvent, readonly object[]]>([
    [
      '[DSP-13] it is accepted: the rider, and the other drivers with the reason',
      event('ride.accepted', { driverId: 'd1', withdrawn: ['d2', 'd3'] }),
      [
        { to: 'anna', type: 'RIDE_ACCEPTED', data: { driverId: 'd1' } },
        { to: 'd2', type: 'RIDE_WITHDRAWN', data: { reason: 'accepted-by-another' } },
        { to: 'd3', type: 'RIDE_WITHDRAWN', data: { reason: 'accepted-by-another' } },
      ],
    ],
    [
      '[ORD-1] the rider is picked up: the rider',
      event('ride.picked-up', { driverId: 'd1', by: 'driver' }),
      [{ to: 'anna', type: 'RIDE_PICKED_UP', data: { driverId: 'd1', message: started } }],
    ],
    [
      '[ORD-1] an operator reports the pick-up: the driver too',
      event('ride.picked-up', { driverId: 'd1', by: 'operator' }),
      [
        { to: 'anna', type: 'RIDE_PICKED_UP', data: { driverId: 'd1', message: started } },
        { to: 'd1', type: 'RIDE_PICKED_UP', data: { driverId: 'd1', message: started } },
      ],
    ],
    [
      '[ORD-1] it is given back: the rider, in both languages',
      event('ride.given-back', { driverId: 'd1', reason: 'flat tyre', offered: ['d2'] }),
      [
        {
          to: 'anna',
          type: 'RIDE_GIVEN_BACK',
          data: {
            reason: 'flat tyre',
            message: {
              id: 'Pengemudi Anda berhalangan. Kami mencari pengemudi lain.',
              en: 'Your driver cannot come. We are looking for another one.',
            },
          },
        },
      ],
    ],
    [
      '[ORD-8] its pick-up is overdue: the driver',
      event('ride.overdue', { driverId: 'd1', waitsFor: 'pick-up', owner: 'driver' }),
      [{ to: 'd1', type: 'RIDE_OVERDUE', data: { waitsFor: 'pick-up', message: expect.objectContaining(pickUp) } }],
    ],
    [
      '[ORD-8] it is for an operator: nobody',
      event('ride.overdue', { driverId: 'd1', waitsFor: 'finish', owner: 'operator' }),
      [],
    ],
    ['it is completed: nobody', event('ride.completed', { driverId: 'd1' }), []],
    [
      'it is declined: the rider, and those whose offers are withdrawn',
      event('ride.declined', { driverId: 'd1', reason: 'too far', withdrawn: ['d2'] }),
      [
        { to: 'anna', type: 'RIDE_DECLINED', data: { reason: 'too far' } },
        { to: 'd2', type: 'RIDE_WITHDRAWN', data: { reason: 'declined-by-another' } },
      ],
    ],
    [
      'it is cancelled by the rider while searching: the drivers, not the rider',
      event('ride.cancelled', { by: 'rider', reason: 'late', withdrawn: ['d1', 'd2'], countsAgainstDriver: false }),
      [
        { to: 'd1', type: 'RIDE_WITHDRAWN', data: { reason: 'ride-cancelled' } },
        { to: 'd2', type: 'RIDE_WITHDRAWN', data: { reason: 'ride-cancelled' } },
      ],
    ],
    [
      'it is cancelled by the rider after acceptance: the driver, and that it does not count',
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
      'it is cancelled by the driver: the rider, not the driver',
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
      '[DSP-13] it is cancelled by the system: both, and that it does not count',
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
      'it expires: the rider, and those whose offers timed out',
      event('ride.expired', { reason: 'search-time-out', timedOut: ['d1'] }),
      [
        { to: 'anna', type: 'RIDE_EXPIRED', data: { reason: 'search-time-out' } },
        { to: 'd1', type: 'RIDE_WITHDRAWN', data: { reason: 'offer-timed-out' } },
      ],
    ],
    [
      'it is offered to others: those whose offers timed out, not the others',
      event('ride.offered', { offered: ['d2'], timedOut: ['d1'] }),
      [{ to: 'd1', type: 'RIDE_WITHDRAWN', data: { reason: 'offer-timed-out' } }],
    ],
    ['the search continues: nobody', event('ride.search-continued', { timedOut: [] }), []],
    [
      'the pickup moved: the driver who has the ride',
      event('ride.pickup-updated', { pickup, driverId: 'd1' }),
      [{ to: 'd1', type: 'PICKUP_UPDATED', data: { pickup } }],
    ],
    [
      '[ORD-8] it is over and not paid: the rider, in their language',
      event('order.payment-due', { orderId: rideId, unpaid: 120_000, reminder: 1 }),
      [
        {
          to: 'anna',
          type: 'PAYMENT_DUE',
          data: {
            unpaid: 120_000,
            message: {
              id: 'Perjalanan Anda belum dibayar. Buka pesanan untuk memilih cara pembayaran.',
              en: 'Your trip is not paid yet. Open the order to choose how to pay.',
            },
          },
        },
      ],
    ],
    ['the pickup moved while searching: nobody', event('ride.pickup-updated', { pickup }), []],
    [
      'it is requested: nobody, because offers go through the dispatch worker',
      event('ride.requested', { offered: ['d1'] }),
      [],
    ],
    [
      'one of several declined: nobody',
      event('ride.offer-declined', { driverId: 'd1', reason: 'too far', offered: [] }),
      [],
    ],
  ])('%s', (_, happened, notices) => {
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
  const receive = async ({ ports, env }: People, ...events: readonly unknown[]) =>
    (await compose(ports, env)(delivered(events))).batchItemFailures.length;

  it('[DSP-7, DSP-13] notifies each app once under the id of ride and version', async () => {
    const world = await connected();
    for (let copy = 0; copy < 3; copy += 1) expect(await receive(world, accepted)).toBe(0);
    const common = { id: 'TNT-20261121-0000042:4', rideId, version: 4, at: '2026-11-21T03:44:00.000Z' };
    expect(world.of('anna')).toEqual([{ ...common, type: 'RIDE_ACCEPTED', driverId: 'd1' }]);
    expect(world.of('d2')).toEqual([{ ...common, type: 'RIDE_WITHDRAWN', reason: 'accepted-by-another' }]);
    expect(world.of('d1')).toEqual([]);
  });

  it('[DSP-4] notifies the others when one fails, and on the retry only that one', async () => {
    const world = await connected();
    world.fail('connection-of-anna', new Error('unreachable'));
    expect(await receive(world, accepted)).toBe(1);
    expect([world.of('anna').length, world.of('d2').length]).toEqual([0, 1]);
    world.mend('connection-of-anna');
    expect(await receive(world, accepted)).toBe(0);
    expect([world.of('anna').length, world.of('d2').length]).toEqual([1, 1]);
  });

  it('counts the notices, and leaves a line of each in the story', async () => {
    const world = await connected();
    await receive(world, accepted);
    await receive(world, accepted);
    expect(lines.metric('NoticeSent')).toEqual([2, 0]);
    expect(world.lines().map(({ kind, to, type }) => [kind, to, type])).toEqual([
      ['notice', 'anna', 'RIDE_ACCEPTED'],
      ['notice', 'd2', 'RIDE_WITHDRAWN'],
    ]);
  });

  it('logs nothing where nobody is concerned', async () => {
    const world = await connected();
    expect(await receive(world, event('ride.search-continued', { timedOut: [] }))).toBe(0);
    expect([world.received, lines.all()]).toEqual([[], []]);
  });

  it('[DSP-4] that is not an event of a ride is parked with the reason', async () => {
    const world = await connected();
    expect(await receive(world, { ...accepted, type: 'ride.teleported' }, accepted)).toBe(0);
    expect(world.sent.filter(({ queue }) => queue === 'own-dead-letters')).toMatchObject([
      { attributes: { reason: expect.stringMatching(/type/) } },
    ]);
    expect(world.of('anna')).toHaveLength(1);
  });
});
