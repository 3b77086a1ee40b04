/** Invalid requests of dispatch: status, code and field are in the answer, and nothing is stored. */
import { describe, expect, it } from 'vitest';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { asDriver, ridesApi, trip } from '../support/rides-api.ts';

logLines();
const { pickup, destination } = trip;
const invalid = (...fields: readonly string[]) => ({ status: 400, code: 'INVALID_REQUEST', fields });
const raw = (text: string) => `{"pickup":${text},"destination":{"lat":1,"lng":1},"serviceLine":"BB"}`;

describe('an invalid request for a taxi', () => {
  it.each<[string, unknown, ReturnType<typeof invalid>]>([
    ['a body that is not JSON', '{"pickup":', invalid('body')],
    ['no body', undefined, invalid('pickup', 'destination', 'serviceLine')],
    ['an empty object', {}, invalid('pickup', 'destination', 'serviceLine')],
    ['a list', [], invalid('body')],
    ['null', 'null', invalid('body')],
    ['a number', '7', invalid('body')],
    ['NaN, which is not JSON', raw('{"lat":NaN,"lng":1}'), invalid('body')],
    ['a number beyond all numbers', raw('{"lat":1e999,"lng":1}'), invalid('pickup.lat')],
    ['no destination', { ...trip, destination: undefined }, invalid('destination')],
    ['a pickup that is null', { ...trip, pickup: null }, invalid('pickup')],
    ['a latitude as text', { ...trip, pickup: { lat: '-6.2', lng: 106.8 } }, invalid('pickup.lat')],
    ['a latitude that is null', { ...trip, pickup: { lat: null, lng: 106.8 } }, invalid('pickup.lat')],
    ['a latitude beyond the pole', { ...trip, pickup: { lat: 90.000001, lng: 106.8 } }, invalid('pickup.lat')],
    ['a latitude beyond the other pole', { ...trip, pickup: { lat: -91, lng: 106.8 } }, invalid('pickup.lat')],
    [
      'a longitude beyond the antimeridian',
      { ...trip, destination: { lat: 0, lng: 180.5 } },
      invalid('destination.lng'),
    ],
    ['both coordinates wrong', { ...trip, pickup: { lat: 100, lng: -200 } }, invalid('pickup.lat', 'pickup.lng')],
    ['a negative sequence', { ...trip, pickup: { ...pickup, sequence: -1 } }, invalid('pickup.sequence')],
    ['half a sequence', { ...trip, pickup: { ...pickup, sequence: 1.5 } }, invalid('pickup.sequence')],
    ['a sequence of 2^53', { ...trip, pickup: { ...pickup, sequence: 2 ** 53 } }, invalid('pickup.sequence')],
    ['a sequence beyond 2^53', raw('{"lat":1,"lng":1,"sequence":9007199254740993}'), invalid('pickup.sequence')],
    ['an address that is a number', { ...trip, pickup: { ...pickup, address: 7 } }, invalid('pickup.address')],
    ['an empty address', { ...trip, destination: { ...destination, address: '' } }, invalid('destination.address')],
    [
      'an address of 201 characters',
      { ...trip, destination: { ...destination, address: 'x'.repeat(201) } },
      invalid('destination.address'),
    ],
    ['an unknown service line', { ...trip, serviceLine: 'XX' }, invalid('serviceLine')],
    ['a service line in small letters', { ...trip, serviceLine: 'bb' }, invalid('serviceLine')],
    ['an unknown policy', { ...trip, policy: 'shout' }, invalid('policy')],
    ['no candidate in the list', { ...trip, candidates: [] }, invalid('candidates')],
    ['31 candidates', { ...trip, candidates: Array.from({ length: 31 }, (_, i) => `d${i}`) }, invalid('candidates')],
    ['a candidate twice', { ...trip, candidates: ['d1', 'd2', 'd1'] }, invalid('candidates')],
    ['a candidate that is a number', { ...trip, candidates: ['d1', 7] }, invalid('candidates.1')],
    ['a candidate without a name', { ...trip, candidates: [''] }, invalid('candidates.0')],
    ['a candidate with a space', { ...trip, candidates: ['driver 1'] }, invalid('candidates.0')],
    [
      'a candidate named __proto__',
      `{"candidates":["__proto__"],${raw('{"lat":1,"lng":1}').slice(1)}`,
      invalid('candidates.0'),
    ],
    ['candidates that are a text', { ...trip, candidates: 'd1' }, invalid('candidates')],
    ['a wave of none', { ...trip, waveSize: 0 }, invalid('waveSize')],
    ['a wave of 31', { ...trip, waveSize: 31 }, invalid('waveSize')],
    ['an offer of 4 s', { ...trip, offerTimeoutSeconds: 4 }, invalid('offerTimeoutSeconds')],
    ['an offer of 301 s', { ...trip, offerTimeoutSeconds: 301 }, invalid('offerTimeoutSeconds')],
    ['a search of 3,601 s', { ...trip, searchTimeoutSeconds: 3_601 }, invalid('searchTimeoutSeconds')],
    ['a search as text', { ...trip, searchTimeoutSeconds: '60' }, invalid('searchTimeoutSeconds')],
  ])('refuses %s', async (_, body, expected) => {
    const { call, table } = ridesApi();
    expect(problemOf(await call('POST /rides', { body }))).toEqual(expected);
    expect(table.all('State')).toEqual([]);
  });

  it.each([
    ['empty', ''],
    ['of 65 characters', 'k'.repeat(65)],
    ['with a space', 'two words'],
    ['with letters beyond ASCII', 'schlüssel'],
  ])('refuses an Idempotency-Key that is %s', async (_, key) => {
    const { call, table } = ridesApi();
    const answer = await call('POST /rides', { body: trip, headers: { 'idempotency-key': key } });
    expect(problemOf(answer)).toEqual(invalid('Idempotency-Key'));
    expect(table.all('State')).toEqual([]);
  });

  it('refuses a body of 2 MB', async () => {
    const { call, table } = ridesApi();
    const answer = await call('POST /rides', { body: { ...trip, note: 'x'.repeat(2 * 1024 * 1024) } });
    expect(problemOf(answer)).toEqual({ status: 413, code: 'BODY_TOO_LARGE', fields: ['body'] });
    expect(table.all('State')).toEqual([]);
  });

  it('refuses a body nested ten thousand times', async () => {
    const { call } = ridesApi();
    expect(problemOf(await call('POST /rides', { body: `${'['.repeat(10_000)}${']'.repeat(10_000)}` }))).toEqual(
      invalid('body'),
    );
  });

  it('accepts unknown fields, and does not store them', async () => {
    const { call, stored } = ridesApi();
    expect(
      (await call('POST /rides', { body: { ...trip, colour: 'blue', rideId: 'mine', riderId: 'rider-2' } })).status,
    ).toBe(201);
    expect(JSON.stringify(stored())).not.toMatch(/blue|mine|rider-2/);
  });

  it('[OPS-8] refuses a driver', async () => {
    const { call, table } = ridesApi();
    expect(problemOf(await call('POST /rides', { ...asDriver('driver-1'), body: trip }))).toEqual({
      status: 403,
      code: 'WRONG_ROLE',
      fields: [],
    });
    expect(table.all('State')).toEqual([]);
  });
});

