/** Exactly one driver gets the ride, and is busy from the same write on. */
import { describe, expect, it } from 'vitest';
import { eventually, gambir, person, phone, rideBody } from './support/stack.ts';

describe('when drivers accept', () => {
  it('[DSP-13] of twenty drivers who accept at once one wins; the others get the reason', async () => {
    const rider = await person('rider');
    const drivers = await Promise.all(Array.from({ length: 20 }, () => person('driver')));
    const { body: ride } = await rider.call('POST', '/rides', rideBody(drivers));

    const answers = await Promise.all(drivers.map((driver) => driver.call('POST', `/rides/${ride.rideId}/accept`)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status, body }) => status === 409 && body.code === 'RIDE_TAKEN')).toHaveLength(19);
    const winner = drivers[answers.findIndex(({ status }) => status === 200)];
    const { body: after } = await rider.call('GET', `/rides/${ride.rideId}`);
    expect(after).toMatchObject({ status: 'ACCEPTED', driverId: winner?.sub, version: 2 });
    expect(after.offers.filter(({ reason }: { reason?: string }) => reason === 'accepted-by-another')).toHaveLength(19);
  });

  it('[DSP-13] one driver who accepts two rides at once gets one of them', async () => {
    const [one, two, driver] = await Promise.all([person('rider'), person('rider'), person('driver')]);
    const rides = await Promise.all([one, two].map((rider) => rider.call('POST', '/rides', rideBody([driver]))));

    const answers = await Promise.all(rides.map(({ body }) => driver.call('POST', `/rides/${body.rideId}/accept`)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('DRIVER_BUSY');
  });

  it('[DSP-13] accepting again has the same answer as the first time', async () => {
    const [rider, driver] = await Promise.all([person('rider'), person('driver')]);
    const { body: ride } = await rider.call('POST', '/rides', rideBody([driver]));
    const first = await driver.call('POST', `/rides/${ride.rideId}/accept`);
    const again = await driver.call('POST', `/rides/${ride.rideId}/accept`);

    expect(first.body).toMatchObject({ success: true, alreadyProcessed: false, ride: { status: 'ACCEPTED' } });
    expect(again.body).toMatchObject({
      success: true,
      alreadyProcessed: true,
      ride: { status: 'ACCEPTED', version: 2 },
    });
  });

  it('[DSP-13] a cancelled ride frees its driver, and does not count against them', async () => {
    const [rider, operator, driver] = await Promise.all([phone('rider'), person('operator'), phone('driver')]);
    const { body: ride } = await rider.call('POST', '/rides', rideBody([driver]));
    await driver.call('POST', `/rides/${ride.rideId}/accept`);

    const cancelled = await operator.call('POST', `/rides/${ride.rideId}/cancel`, {
      reason: 'road closed',
      system: true,
    });

    expect(cancelled.body.ride).toMatchObject({
      status: 'CANCELLED',
      cancelledBy: 'system',
      countsAgainstDriver: false,
      driverId: driver.sub,
    });
    await eventually(
      () =>
        driver.received.some(({ type }) => type === 'RIDE_CANCELLED') &&
        rider.received.some(({ type }) => type === 'RIDE_CANCELLED'),
    );
    const { body: next } = await rider.call('POST', '/rides', rideBody([driver]));
    expect((await driver.call('POST', `/rides/${next.rideId}/accept`)).status).toBe(200);
  });

  it('[DSP-13] the next wave is offered when offers time out, and no driver gets the ride twice', async () => {
    const rider = await person('rider');
    const [first, second] = await Promise.all([phone('driver'), phone('driver')]);
    const { body: ride } = await rider.call(
      'POST',
      '/rides',
      rideBody([first, second], { waveSize: 1, offerTimeoutSeconds: 5 }),
    );
    await eventually(() => first.requests().length === 1);
    expect(second.requests()).toHaveLength(0);

    await eventually(() => second.requests().length === 1, 12_000);

    expect(first.requests()).toHaveLength(1);
    expect(await first.call('POST', `/rides/${ride.rideId}/accept`)).toMatchObject({
      status: 409,
      body: { code: 'OFFER_TIMED_OUT' },
    });
    await eventually(async () => (await rider.call('GET', `/rides/${ride.rideId}`)).body.status === 'EXPIRED', 12_000);
  }, 30_000);

  it('[DSP-13] the matcher finds the nearest free driver on duty', async () => {
    const rider = await person('rider');
    const place = { lat: -7.25 + Math.random() / 10, lng: 112.75 + Math.random() / 10 };
    const [near, far, off] = await Promise.all([phone('driver'), phone('driver'), phone('driver')]);
    await near.call('PUT', '/drivers/me', { onDuty: true, position: place });
    await far.call('PUT', '/drivers/me', {
      onDuty: true,
      position: { lat: place.lat + 0.004, lng: place.lng },
    });
    await off.call('PUT', '/drivers/me', { onDuty: false, position: place });

    const { body: ride } = await rider.call('POST', '/rides', {
      serviceLine: 'BB',
      pickup: place,
      destination: gambir,
      waveSize: 1,
    });

    expect(ride.offers.map(({ driverId }: { driverId: string }) => driverId)).toEqual([near.sub]);
    await eventually(() => near.requests().length === 1);
    expect(far.requests().length + off.requests().length).toBe(0);
  });
});
