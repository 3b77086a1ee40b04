/** A driver whose app was offline reads the offers that await their answer. */
import { describe, expect, it } from 'vitest';
import type { DriverId } from '../../functions/kernel/types.ts';
import { rideId } from '../support/dispatch.ts';
import { dispatchWorker } from '../support/dispatch-worker.ts';
import { logLines } from '../support/log.ts';
import { asRider, ridesApi } from '../support/rides-api.ts';

logLines();

/** A ride offered to three drivers; the first has neither a connection nor a device. */
const offeredWhileOffline = async () => {
  const worker = await dispatchWorker({ policy: 'next' });
  const api = ridesApi({ table: worker.table });
  const away = 'driver-1' as DriverId;
  worker.fail('connection-of-driver-1', 'gone');
  expect(await worker.drain(worker.message(away))).toEqual([]);
  return { ...worker, ...api, away };
};

describe('a driver whose app was offline', () => {
  it('[DSP-13] finds the offer that was not delivered', async () => {
    const { myself, shown, away } = await offeredWhileOffline();
    expect(shown()).toEqual([0, 0, 0]);
    expect(await myself(away)).toMatchObject({
      status: 200,
      body: {
        driverId: 'driver-1',
        onDuty: false,
        offers: [
          {
            rideId: 'TNT-20261121-0000042',
            version: 1,
            sequence: 1,
            serviceLine: 'BB',
            pickup: { lat: -6.2, lng: 106.816666, address: 'Stasiun Gambir', sequence: 1 },
            destination: { lat: -6.125, lng: 106.65 },
            at: '2026-11-21T03:44:00.000Z',
            expiresAt: '2026-11-21T03:44:30.000Z',
          },
        ],
      },
    });
  });

  it('finds it with the present pickup and version', async () => {
    const { myself, movePickup, away } = await offeredWhileOffline();
    await movePickup(rideId, { lat: -6.21, lng: 106.82, sequence: 2 }, asRider('rider-1'));
    expect((await myself(away)).body.offers).toMatchObject([{ version: 2, pickup: { lat: -6.21, lng: 106.82 } }]);
  });

  it('[OPS-8] finds no offer of another driver', async () => {
    const { myself, message, drain } = await offeredWhileOffline();
    await drain(message('driver-2' as DriverId));
    expect((await myself('driver-9')).body.offers).toEqual([]);
    expect((await myself('driver-2')).body.offers).toMatchObject([{ sequence: 2 }]);
  });

  it.each([
    ['they declined it', ({ decline }, id) => decline(id, 'driver-1')],
    ['another driver has the ride', ({ accept }, id) => accept(id, 'driver-2')],
    ['the rider has cancelled', ({ cancel }, id) => cancel(id, asRider('rider-1'))],
  ] as const satisfies readonly (readonly [
    string,
    (api: ReturnType<typeof ridesApi>, id: string) => Promise<unknown>,
  ])[])('[DSP-8] finds nothing when %s', async (_, ended) => {
    const world = await offeredWhileOffline();
    await ended(world, rideId);
    expect((await world.myself(world.away)).body.offers).toEqual([]);
  });

  it('does not read the log of the whole day: an older offer is over', async () => {
    const { myself, clock, away } = await offeredWhileOffline();
    clock(331);
    expect((await myself(away)).body.offers).toEqual([]);
  });

  it('has no offers when they never got one and never reported', async () => {
    expect(await ridesApi().myself('driver-1')).toMatchObject({
      status: 200,
      body: { driverId: 'driver-1', onDuty: false, serviceLine: 'BB', offers: [] },
    });
  });
});
