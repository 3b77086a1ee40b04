/** A ride is cancelled over HTTP. */
import { describe, expect, it } from 'vitest';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { asDriver, asOperator, asRider, asRiderAndDriver, ridesApi } from '../support/rides-api.ts';

const lines = logLines();
const busyWith = ({ table }: ReturnType<typeof ridesApi>, name: string) =>
  (table.read('State', { pk: `DRIVER#${name}`, sk: 'DRIVER' })?.state as { busy?: object } | undefined)?.busy;

describe('a ride is cancelled', () => {
  it.each([
    ['its rider', asRider('rider-1'), {}, { cancelledBy: 'rider', countsAgainstDriver: false }],
    ['an operator', asOperator, { reason: 'customer called' }, { cancelledBy: 'operator', countsAgainstDriver: false }],
    [
      '[DSP-13] the system, by an operator',
      asOperator,
      { system: true },
      { cancelledBy: 'system', countsAgainstDriver: false },
    ],
    ['the driver who has it', asDriver('driver-1'), {}, { cancelledBy: 'driver', countsAgainstDriver: true }],
  ])('by %s, and frees the driver in the same write', async (_, who, body, ending) => {
    const api = ridesApi();
    const id = await api.request({ giveBack: 'close' });
    await api.accept(id, 'driver-1');
    expect(await api.cancel(id, { ...who, body })).toMatchObject({
      status: 200,
      body: {
        success: true,
        alreadyProcessed: false,
        ride: { status: 'CANCELLED', ...ending, driverId: 'driver-1' },
      },
    });
    expect(busyWith(api, 'driver-1')).toBeUndefined();
  });

  it('[OPS-8] shows the driver who cancels their own offer and no other', async () => {
    const { request, accept, cancel } = ridesApi();
    const id = await request({ candidates: ['driver-1', 'driver-2'] });
    await accept(id, 'driver-1');
    const offersFor = async (who: object) =>
      ((await cancel(id, who)).body.ride as { offers: { driverId: string }[] }).offers.map(({ driverId }) => driverId);
    expect(await offersFor(asDriver('driver-1'))).toEqual(['driver-1']);
    expect(await offersFor(asRider('rider-1'))).toEqual(['driver-1', 'driver-2']);
  });

  it('has the same answer when it is cancelled again', async () => {
    const { request, cancel } = ridesApi();
    const id = await request();
    await cancel(id);
    expect(await cancel(id)).toMatchObject({ status: 200, body: { alreadyProcessed: true, ride: { version: 2 } } });
  });

  it('lets the driver take another ride', async () => {
    const { request, accept, cancel } = ridesApi();
    const first = await request();
    await accept(first, 'driver-1');
    await cancel(first);
    expect((await accept(await request(), 'driver-1')).status).toBe(200);
  });

  it('leaves one line, and counts it once', async () => {
    const { request, cancel } = ridesApi();
    const id = await request();
    await cancel(id);
    await cancel(id);
    const line = { level: 'INFO', message: 'Decided', orderId: id, command: 'cancel' };
    expect(lines.named('Decided').slice(-2)).toStrictEqual([
      { ...line, outcome: 'happened', RideCancelled: 1 },
      { ...line, outcome: 'nothing', reason: 'already-processed' },
    ]);
    expect(lines.metric('RideCancelled')).toEqual([1]);
  });
});

describe('a ride is cancelled by a person who may not', () => {
  const refusedTo = async (who: object, body: object = {}) => {
    const api = ridesApi();
    const id = await api.request();
    const before = api.stored();
    const answer = problemOf(await api.cancel(id, { ...who, body }));
    expect(api.stored()).toEqual(before);
    return answer;
  };

  it.each([
    ['another rider', asRider('rider-2'), 404, 'RIDE_NOT_FOUND'],
    ['a driver it was never offered to', asDriver('driver-9'), 404, 'RIDE_NOT_FOUND'],
    ['a driver it was only offered to', asDriver('driver-1'), 403, 'NOT_ASSIGNED_TO_DRIVER'],
    [
      'a driver it was only offered to, who is also a rider',
      asRiderAndDriver('driver-1'),
      403,
      'NOT_ASSIGNED_TO_DRIVER',
    ],
    ['a person without a role', { sub: 'rider-1', roles: [] }, 404, 'RIDE_NOT_FOUND'],
  ])('[OPS-8] is refused to %s, and nothing is stored', async (_, who, status, code) => {
    expect(await refusedTo(who)).toEqual({ status, code, fields: [] });
  });

  it.each([
    ['a rider', asRider('rider-1')],
    ['a driver', asDriver('driver-1')],
  ])('[OPS-8] is refused to %s in the name of the system', async (_, who) => {
    expect(await refusedTo(who, { system: true })).toEqual({ status: 403, code: 'WRONG_ROLE', fields: ['system'] });
  });

  it('[OPS-8] it counts against a driver who is also a rider', async () => {
    const { request, accept, cancel } = ridesApi();
    const id = await request({ giveBack: 'close' });
    await accept(id, 'driver-1');
    expect((await cancel(id, asRiderAndDriver('driver-1'))).body).toMatchObject({
      ride: { cancelledBy: 'driver', countsAgainstDriver: true },
    });
  });

  it('a rider who is also a driver cancels their own ride as its rider', async () => {
    const { request, cancel } = ridesApi();
    const id = await request({}, asRiderAndDriver('anna'));
    expect((await cancel(id, asRiderAndDriver('anna'))).body).toMatchObject({
      ride: { cancelledBy: 'rider', countsAgainstDriver: false },
    });
  });

  it('is 404 for an unknown ride', async () => {
    expect(problemOf(await ridesApi().cancel('TNT-20261121-ZZZZZZZ'))).toEqual({
      status: 404,
      code: 'RIDE_NOT_FOUND',
      fields: [],
    });
  });
});