describe('an invalid ride id', () => {
  const everyRoute = [
    ['GET /rides/{id}', {}],
    ['POST /rides/{id}/accept', asDriver('driver-1')],
    ['POST /rides/{id}/decline', asDriver('driver-1')],
    ['POST /rides/{id}/cancel', {}],
    ['PATCH /rides/{id}/pickup', { body: { lat: 1, lng: 1, sequence: 1 } }],
  ] as const;

  it.each(
    everyRoute.flatMap(([route, sender]) =>
      ['42', 'TNT-20261121-00000o1', 'tnt-20261121-0000001', '../State', '%00'].map(
        (id) => [route, id, sender] as const,
      ),
    ),
  )('is refused by %s: %j', async (route, id, sender) => {
    const { call, table } = ridesApi();
    expect(problemOf(await call(route, { ...sender, params: { id } }))).toEqual(invalid('id'));
    expect(table.all('State')).toEqual([]);
  });
});

describe('an invalid answer or change', () => {
  const movedTo = (fields: object) => ({ lat: 1, lng: 1, ...fields });

  it.each<[string, string, unknown, readonly string[]]>([
    ['declines with a reason that is a number', 'POST /rides/{id}/decline', { reason: 7 }, ['reason']],
    ['declines with an empty reason', 'POST /rides/{id}/decline', { reason: '' }, ['reason']],
    ['declines with 201 characters', 'POST /rides/{id}/decline', { reason: 'x'.repeat(201) }, ['reason']],
    ['declines with a list', 'POST /rides/{id}/decline', [], ['body']],
    ['declines with half a body', 'POST /rides/{id}/decline', '{"reason":', ['body']],
    ['cancels with a reason that is null', 'POST /rides/{id}/cancel', { reason: null }, ['reason']],
    ['cancels with a system that is a text', 'POST /rides/{id}/cancel', { system: 'yes' }, ['system']],
    ['moves the pickup without a sequence', 'PATCH /rides/{id}/pickup', movedTo({}), ['sequence']],
    ['moves the pickup without a place', 'PATCH /rides/{id}/pickup', { sequence: 3 }, ['lat', 'lng']],
    ['moves the pickup beyond the pole', 'PATCH /rides/{id}/pickup', movedTo({ lat: 91, sequence: 3 }), ['lat']],
    ['has a negative sequence', 'PATCH /rides/{id}/pickup', movedTo({ sequence: -1 }), ['sequence']],
    ['has a sequence of 2^53', 'PATCH /rides/{id}/pickup', movedTo({ sequence: 2 ** 53 }), ['sequence']],
    ['has a sequence as text', 'PATCH /rides/{id}/pickup', movedTo({ sequence: '3' }), ['sequence']],
  ])('is refused when the person %s', async (_, route, body, fields) => {
    const { call, request, stored } = ridesApi();
    const id = await request();
    const before = stored();
    const sender = route.endsWith('decline') ? asDriver('driver-1') : {};
    expect(problemOf(await call(route, { params: { id }, body, ...sender }))).toEqual(invalid(...fields));
    expect(stored()).toEqual(before);
  });

  it.each([
    ['POST /rides/{id}/decline', asDriver('driver-1')],
    ['POST /rides/{id}/cancel', {}],
    ['PATCH /rides/{id}/pickup', {}],
    ['PUT /drivers/me', asDriver('driver-1')],
  ])('refuses 2 MB for %s', async (route, who) => {
    const { call, request, stored } = ridesApi();
    const id = await request();
    const before = stored();
    const body = { lat: 1, lng: 1, sequence: 5, onDuty: true, note: 'x'.repeat(2 * 1024 * 1024) };
    expect(problemOf(await call(route, { params: { id }, ...who, body }))).toEqual({
      status: 413,
      code: 'BODY_TOO_LARGE',
      fields: ['body'],
    });
    expect(stored()).toEqual(before);
  });

  it.each([
    ['POST /rides/{id}/accept', ['rider', 'operator']],
    ['POST /rides/{id}/decline', ['rider', 'operator']],
    ['PATCH /rides/{id}/pickup', ['driver']],
  ])('[OPS-8] refuses the wrong role for %s', async (route, roles) => {
    const { call, request, stored } = ridesApi();
    const id = await request();
    const before = stored();
    for (const role of roles)
      expect(
        problemOf(
          await call(route, { params: { id }, sub: 'driver-1', roles: [role], body: { lat: 1, lng: 1, sequence: 5 } }),
        ),
      ).toEqual({
        status: 403,
        code: 'WRONG_ROLE',
        fields: [],
      });
    expect(stored()).toEqual(before);
  });
});

describe('an invalid report of a driver', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['nothing', undefined, ['onDuty']],
    ['a duty that is a text', { onDuty: 'yes' }, ['onDuty']],
    ['a position that is null', { onDuty: true, position: null }, ['position']],
    ['half a position', { onDuty: true, position: { lat: 1 } }, ['position.lng']],
    [
      'a position beyond the earth',
      { onDuty: true, position: { lat: -90.1, lng: 181 } },
      ['position.lat', 'position.lng'],
    ],
    ['an unknown service line', { onDuty: true, serviceLine: 'taxi' }, ['serviceLine']],
  ])('refuses %s', async (_, body, fields) => {
    const { report, stored } = ridesApi();
    expect(problemOf(await report('driver-1', body))).toEqual(invalid(...fields));
    expect(stored()).toEqual([]);
  });
});
