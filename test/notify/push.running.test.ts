/** Mobile push on a running stack: a driver without a connection gets the offer on their phone. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtAssembly } from '../../local/cloud/assembly-cache.ts';
import { type Local, startLocal } from '../../local/cloud/cloud.ts';
import { personOf } from '../../local/people/people.ts';
import { startFcm } from '../../local/push/fcm.ts';

const root = join(import.meta.dirname, '../..');
let service: Awaited<ReturnType<typeof startFcm>>;
let local: Local;

beforeAll(async () => {
  service = await startFcm();
  const variables = { FCM_ENDPOINT: service.url, FCM_CREDENTIALS: service.credentials };
  local = await startLocal({ assembly: await builtAssembly(root, () => {}), root, memory: true, port: 0, variables });
}, 120_000);
afterAll(async () => {
  await local.stop();
  await service.stop();
});

const wanted = (driver: string) => ({
  pickup: { lat: -6.1767, lng: 106.8306 },
  destination: { lat: -6.1256, lng: 106.6559 },
  serviceLine: 'BB' as const,
  candidates: [driver],
});

/** A driver whose phone is registered, and whose connection is then closed. */
const away = async (id: string): Promise<void> => {
  const realtime = personOf(local.ready, 'driver', id).connect();
  await realtime.registerPush(`phone-of-${id}`);
  realtime.close();
  await local.hooks.idle();
};
const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 10_000; !(await isSo()); ) {
    if (Date.now() > end) throw new Error(`not so within 10 s: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const pushedTo = (id: string) => service.sent.filter(({ token }) => token === `phone-of-${id}`);
const dispatchOf = async (rideId: string) =>
  // The story follows the order by a moment.
  (
    await personOf(local.ready, 'operator', 'op')
      .story(rideId)
      .catch(() => undefined)
  )?.lines.find(({ kind }) => kind === 'dispatch');

describe('An offer to a driver who is not connected', () => {
  it('reaches their phone once, with what the app needs to accept it', async () => {
    await away('ayu');
    const { rideId } = await personOf(local.ready, 'rider', 'rider-1').requestRide(wanted('ayu'));
    await until(() => pushedTo('ayu').length === 1);
    await local.hooks.idle();
    expect(pushedTo('ayu')).toHaveLength(1);
    expect(JSON.parse(pushedTo('ayu')[0]?.data?.notification ?? '')).toMatchObject({
      type: 'NEW_RIDE_REQUEST',
      rideId,
      version: 1,
      sequence: 1,
    });
    expect(await dispatchOf(rideId)).toMatchObject({ driverId: 'ayu', channel: 'push' });
    expect(await personOf(local.ready, 'driver', 'ayu').accept(rideId)).toMatchObject({ ride: { status: 'ACCEPTED' } });
  });

  it('is no longer pushed after the app was removed from the phone', async () => {
    await away('bayu');
    service.behave('phone-of-bayu', 'unregistered');
    const rider = personOf(local.ready, 'rider', 'rider-2');
    const first = await rider.requestRide(wanted('bayu'));
    await until(async () => (await dispatchOf(first.rideId))?.channel === 'push');
    await local.hooks.idle();
    const second = await rider.requestRide(wanted('bayu'));
    await until(async () => (await dispatchOf(second.rideId))?.channel === 'none');
  });
});
