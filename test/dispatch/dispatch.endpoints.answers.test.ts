/** Drivers answer offers over HTTP. */
import { describe, expect, it } from 'vitest';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { asDriver, asOperator, asRider, ridesApi } from '../support/rides-api.ts';

const lines = logLines();
const unknown = 'TNT-20261121-ZZZZZZZ';

describe('a driver accepts', () => {
  it('[DSP-13] has the ride, and is busy with it in the same write', async () => {
    const { request, accept, table } = ridesApi();
    const id = await request();
    expect(await accept(id, 'driver-1')).toMatchObject({
      status: 200,
      body: { success: true, alreadyProcessed: false, ride: { status: 'ACCEPTED', version: 2, driverId: 'driver-1' } },
    });
    expect(table.read('State', { pk: 'DRIVER#driver-1', sk: 'DRIVER' })).toMatchObject({
      state: { busy: { by: 'ride', orderId: id } },
    });
  });

  it('gets the same answer when they accept again', async () => {
    const { request, accept } = ridesApi();
    const id = await request();
    await accept(id, 'driver-1');
    expect(await accept(id, 'driver-1')).toMatchObject({
      status: 200,
      body: { alreadyProcessed: true, ride: { version: 2 } },
    });
  });

  it('[DSP-13] is refused when another driver was faster', async () => {
    const { request, accept } = ridesApi();
    const id = await request();
    await accept(id, 'driver-2');
    expect(problemOf(await accept(id, 'driver-1'))).toEqual({ status: 409, code: 'RIDE_TAKEN', fields: [] });
  });

  it('[DSP-13] is refused a second ride while they are busy, and nothing of it is stored', async () => {
    const { request, accept, see } = ridesApi();
    await accept(await request(), 'driver-1');
    const second = await request();
    expect(problemOf(await accept(second, 'driver-1'))).toMatchObject({ status: 409, code: 'DRIVER_BUSY' });
    expect((await see(second)).body).toMatchObject({ status: 'SEARCHING', version: 1 });
  });

  it('[OPS-8] is refused a ride that was never offered to them, and nothing is stored', async () => {
    const { request, accept, stored } = ridesApi();
    const id = await request();
    const before = stored();
    expect(problemOf(await accept(id, 'driver-9'))).toEqual({ status: 404, code: 'RIDE_NOT_FOUND', fields: [] });
    expect(stored()).toEqual(before);
  });

  it('gets 404 for an unknown ride, and nothing is stored', async () => {
    const { accept, stored } = ridesApi();
    expect(problemOf(await accept(unknown, 'driver-1'))).toEqual({ status: 404, code: 'RIDE_NOT_FOUND', fields: [] });
    expect(stored()).toEqual([]);
  });
});

describe('a driver declines', () => {
  it('[DSP-2] closes the ride for everyone', async () => {
    const { request, decline, see } = ridesApi();
    const id = await request();
    expect(await decline(id, 'driver-1', { reason: 'too far' })).toMatchObject({
      status: 200,
      body: { alreadyProcessed: false },
    });
    expect((await see(id)).body).toMatchObject({
      status: 'DECLINED',
      version: 2,
      driverId: 'driver-1',
      reason: 'too far',
      offers: [
        { driverId: 'driver-1', status: 'DECLINED', reason: 'too far' },
        { driverId: 'driver-2', status: 'WITHDRAWN', reason: 'declined-by-another' },
      ],
    });
  });

  it('[DSP-2] two drivers decline at once: both succeed, one is idempotent, nothing stays pending', async () => {
    const { request, decline, see } = ridesApi();
    const id = await request();
    const answers = await Promise.all([decline(id, 'driver-1'), decline(id, 'driver-2')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.map(({ body }) => body.alreadyProcessed).sort()).toEqual([false, true]);
    const { body } = await see(id);
    expect(body).toMatchObject({ status: 'DECLINED', version: 2 });
    expect((body.offers as { status: string }[]).filter(({ status }) => status === 'PENDING')).toEqual([]);
  });

  it('needs no reason', async () => {
    const { request, decline, see } = ridesApi();
    const id = await request();
    await decline(id, 'driver-1');
    expect((await see(id)).body).toMatchObject({ reason: 'unspecified' });
  });

  it.each(['driver-9', 'constructor', 'toString', '__proto__'])(
    '[OPS-8] named %s is refused a ride that was never offered to them',
    async (name) => {
      const { request, decline, stored } = ridesApi();
      const id = await request();
      const before = stored();
      const answer = await decline(id, name);
      expect(problemOf(answer)).toEqual({ status: 404, code: 'RIDE_NOT_FOUND', fields: [] });
      expect(JSON.stringify(answer.body)).not.toContain('rider-1');
      expect(stored()).toEqual(before);
    },
  );

  it('gets 404 for an unknown ride', async () => {
    expect(problemOf(await ridesApi().decline(unknown, 'driver-1'))).toMatchObject({
      status: 404,
      code: 'RIDE_NOT_FOUND',
    });
  });

  it('leaves one line with the outcome, and counts only what happened', async () => {
    const { request, decline } = ridesApi();
    const id = await request();
    await decline(id, 'driver-1');
    await decline(id, 'driver-2');
    expect(lines.named('Decided').slice(1)).toMatchObject([
      { orderId: id, command: 'decline', outcome: 'happened' },
      { orderId: id, command: 'decline', outcome: 'nothing', reason: 'already-processed' },
    ]);
    expect(lines.metric('RideDeclined')).toEqual([1]);
  });
});

describe('a person reads a ride', () => {
  it('[OPS-8] shows the rider and the operators everything', async () => {
    const { request, see } = ridesApi();
    const id = await request();
    for (const who of [asRider('rider-1'), asOperator]) expect((await see(id, who)).body.offers).toHaveLength(2);
  });

  it('[OPS-8] shows a driver their own offer only', async () => {
    const { request, see } = ridesApi();
    const { body } = await see(await request(), asDriver('driver-2'));
    expect(body.offers).toMatchObject([{ driverId: 'driver-2' }]);
    expect(JSON.stringify(body)).not.toContain('driver-1');
  });

  it.each([
    ['accepted', 'accept'],
    ['declined', 'decline'],
  ] as const)('[OPS-8] hides from a driver which other driver %s', async (_, answer) => {
    const api = ridesApi();
    const id = await api.request();
    await api[answer](id, 'driver-1');
    for (const { body } of [await api.see(id, asDriver('driver-2')), await api.decline(id, 'driver-2')])
      expect(JSON.stringify(body)).not.toContain('driver-1');
  });

  it.each([
    ['another rider', asRider('rider-2')],
    ['a driver it was never offered to', asDriver('driver-9')],
    ['a rider named like a driver it was offered to', asRider('driver-1')],
    ['a driver named like the rider', asDriver('rider-1')],
    ['a person without a role', { sub: 'rider-1', roles: [] }],
  ])('[OPS-8] is refused to %s', async (_, who) => {
    const { request, see } = ridesApi();
    const answer = await see(await request(), who);
    expect(problemOf(answer)).toEqual({ status: 404, code: 'RIDE_NOT_FOUND', fields: [] });
    expect(JSON.stringify(answer.body)).not.toContain('Gambir');
  });

  it('gets 404 for an unknown ride', async () => {
    expect(problemOf(await ridesApi().see(unknown))).toEqual({ status: 404, code: 'RIDE_NOT_FOUND', fields: [] });
  });
});
