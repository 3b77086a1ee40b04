/** The story of an order holds every fact of it, also two of one write. */
import { describe, expect, it } from 'vitest';
import { eventually, person, rideBody, storyOf } from './support/stack.ts';

describe('when a driver takes the fare in cash at the end of the trip', () => {
  it('[GNT-6] the story has both events: finished and paid', async () => {
    const [rider, driver] = await Promise.all([person('rider'), person('driver')]);
    const { body: ride } = await rider.call('POST', '/rides', rideBody([driver]));
    await driver.call('POST', `/rides/${ride.rideId}/accept`);
    await driver.call('POST', `/rides/${ride.rideId}/pick-up`);
    const { status } = await driver.call('POST', `/orders/${ride.rideId}/finish`, { fare: 60_000, inCash: true });
    const typesOf = async () => (await storyOf(ride.rideId)).map(({ type }) => type);
    await eventually(async () => (await typesOf()).includes('order.paid'));

    expect(status).toBe(200);
    expect((await typesOf()).filter((type) => type?.startsWith('order.'))).toEqual([
      'order.opened',
      'order.finished',
      'order.paid',
    ]);
  });
});
