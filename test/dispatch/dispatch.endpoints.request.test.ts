/** A person requests a taxi over HTTP. */
import { createHash } from 'node:crypto';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { asOperator, asRider, ridesApi, trip } from '../support/rides-api.ts';

const lines = logLines();

describe('a rider requests a taxi', () => {
  it('gets the ride, its location, and its offers', async () => {
    const { call } = ridesApi();
    const answer = await call('POST /rides', { body: { ...trip, candidates: ['driver-2', 'driver-1'] } });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({
      location: '/rides/TNT-20261121-0000000',
      'content-type': 'application/json',
    });
    expect(answer.body).toEqual({
      rideId: 'TNT-20261121-0000000',
      status: 'SEARCHING',
      version: 1,
      riderId: 'rider-1',
      serviceLine: 'BB',
      pickup: { lat: -6.2, lng: 106.816666, address: 'Stasiun Gambir', sequence: 0 },
      destination: { lat: -6.125, lng: 106.65 },
      policy: 'close',
      giveBack: 'search',
      requestedAt: '2026-11-21T03:44:00.000Z',
      closesAt: '2026-11-21T03:49:00.000Z',
      offers: [
        { driverId: 'driver-2', sequence: 1, status: 'PENDING', at: '2026-11-21T03:44:00.000Z' },
        { driverId: 'driver-1', sequence: 2, status: 'PENDING', at: '2026-11-21T03:44:00.000Z' },
      ],
    });
  });

  it('[DSP-13] is offered to all candidates at once, unless the request has a wave size', async () => {
    const { request, see } = ridesApi();
    const offered = async (fields: object) => ((await see(await request(fields))).body.offers as unknown[]).length;
    expect(await offered({ candidates: ['a', 'b', 'c', 'd', 'e'] })).toBe(5);
    expect(await offered({ candidates: ['a', 'b', 'c', 'd', 'e'], waveSize: 2 })).toBe(2);
  });

  it('[DSP-13] is offered to the three nearest free drivers on duty without candidates', async () => {
    const { call, report, request, accept } = ridesApi();
    const near = (metres: number) => ({ onDuty: true, position: { lat: -6.2, lng: 106.816666 + metres / 110_000 } });
    for (const [name, metres] of [
      ['far', 400],
      ['nearest', 10],
      ['near', 100],
      ['busy', 5],
      ['third', 200],
    ] as const)
      await report(name, near(metres));
    await report('off-duty', { ...near(1), onDuty: false });
    await report('executive', { ...near(1), serviceLine: 'SB' });
    await accept(await request({ candidates: ['busy'] }), 'busy');
    const { body } = await call('POST /rides', { body: trip });
    expect((body.offers as { driverId: string }[]).map(({ driverId }) => driverId)).toEqual([
      'nearest',
      'near',
      'third',
    ]);
  });

  it('[DSP-13] is PENDING when no driver is near', async () => {
    const { body } = await ridesApi().call('POST /rides', { body: trip });
    expect(body).toMatchObject({ status: 'PENDING', offers: [] });
  });

  it('[DSP-13] offers time out after 30 s and the search after 5 min, unless the request has other times', async () => {
    const { request, stored } = ridesApi();
    await request();
    await request({ offerTimeoutSeconds: 5, searchTimeoutSeconds: 60 });
    expect(stored()).toMatchObject([
      { state: { offerTimeoutMs: 30_000, nextSearchAt: 1_795_232_670_000, closesAt: 1_795_232_940_000 } },
      {
        state: {
          offerTimeoutMs: 5_000,
          searchTimeoutMs: 60_000,
          nextSearchAt: 1_795_232_645_000,
          closesAt: 1_795_232_700_000,
        },
      },
    ]);
  });

  it('[DSP-5] is kept to 6 decimals', async () => {
    const { request, see } = ridesApi();
    const id = await request({
      pickup: { lat: -6.2000004999, lng: 106.81666651 },
      destination: { lat: 1.23456789, lng: -0.00000049 },
    });
    expect((await see(id)).body).toMatchObject({
      pickup: { lat: -6.2, lng: 106.816667 },
      destination: { lat: 1.234568, lng: expect.closeTo(0, 9) },
    });
  });

  it('names a driver by any subject of the issuer', async () => {
    const { request, accept } = ridesApi();
    const sub = 'auth0|5f7c8ec7c33c6c004bbafe82';
    expect((await accept(await request({ candidates: [sub] }), sub)).status).toBe(200);
  });

  it('is allowed for an operator', async () => {
    const { call } = ridesApi();
    expect((await call('POST /rides', { ...asOperator, body: trip })).body).toMatchObject({
      riderId: 'operator-1',
    });
  });

  it('[DSP-10] keeps the value of the flag it began with', async () => {
    for (const [percent, isOn] of [
      [0, false],
      [100, true],
    ] as const) {
      const { request, stored } = ridesApi({ percent });
      await request();
      expect(stored()).toMatchObject([{ state: { idempotentDispatch: isOn } }]);
    }
  });

  it('leaves one line and one count', async () => {
    await ridesApi().request();
    expect(lines.named('Decided')).toMatchObject([
      { orderId: 'TNT-20261121-0000000', command: 'request', outcome: 'happened', status: 'SEARCHING' },
    ]);
    expect(lines.metric('RideRequested')).toEqual([1]);
  });

  it('[IDS-1] counts the leased and the issued numbers', async () => {
    const { request } = ridesApi();
    for (let i = 0; i < 20; i += 1) await request();
    const sum = (name: string) => lines.metric(name).reduce((total: number, n) => total + Number(n), 0);
    expect(sum('IdsLeased')).toBeGreaterThanOrEqual(20);
    expect(sum('IdsIssued')).toBeGreaterThan(0);
    expect(sum('IdsIssued')).toBeLessThanOrEqual(20);
  });
});

