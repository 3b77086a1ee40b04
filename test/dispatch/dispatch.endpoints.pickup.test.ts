/** The pickup point is moved, and a driver reports their position, over HTTP. */
import { describe, expect, it } from 'vitest';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { asDriver, asOperator, asRider, ridesApi } from '../support/rides-api.ts';

const lines = logLines();
const south = { lat: -6.201, lng: 106.817, address: 'Pintu Selatan' };

describe('the rider moves the pickup point', () => {
  it('[DSP-5] keeps it to 6 decimals under its sequence', async () => {
    const { request, movePickup, see } = ridesApi();
    const id = await request();
    const answer = await movePickup(id, { ...south, lat: -6.2010006, sequence: 4 });
    expect(answer).toMatchObject({ status: 200, body: { success: true, ignored: false, version: 2 } });
    expect((await see(id)).body).toMatchObject({ version: 2, pickup: { ...south, lat: -6.201001, sequence: 4 } });
  });

  it.each([3, 4])(
    '[DSP-5] answers success and ignored for sequence %i after 4, and changes nothing',
    async (sequence) => {
      const { request, movePickup, stored } = ridesApi();
      const id = await request();
      await movePickup(id, { ...south, sequence: 4 });
      const before = stored();
      const answer = await movePickup(id, { lat: 1, lng: 1, sequence });
      expect(answer).toMatchObject({ status: 200, body: { success: true, ignored: true } });
      expect(stored()).toEqual(before);
    },
  );

  it('[DSP-5] keeps the newest of many that come at once in disorder', async () => {
    const { request, movePickup, see } = ridesApi();
    const id = await request();
    await Promise.all(
      [5, 2, 7, 1, 6, 3, 4].map((sequence) => movePickup(id, { lat: -6 - sequence / 1_000, lng: 106.8, sequence })),
    );
    expect((await see(id)).body).toMatchObject({ pickup: { lat: -6.007, sequence: 7 } });
  });

  it('is refused once the ride is closed', async () => {
    const { request, movePickup, cancel } = ridesApi();
    const id = await request();
    await cancel(id);
    expect(problemOf(await movePickup(id, { ...south, sequence: 4 }))).toEqual({
      status: 409,
      code: 'RIDE_CLOSED',
      fields: [],
    });
  });

  it('leaves a line for each attempt, and why nothing came of it', async () => {
    const { request, movePickup, cancel } = ridesApi();
    const id = await request();
    for (const sequence of [4, 3]) await movePickup(id, { ...south, sequence });
    await cancel(id);
    await movePickup(id, { ...south, sequence: 5 });
    const line = { level: 'INFO', message: 'Decided', orderId: id, command: 'move-pickup' };
    expect(lines.named('Decided').filter(({ command }) => command === 'move-pickup')).toStrictEqual([
      { ...line, outcome: 'happened' },
      { ...line, outcome: 'nothing', reason: 'older-sequence' },
      { ...line, outcome: 'refused', code: 'RIDE_CLOSED' },
    ]);
  });

  it('is allowed for an operator', async () => {
    const { request, movePickup } = ridesApi();
    expect((await movePickup(await request(), { ...south, sequence: 1 }, asOperator)).status).toBe(200);
  });

  it.each([
    ['another rider', asRider('rider-2'), 404, 'RIDE_NOT_FOUND'],
    ['the driver it was offered to', asDriver('driver-1'), 403, 'WRONG_ROLE'],
  ])('[OPS-8] is refused to %s, also when it would be ignored', async (_, who, status, code) => {
    const { request, movePickup, stored } = ridesApi();
    const id = await request();
    const before = stored();
    for (const sequence of [0, 9])
      expect(problemOf(await movePickup(id, { ...south, sequence }, who))).toMatchObject({ status, code });
    expect(stored()).toEqual(before);
  });

  it('gets 404 for an unknown ride', async () => {
    const answer = await ridesApi().movePickup('TNT-20261121-ZZZZZZZ', { ...south, sequence: 1 });
    expect(problemOf(answer)).toEqual({ status: 404, code: 'RIDE_NOT_FOUND', fields: [] });
  });
});

describe('a driver reports', () => {
  it('gets what is stored, to 6 decimals', async () => {
    const { report } = ridesApi();
    expect(
      await report('driver-1', { onDuty: true, position: { lat: -6.12345678, lng: 106.1 }, serviceLine: 'SB' }),
    ).toMatchObject({
      status: 200,
      body: {
        driverId: 'driver-1',
        onDuty: true,
        serviceLine: 'SB',
        position: { lat: -6.123457, lng: 106.1, at: '2026-11-21T03:44:00.000Z' },
      },
    });
  });

  it('gets the ride that keeps them busy', async () => {
    const { request, accept, report } = ridesApi();
    const id = await request();
    await accept(id, 'driver-1');
    expect((await report('driver-1', { onDuty: true })).body).toMatchObject({ rideId: id });
  });

  it.each([['rider'], ['operator']])('[OPS-8] is refused to a %s', async (role) => {
    const { call, stored } = ridesApi();
    const answer = await call('PUT /drivers/me', { sub: 'driver-1', roles: [role], body: { onDuty: true } });
    expect(problemOf(answer)).toEqual({ status: 403, code: 'WRONG_ROLE', fields: [] });
    expect(stored()).toEqual([]);
  });
});
