/** A ride as the functions store it, for the tests of diagnose and of the story. */
import type { Stack } from './stack.ts';

let rides = 0;
const pickup = { lat: -6.1767, lng: 106.8306, sequence: 0 };

/** Stores a ride that driver d1 declined: requested, offered to d1 and d2, declined; as the functions store it. */
export const declinedRide = async ({ put }: Stack, ago = 60_000) => {
  rides += 1;
  const rideId = `TNT-20261121-${String(rides).padStart(7, '0')}`;
  const pk = `ORDER#${rideId}`;
  const start = Date.now() - ago;
  const at = (ms: number): number => start + ms;
  const iso = (ms: number): string => new Date(at(ms)).toISOString();
  const event = (version: number, type: string, ms: number, more: object = {}) =>
    put('story', {
      pk,
      sk: `EVENT#ride#${String(version).padStart(6, '0')}`,
      kind: 'event',
      type: `ride.${type}`,
      id: `${rideId}/RIDE/${version}`,
      rideId,
      riderId: 'rider-1',
      version,
      at: iso(ms),
      ...more,
    });
  const dispatch = (driverId: string, sequence: number, ms: number, more: object = {}) =>
    put('story', {
      pk,
      sk: `DISPATCH#${driverId}#${sequence}`,
      kind: 'dispatch',
      dispatchKey: `dispatch:${rideId}:${driverId}:${sequence}`,
      driverId,
      sequence,
      version: 1,
      at: iso(ms),
      claimedAt: at(ms),
      sentAt: iso(ms + 5),
      channel: 'websocket',
      ...more,
    });
  const state = (more: object = {}, version = 2) =>
    put('state', {
      pk,
      sk: 'RIDE',
      version,
      state: {
        rideId,
        riderId: 'rider-1',
        status: 'DECLINED',
        by: 'd1',
        at: at(4_000),
        requestedAt: at(0),
        pickup,
        offers: { d1: { status: 'DECLINED', sequence: 1 }, d2: { status: 'WITHDRAWN', sequence: 2 } },
        ...more,
      },
    });
  await event(1, 'requested', 0, {
    serviceLine: 'BB',
    pickup,
    destination: pickup,
    policy: 'close',
    offered: ['d1', 'd2'],
  });
  await event(2, 'declined', 4_000, { driverId: 'd1', reason: 'too far', withdrawn: ['d2'] });
  await dispatch('d1', 1, 50);
  await dispatch('d2', 2, 60);
  await put('story', {
    pk,
    sk: 'NOTICE#rider-1#2',
    kind: 'notice',
    to: 'rider-1',
    type: 'RIDE_DECLINED',
    version: 2,
    at: iso(4_020),
  });
  await state();
  return { rideId, pk, event, dispatch, state };
};
