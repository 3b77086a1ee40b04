/** Trips, seen from outside: ride, order and driver are one truth. */
import { describe, expect, it } from 'vitest';
import { eventually, person, phone, rideBody } from './support/stack.ts';

const accepted = async (more: object = {}) => {
  const [rider, first, second] = await Promise.all([phone('rider'), phone('driver'), phone('driver')]);
  const { body: ride } = await rider.call('POST', '/rides', rideBody([first, second], more));
  const rideId = ride.rideId as string;
  expect((await first.call('POST', `/rides/${rideId}/accept`)).status).toBe(200);
  return { rider, first, second, rideId };
};

describe('a trip', () => {
  it('[ORD-1] has its order with the answer of the acceptance, and ends after the pick-up', async () => {
    const { rider, first, rideId } = await accepted();
    expect((await rider.call('GET', `/orders/${rideId}`)).body).toMatchObject({
      status: 'ACTIVE',
      driverId: first.sub,
    });
    const finish = () => first.call('POST', `/orders/${rideId}/finish`, { fare: 87_000 });
    expect(await finish()).toMatchObject({ status: 409, body: { code: 'NOT_PICKED_UP' } });
    expect((await first.call('POST', `/rides/${rideId}/pick-up`)).body.ride.status).toBe('PICKED_UP');
    await eventually(() => rider.received.some(({ type }) => type === 'RIDE_PICKED_UP'));
    expect(await finish()).toMatchObject({ status: 200, body: { order: { status: 'FINISHED' } } });
    expect((await rider.call('GET', `/rides/${rideId}`)).body.status).toBe('COMPLETED');
    expect((await first.call('GET', '/drivers/me')).body).not.toHaveProperty('busy');
    expect(await rider.call('POST', `/rides/${rideId}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'RIDE_CLOSED' },
    });
  });

  it('[ORD-1] that its rider cancelled cannot be finished, in any of thirty tries', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const { rider, first, rideId } = await accepted();
        await rider.call('POST', `/rides/${rideId}/cancel`);
        await first.call('POST', `/rides/${rideId}/pick-up`);
        return first.call('POST', `/orders/${rideId}/finish`, { fare: 950_000 });
      }),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 409));
  });

  it('[ORD-1] of a pick-up and a cancellation at the same moment, exactly one wins', async () => {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { rider, first, rideId } = await accepted();
        const [picked, cancelled] = await Promise.all([
          first.call('POST', `/rides/${rideId}/pick-up`),
          rider.call('POST', `/rides/${rideId}/cancel`),
        ]);
        expect([picked.status, cancelled.status].sort()).toEqual([200, 409]);
        const order = (await rider.call('GET', `/orders/${rideId}`)).body;
        const { body: ride } = await rider.call('GET', `/rides/${rideId}`);
        expect([ride.status, order.status]).toEqual(
          picked.status === 200 ? ['PICKED_UP', 'ACTIVE'] : ['CANCELLED', 'CANCELLED'],
        );
      }),
    );
  });

  it('[ORD-1] that its driver gives back is offered to the other one again, and never to them', async () => {
    const { rider, first, second, rideId } = await accepted();
    await first.call('POST', `/rides/${rideId}/cancel`, { reason: 'flat tyre' });
    await eventually(() => rider.received.some(({ type }) => type === 'RIDE_GIVEN_BACK'));
    await eventually(() => second.requests().some(({ version }) => version === 3));
    expect((await second.call('POST', `/rides/${rideId}/accept`)).status).toBe(200);
    expect((await rider.call('GET', `/orders/${rideId}`)).body).toMatchObject({
      status: 'ACTIVE',
      driverId: second.sub,
    });
    expect(first.requests().filter(({ version }) => version > 2)).toEqual([]);
  });

  it('[ORD-2] keeps its driver busy: they see no offers meanwhile', async () => {
    const { first } = await accepted();
    const rider = await person('rider');
    await rider.call('POST', '/rides', rideBody([first]));
    expect((await first.call('GET', '/drivers/me')).body).toMatchObject({ busy: { by: 'ride' }, offers: [] });
  });
});
