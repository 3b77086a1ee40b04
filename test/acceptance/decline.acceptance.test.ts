/** A decline, seen from outside: atomic, idempotent, and it stops what is still queued. */
import { describe, expect, it } from 'vitest';
import { drained, fence, requestsFor } from './support/queues.ts';
import { dispatchLog, enqueue, eventually, type Person, person, phone, rideBody, stack } from './support/stack.ts';

/** The events of a ride that the consumer of the bus received, copies included, by its log. */
const received = async (rideId: string): Promise<readonly string[]> => {
  const response = await fetch(`${stack().admin}/logs/notify-ride-notices?lines=5000`);
  const lines = (await response.json()) as readonly string[];
  return lines
    .filter((line) => line.includes('"Notices"') && line.includes(rideId))
    .map((line) => (JSON.parse(line.slice(line.indexOf('{'))) as { readonly event: string }).event);
};
const declined = async (rider: Person, driver: Person): Promise<string> => {
  const { body: ride } = await rider.call('POST', '/rides', rideBody([driver]));
  for (let copy = 0; copy < 2; copy += 1)
    await driver.call('POST', `/rides/${ride.rideId}/decline`, { reason: 'shift ends' });
  return ride.rideId as string;
};

describe('when a driver declines', () => {
  it('[DSP-2] two drivers decline at once: both succeed, one is idempotent, nothing stays pending', async () => {
    const rider = await person('rider');
    const [first, second, third] = await Promise.all([person('driver'), person('driver'), person('driver')]);
    const { body: ride } = await rider.call('POST', '/rides', rideBody([first, second, third]));

    const answers = await Promise.all(
      [first, second].map((driver) => driver.call('POST', `/rides/${ride.rideId}/decline`, { reason: 'too far' })),
    );

    expect(answers.map(({ status, body }) => [status, body.success])).toEqual([
      [200, true],
      [200, true],
    ]);
    expect(answers.map(({ body }) => body.alreadyProcessed).sort()).toEqual([false, true]);
    const { body: after } = await rider.call('GET', `/rides/${ride.rideId}`);
    expect(after).toMatchObject({ status: 'DECLINED', version: 2, reason: 'too far' });
    expect(after.offers.map(({ status }: { status: string }) => status).sort()).toEqual([
      'DECLINED',
      'WITHDRAWN',
      'WITHDRAWN',
    ]);
  });

  it('[DSP-2] a decline of a closed ride changes nothing, and the answer says it', async () => {
    const [rider, driver] = await Promise.all([person('rider'), person('driver')]);
    const { body: ride } = await rider.call('POST', '/rides', rideBody([driver]));
    await rider.call('POST', `/rides/${ride.rideId}/cancel`, { reason: 'changed my mind' });

    const { status, body } = await driver.call('POST', `/rides/${ride.rideId}/decline`, {});

    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, alreadyProcessed: true, ride: { status: 'CANCELLED', version: 2 } });
  });

  it('[DSP-3] exactly one event of it is on the bus, whatever is repeated', async () => {
    const [rider, driver] = await Promise.all([person('rider'), person('driver')]);
    const rideId = await declined(rider, driver);
    await eventually(async () => (await received(rideId)).length > 0, 30_000);
    // A later decline has come through, and no copy waits for a retry: a second event of the first one would be there.
    const later = await declined(rider, driver);
    await eventually(async () => (await received(later)).length > 0, 30_000);
    await drained(stack().queues.notify, 60_000);

    expect(await received(rideId)).toEqual(['ride.declined']);
    expect((await rider.call('GET', `/rides/${rideId}`)).body).toMatchObject({ status: 'DECLINED', version: 2 });
  }, 130_000);

  it('[DSP-8] what is still queued for the other drivers is dropped: they receive nothing', async () => {
    const rider = await person('rider');
    const [first, second, third] = await Promise.all([phone('driver'), phone('driver'), phone('driver')]);
    const drivers = [first, second, third];
    const { body: ride } = await rider.call('POST', '/rides', rideBody(drivers, { waveSize: 1 }));
    await eventually(() => first.requests().length === 1);
    // Offers of the same version, queued for all three when the first of them declines.
    const queued = drivers.map(({ sub }, i) => ({ rideId: ride.rideId, driverId: sub, sequence: i + 1, version: 1 }));
    await enqueue(stack().queues.dispatch, queued, 1);
    await first.call('POST', `/rides/${ride.rideId}/decline`, { reason: 'too far' });

    await fence(rider, ...drivers);

    expect(drivers.map((driver) => requestsFor(driver, ride.rideId).length)).toEqual([1, 0, 0]);
    expect(await dispatchLog(ride.rideId)).toHaveLength(1);
  });

  it('[DSP-8] the driver never receives that ride again, whatever is redelivered within ten seconds', async () => {
    const rider = await person('rider');
    const [first, second] = await Promise.all([phone('driver'), phone('driver')]);
    const { body: ride } = await rider.call('POST', '/rides', rideBody([first, second], { policy: 'next' }));
    await eventually(() => first.requests().length === 1 && second.requests().length === 1);
    await first.call('POST', `/rides/${ride.rideId}/decline`, { reason: 'too far' });
    const again = { rideId: ride.rideId, driverId: first.sub, sequence: 1 };
    await enqueue(stack().queues.dispatch, [
      { ...again, version: 1 },
      { ...again, version: 2 },
    ]);
    await enqueue(stack().queues.dispatch, [{ ...again, version: 2 }], 9);

    await fence(rider, first);

    expect(requestsFor(first, ride.rideId)).toHaveLength(1);
    expect(await dispatchLog(ride.rideId, first.sub)).toHaveLength(1);
    expect((await rider.call('GET', `/rides/${ride.rideId}`)).body).toMatchObject({ status: 'SEARCHING' });
  }, 40_000);
});
