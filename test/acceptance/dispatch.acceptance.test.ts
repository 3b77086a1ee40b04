/** The dispatch worker, seen from outside: each offer once, in any order, whatever is redelivered. */
import { randomUUID } from 'node:crypto';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { drained, fence, parkedWith, requestsFor } from './support/queues.ts';
import { dispatchLog, enqueue, eventually, gambir, person, phone, rideBody, stack, storyOf } from './support/stack.ts';

/** As if the offer had not been sent yet: its line in the dispatch log is removed. */
const forgetDispatch = async (rideId: string, driverId: string): Promise<void> => {
  const client = new DynamoDBClient({
    endpoint: stack().dynamodb,
    region: 'ap-southeast-3',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const Key = { pk: { S: `ORDER#${rideId}` }, sk: { S: `DISPATCH#${driverId}#1` } };
  await client.send(new DeleteItemCommand({ TableName: stack().tables.story, Key }));
  client.destroy();
};

describe('when an offer is dispatched', () => {
  it('[DSP-4] ten copies of the message reach the driver as one, with one line in the log', async () => {
    const [rider, driver] = await Promise.all([person('rider'), phone('driver')]);
    const { body: ride } = await rider.call('POST', '/rides', rideBody([driver]));
    const copy = { rideId: ride.rideId, driverId: driver.sub, sequence: 1, version: 1 };
    await enqueue(stack().queues.dispatch, Array(10).fill(copy));
    await fence(rider, driver);

    expect(requestsFor(driver, ride.rideId)).toHaveLength(1);
    expect(requestsFor(driver, ride.rideId)[0]).toMatchObject({
      id: `${ride.rideId}:1`,
      rideId: ride.rideId,
      version: 1,
      sequence: 1,
    });
    const log = await dispatchLog(ride.rideId);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatchObject({ dispatchKey: `dispatch:${ride.rideId}:${driver.sub}:1`, channel: 'websocket' });
  });

  it('[DSP-4] a message older than the ride is skipped; that of the present version is sent', async () => {
    const [rider, driver] = await Promise.all([person('rider'), phone('driver')]);
    const { body: ride } = await rider.call('POST', '/rides', rideBody([driver]));
    await eventually(() => requestsFor(driver, ride.rideId).length === 1);
    await rider.call('PATCH', `/rides/${ride.rideId}/pickup`, { lat: -6.18, lng: 106.83, sequence: 1 });
    await fence(rider, driver);
    await forgetDispatch(ride.rideId, driver.sub);
    const message = { rideId: ride.rideId, driverId: driver.sub, sequence: 1 };

    await enqueue(stack().queues.dispatch, [{ ...message, version: 1 }]);
    await fence(rider, driver);
    expect(requestsFor(driver, ride.rideId)).toHaveLength(1);
    expect(await dispatchLog(ride.rideId)).toEqual([]);

    await enqueue(stack().queues.dispatch, [{ ...message, version: 2 }]);
    await eventually(() => requestsFor(driver, ride.rideId).length === 2);
    expect(requestsFor(driver, ride.rideId)[1]).toMatchObject({ version: 2, pickup: { lat: -6.18 } });
  });

  it('[DSP-4] an offer overtaken by a moved pickup still reaches its driver once', async () => {
    const [rider, driver] = await Promise.all([person('rider'), phone('driver')]);
    const { body: ride } = await rider.call('POST', '/rides', rideBody([driver]));
    await rider.call('PATCH', `/rides/${ride.rideId}/pickup`, { lat: -6.18, lng: 106.83, sequence: 1 });
    await fence(rider, driver);

    expect(requestsFor(driver, ride.rideId)).toHaveLength(1);
  });

  it('[DSP-13] a driver without a connection finds the offer on their return, and can accept it', async () => {
    const [rider, driver] = await Promise.all([person('rider'), person('driver')]);
    const { body: ride } = await rider.call('POST', '/rides', rideBody([driver]));
    await eventually(async () => (await dispatchLog(ride.rideId, driver.sub))[0]?.channel === 'none');

    const { status, body } = await driver.call('GET', '/drivers/me');

    expect(status).toBe(200);
    expect(body).toMatchObject({
      driverId: driver.sub,
      offers: [{ rideId: ride.rideId, version: 1, sequence: 1, pickup: gambir }],
    });
    expect((await driver.call('POST', `/rides/${ride.rideId}/accept`)).status).toBe(200);
    expect((await driver.call('GET', '/drivers/me')).body).toMatchObject({ rideId: ride.rideId, offers: [] });
    expect((await rider.call('GET', '/drivers/me')).status).toBe(403);
  });

  it('[DSP-4] poison on the queue is parked with its reason, and what follows is sent', async () => {
    const [rider, driver] = await Promise.all([person('rider'), phone('driver')]);
    const marker = randomUUID();
    await enqueue(stack().queues.dispatch, [
      `not JSON ${marker}`,
      { rideId: `TNT-${marker}` },
      [marker],
      { rideId: 'TNT-20990101-0000000', driverId: marker, sequence: 1, version: 1 },
    ]);
    const { body: ride } = await rider.call('POST', '/rides', rideBody([driver]));

    await eventually(() => requestsFor(driver, ride.rideId).length === 1);
    const parked = await parkedWith(stack().queues.dispatchDead, marker, 4);
    const reasonOf = (body: string) => parked.find((message) => message.body.startsWith(body))?.reason;
    expect(parked).toHaveLength(4);
    expect(reasonOf('not JSON')).toContain('not JSON');
    expect(reasonOf('{"rideId":"TNT-20990101-')).toContain('unknown ride');
    expect(reasonOf(`{"rideId":"TNT-${marker}`)).toMatch(/rideId: .*driverId: .*sequence: .*version: /);
    expect(reasonOf('[')).toContain('body: ');
  });

  it('[DSP-12] a thousand requests at once: none lost, none sent twice', async () => {
    const drivers = await Promise.all(Array.from({ length: 50 }, () => phone('driver')));
    const riders = await Promise.all(Array.from({ length: 20 }, () => person('rider')));
    const requested = await Promise.all(
      Array.from({ length: 1_000 }, async (_, i) => {
        const driver = drivers[i % drivers.length] as (typeof drivers)[number];
        const { status, body } = await (riders[i % riders.length] as (typeof riders)[number]).call(
          'POST',
          '/rides',
          rideBody([driver], { offerTimeoutSeconds: 300 }),
        );
        expect(status).toBe(201);
        return `${body.rideId}>${driver.sub}`;
      }),
    );
    const seen = () => drivers.flatMap((driver) => driver.requests().map(({ rideId }) => `${rideId}>${driver.sub}`));
    await eventually(() => seen().length >= 1_000, 120_000);
    await drained(stack().queues.dispatch, 60_000);
    await fence(await person('rider'), ...drivers);

    const later = 50;
    expect(seen()).toHaveLength(1_000 + later);
    expect(new Set(seen()).size).toBe(1_000 + later);
    expect(requested.filter((one) => !seen().includes(one))).toEqual([]);
    for (const { close } of drivers) close();
  }, 240_000);
});

describe('when a ride changes', () => {
  it('[DSP-7] each app is notified once, under the id of ride and version', async () => {
    const rider = await phone('rider');
    const [winner, loser] = await Promise.all([phone('driver'), phone('driver')]);
    const { body: ride } = await rider.call('POST', '/rides', rideBody([winner, loser]));
    await eventually(() => loser.requests().length === 1);
    await winner.call('POST', `/rides/${ride.rideId}/accept`);
    await eventually(() => rider.received.length > 0 && loser.received.length > 1, 30_000);

    expect(rider.received).toEqual([
      expect.objectContaining({ id: `${ride.rideId}:2`, type: 'RIDE_ACCEPTED', driverId: winner.sub }),
    ]);
    expect(loser.received.at(-1)).toMatchObject({
      id: `${ride.rideId}:2`,
      type: 'RIDE_WITHDRAWN',
      reason: 'accepted-by-another',
    });
    await eventually(async () => (await storyOf(ride.rideId)).filter(({ kind }) => kind === 'notice').length === 2);
  }, 60_000);
});