describe('a request is repeated under its Idempotency-Key', () => {
  const body = { ...trip, candidates: ['driver-1'] };
  const headers = { 'idempotency-key': '6a7b9c1e-0f2d-4a53-9e1b-8c7d6e5f4a3b' };

  it('returns the ride of the first request, as it is now', async () => {
    const { call, decline, stored } = ridesApi();
    const first = await call('POST /rides', { body, headers });
    await decline(String(first.body.rideId), 'driver-1');
    const second = await call('POST /rides', { body, headers });
    expect(second.status).toBe(200);
    expect(second.headers).toMatchObject({ 'idempotent-replayed': 'true', location: '/rides/TNT-20261121-0000000' });
    expect(second.body).toMatchObject({ rideId: first.body.rideId, status: 'DECLINED', version: 2 });
    expect(stored().filter(({ sk }) => sk === 'RIDE')).toHaveLength(1);
  });

  it('leaves a line that says so, and is not counted', async () => {
    const { call } = ridesApi();
    await call('POST /rides', { body, headers });
    await call('POST /rides', { body, headers });
    expect(lines.named('Decided')[1]).toMatchObject({
      ...{ orderId: 'TNT-20261121-0000000', command: 'request' },
      ...{ outcome: 'nothing', reason: 'repeated' },
    });
    expect(lines.metric('RideRequested')).toEqual([1]);
  });

  it('is 404 when the ride of the first request is no longer stored', async () => {
    const { call, stored, table } = ridesApi();
    await call('POST /rides', { body, headers });
    const key = stored().find(({ sk }) => sk === 'KEY');
    table.put('State', marshall({ ...key, id: 'TNT-20261121-ZZZZZZZ' }));
    expect(problemOf(await call('POST /rides', { body, headers }))).toMatchObject({
      status: 404,
      code: 'RIDE_NOT_FOUND',
    });
  });

  it('is one ride for fifty at once', async () => {
    const { call, stored } = ridesApi();
    const answers = await Promise.all(Array.from({ length: 50 }, () => call('POST /rides', { body, headers })));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 49 }, () => 200), 201]);
    expect(new Set(answers.map(({ body: { rideId } }) => rideId)).size).toBe(1);
    expect(stored().filter(({ sk }) => sk === 'RIDE')).toHaveLength(1);
  });

  it('refuses the key for another body, and stores nothing', async () => {
    const { call, stored } = ridesApi();
    await call('POST /rides', { body, headers });
    const before = stored();
    const answer = await call('POST /rides', { body: { ...body, policy: 'next' }, headers });
    expect(problemOf(answer)).toEqual({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED', fields: ['Idempotency-Key'] });
    expect(stored()).toEqual(before);
  });

  it.each([
    [
      'its fields in another order',
      (text: string) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).toReversed())),
    ],
    ['blanks and line breaks', (text: string) => JSON.stringify(JSON.parse(text), null, 2)],
    ['its numbers in another form', (text: string) => text.replaceAll('-6.2', '-62.00e-1')],
    ['escapes', (text: string) => text.replaceAll('driver', '\\u0064river')],
    ['a default written out', (text: string) => text.replace('{', '{"policy":"close",')],
    ['an unknown field', (text: string) => text.replace('{', '{"app":"7.1",')],
  ])('is the same request when it is written with %s', async (_, written) => {
    const { call, stored } = ridesApi();
    const text = JSON.stringify(body);
    const first = await call('POST /rides', { body: text, headers });
    expect(written(text)).not.toBe(text);
    const second = await call('POST /rides', { body: written(text), headers });
    expect([second.status, second.body.rideId]).toEqual([200, first.body.rideId]);
    expect(stored().filter(({ sk }) => sk === 'RIDE')).toHaveLength(1);
  });

  it('is another request when a value differs, or a list has another order', async () => {
    const { call } = ridesApi();
    const two = { ...body, candidates: ['driver-1', 'driver-2'] };
    await call('POST /rides', { body: two, headers });
    const others = [
      { ...two, candidates: ['driver-2', 'driver-1'] },
      { ...two, pickup: { ...two.pickup, lat: -6.21 } },
    ];
    const answers = await Promise.all(others.map((other) => call('POST /rides', { body: other, headers })));
    expect(answers.map((answer) => problemOf(answer).code)).toEqual([
      'IDEMPOTENCY_KEY_REUSED',
      'IDEMPOTENCY_KEY_REUSED',
    ]);
  });

  it('is recognised by the text of its body where the key has the former fingerprint', async () => {
    const { call, stored, table } = ridesApi();
    const text = JSON.stringify(body);
    const first = await call('POST /rides', { body: text, headers });
    const key = stored().find(({ sk }) => sk === 'KEY');
    table.put('State', marshall({ ...key, fingerprint: createHash('sha256').update(text).digest('base64url') }));
    const second = await call('POST /rides', { body: text, headers });
    expect([second.status, second.body.rideId]).toEqual([200, first.body.rideId]);
    expect(problemOf(await call('POST /rides', { body: { ...body, policy: 'next' }, headers })).status).toBe(422);
  });

  it('[OPS-8] never returns the ride of another user', async () => {
    const { call } = ridesApi();
    await call('POST /rides', { body, headers });
    const other = await call('POST /rides', { ...asRider('rider-2'), body, headers });
    expect(other.status).toBe(201);
    expect(other.body).toMatchObject({ riderId: 'rider-2', rideId: 'TNT-20261121-0000001' });
  });

  it('[OPS-8] never returns the ride of a user whose name runs into the key', async () => {
    const { call } = ridesApi();
    await call('POST /rides', { ...asRider('rider'), body, headers: { 'idempotency-key': '1#x' } });
    const other = await call('POST /rides', { ...asRider('rider#1'), body, headers: { 'idempotency-key': 'x' } });
    expect(other.body).toMatchObject({ riderId: 'rider#1' });
  });

  it('makes two rides without a key', async () => {
    const { request } = ridesApi();
    expect(await request()).not.toBe(await request());
  });
});
