/** Rides and drivers as they were stored before trips had a pick-up: every command on them behaves. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../functions/platform/dynamo.ts';
import { fromItem } from '../../functions/platform/dynamo.ts';
import { wholeApi } from '../support/whole-api.ts';

const folder = join(import.meta.dirname, '../samples/dispatch');
const sample = (name: string): Item => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Item;
type Ride = { rideId: string; riderId: string; status: string; driverId: string; offers: object };

const world = (...names: readonly string[]) => {
  const { table, ask } = wholeApi();
  for (const name of names) table.put('State', sample(name));
  const { state: ride } = fromItem<{ state: Ride }>(sample(names[0] as string));
  const id = ride.rideId;
  const stored = (sk: string, pk = `ORDER#${id}`) => table.read('State', { pk, sk }) as { state: object } | undefined;
  return {
    id,
    ride,
    driver: { sub: ride.driverId, roles: ['driver'] },
    rider: { sub: ride.riderId, roles: ['rider'] },
    as: async (route: string, who: object, body?: object) => {
      const answer = await ask(route, { params: { id }, ...who, ...(body ? { body } : {}) });
      return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> };
    },
    stored,
  };
};

describe('a ride that was accepted before', () => {
  it('[ORD-1] is finished without a pick-up, with its order, which no event has opened yet', async () => {
    const { as, driver, stored } = world('ride-accepted');
    expect((await as('POST /orders/{id}/finish', driver, { fare: 87_000 })).status).toBe(200);
    expect(stored('RIDE')).toMatchObject({ schema: 2, state: { status: 'COMPLETED' } });
    expect(stored('ORDER')?.state).toMatchObject({ status: 'FINISHED', fare: 87_000, driverId: driver.sub });
  });

  it('[ORD-1] is cancelled by its rider together with its order, so that no late event opens it', async () => {
    const { as, rider, driver, stored } = world('ride-accepted');
    expect((await as('POST /rides/{id}/cancel', rider)).status).toBe(200);
    expect(stored('ORDER')?.state).toMatchObject({ status: 'CANCELLED' });
    expect((await as('POST /orders/{id}/finish', driver, { fare: 87_000 })).status).toBe(409);
  });

  it('[ORD-1] is picked up, and given back', async () => {
    const picked = world('ride-accepted');
    expect((await picked.as('POST /rides/{id}/pick-up', picked.driver)).status).toBe(200);
    expect(picked.stored('ORDER')?.state).toMatchObject({ status: 'ACTIVE', pickedUpAt: expect.any(Number) });
    const back = world('ride-accepted');
    expect((await back.as('POST /rides/{id}/cancel', back.driver)).body.ride).toMatchObject({ status: 'SEARCHING' });
    expect(back.stored('ORDER')?.state).not.toHaveProperty('driverId');
  });
});

describe('a ride that was stored before', () => {
  it.each(['ride-accepted', 'ride-searching', 'ride-declined', 'ride-cancelled', 'ride-expired'])(
    '%s is read as it was',
    async (name) => {
      const { as, rider, ride } = world(name);
      expect(await as('GET /rides/{id}', rider)).toMatchObject({ status: 200, body: { status: ride.status } });
    },
  );

  it('[ORD-1] is accepted, and then needs its pick-up', async () => {
    const { as, ride, stored } = world('ride-searching');
    const driver = { sub: Object.keys(ride.offers)[0] as string, roles: ['driver'] };
    expect((await as('POST /rides/{id}/accept', driver)).status).toBe(200);
    expect(stored('ORDER')?.state).toMatchObject({ status: 'ACTIVE', driverId: driver.sub });
    expect((await as('POST /orders/{id}/finish', driver, { fare: 87_000 })).body).toMatchObject({
      code: 'NOT_PICKED_UP',
    });
  });

  it.each(['ride-declined', 'ride-cancelled', 'ride-expired'])('%s stays over', async (name) => {
    const { as, rider } = world(name);
    expect(await as('POST /rides/{id}/cancel', rider)).toMatchObject({ status: 200, body: { alreadyProcessed: true } });
  });
});

describe('a driver who was stored before', () => {
  it('[ORD-2] is busy, and their next report has it checked', async () => {
    const { as, stored } = world('ride-searching', 'driver-busy');
    const { driverId } = fromItem<{ state: { driverId: string } }>(sample('driver-busy')).state;
    const who = { sub: driverId, roles: ['driver'] };
    expect((await as('GET /drivers/me', who)).body).toMatchObject({ busy: { by: 'ride' } });
    await as('PUT /drivers/me', who, { onDuty: true, position: { lat: -6.2, lng: 106.8 } });
    expect(stored('DRIVER', `DRIVER#${driverId}`)).toMatchObject({ schema: 2, dueAt: expect.any(Number) });
  });

  it('is free', async () => {
    const { as } = world('ride-searching', 'driver-free');
    const { driverId } = fromItem<{ state: { driverId: string } }>(sample('driver-free')).state;
    expect((await as('GET /drivers/me', { sub: driverId, roles: ['driver'] })).body).not.toHaveProperty('busy');
  });
});
