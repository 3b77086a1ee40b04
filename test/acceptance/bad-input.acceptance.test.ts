/** The answer to a wrong or hostile caller: status, code and field; and nothing is stored. */
import { randomUUID } from 'node:crypto';
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { airport, call, gambir, person, rideBody, stack, token } from './support/stack.ts';

/** How many rides of this rider are stored; each test has a new rider. */
const ridesOf = async (riderId: string): Promise<number> => {
  const client = new DynamoDBClient({
    endpoint: stack().dynamodb,
    region: 'ap-southeast-3',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  let found = 0;
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: stack().tables.state,
        FilterExpression: 'sk = :ride AND #state.riderId = :rider',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':ride': { S: 'RIDE' }, ':rider': { S: riderId } },
        ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
      }),
    );
    found += page.Count ?? 0;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  client.destroy();
  return found;
};

const good = rideBody([{ sub: 'driver-1' }]);
const withPickup = (pickup: object) => ({ ...good, pickup: { ...gambir, ...pickup } });
const nested = '['.repeat(5_000) + ']'.repeat(5_000);
const deep = `{"serviceLine":"BB","pickup":{"lat":-6,"lng":106},"destination":${nested}}`;
const text = JSON.stringify(good);
const unsafeSequence = text.replace('"pickup":{', '"pickup":{"sequence":9007199254740993,');

describe('when a request for a ride is invalid', () => {
  it.each([
    ['malformed JSON', '{"pickup":', 'body'],
    ['NaN, which is not JSON', '{"serviceLine":"BB","pickup":{"lat":NaN,"lng":106}}', 'body'],
    ['no body', '', 'pickup'],
    ['null', 'null', 'body'],
    ['a list', '[]', 'body'],
    ['ten thousand brackets', deep, 'destination'],
    ['a number as text', withPickup({ lat: '-6.2' }), 'pickup.lat'],
    ['NaN as text', withPickup({ lat: 'NaN' }), 'pickup.lat'],
    ['a latitude beyond the pole', withPickup({ lat: -90.000001 }), 'pickup.lat'],
    ['a longitude out of range', withPickup({ lng: 180.5 }), 'pickup.lng'],
    ['a coordinate that is null', withPickup({ lng: null }), 'pickup.lng'],
    [
      'an infinite coordinate',
      '{"serviceLine":"BB","pickup":{"lat":1e999,"lng":106},"destination":{"lat":-6,"lng":106}}',
      'pickup.lat',
    ],
    ['no destination', { ...good, destination: undefined }, 'destination'],
    ['an unknown service line', { ...good, serviceLine: 'XX' }, 'serviceLine'],
    ['an unknown policy', { ...good, policy: 'maybe' }, 'policy'],
    ['no candidates in the list', { ...good, candidates: [] }, 'candidates'],
    ['the same driver twice', { ...good, candidates: ['a', 'a'] }, 'candidates'],
    ['a candidate that is a number', { ...good, candidates: [7] }, 'candidates.0'],
    ['thirty-one candidates', { ...good, candidates: Array.from({ length: 31 }, (_, i) => `d${i}`) }, 'candidates'],
    ['a negative sequence', withPickup({ sequence: -1 }), 'pickup.sequence'],
    ['a sequence beyond 2^53', unsafeSequence, 'pickup.sequence'],
    ['half a sequence', withPickup({ sequence: 1.5 }), 'pickup.sequence'],
    ['an offer time-out of zero', { ...good, offerTimeoutSeconds: 0 }, 'offerTimeoutSeconds'],
    ['an address of a thousand letters', withPickup({ address: 'x'.repeat(1_000) }), 'pickup.address'],
  ] as const)('%s: the field is named and nothing is stored', async (_, body, field) => {
    const rider = await person('rider');

    const answer = await rider.call('POST', '/rides', body);

    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer).toMatchObject({ status: 400, body: { status: 400, code: 'INVALID_REQUEST' } });
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field);
    expect(await ridesOf(rider.sub)).toBe(0);
  });

  it('a body of 2 MB: 413, and nothing is stored', async () => {
    const rider = await person('rider');
    expect(await rider.call('POST', '/rides', { ...good, note: 'x'.repeat(2_000_000) })).toMatchObject({
      status: 413,
      body: { status: 413, code: 'BODY_TOO_LARGE', errors: [{ field: 'body' }] },
    });
    expect(await ridesOf(rider.sub)).toBe(0);
  });

  it.each([
    ['empty', ''],
    ['too long', 'k'.repeat(65)],
    ['two words', 'two words'],
  ])('an Idempotency-Key that is %s: the header is named and nothing is stored', async (_, key) => {
    const rider = await person('rider');
    expect(await rider.call('POST', '/rides', good, { 'idempotency-key': key })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST', errors: [{ field: 'Idempotency-Key' }] },
    });
    expect(await ridesOf(rider.sub)).toBe(0);
  });

  it('a repeated key with another body: 422, and only the first ride is stored', async () => {
    const rider = await person('rider');
    const key = { 'idempotency-key': randomUUID() };
    const first = await rider.call('POST', '/rides', good, key);
    const same = await rider.call('POST', '/rides', good, key);
    const other = await rider.call('POST', '/rides', { ...good, serviceLine: 'SB' }, key);

    expect([first.status, same.status, other.status]).toEqual([201, 200, 422]);
    expect(same.body.rideId).toBe(first.body.rideId);
    expect(other.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', errors: [{ field: 'Idempotency-Key' }] });
    expect(await ridesOf(rider.sub)).toBe(1);
  });

  it('fifty repetitions of one key at once make one ride', async () => {
    const rider = await person('rider');
    const key = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(Array.from({ length: 50 }, () => rider.call('POST', '/rides', good, key)));

    expect(new Set(answers.map(({ body }) => body.rideId)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await ridesOf(rider.sub)).toBe(1);
  });
});

describe('when a text contains half of a surrogate pair', () => {
  const half = 'a\\ud800b';
  const id = 'TNT-20200101-ZZZZZZZ';
  it.each([
    ['rider', 'POST /rides', JSON.stringify(withPickup({ address: '?' })).replace('?', half), 'pickup.address'],
    ['rider', `PATCH /rides/${id}/pickup`, `{"lat":-6,"lng":106,"sequence":1,"address":"${half}"}`, 'address'],
    ['driver', `POST /rides/${id}/decline`, `{"reason":"${half}"}`, 'reason'],
    ['rider', `POST /rides/${id}/cancel`, `{"reason":"${half}"}`, 'reason'],
    ['rider', 'POST /ezpay', `{"code":"${half}","paymentMethod":"qris"}`, 'code'],
    ['rider', `POST /orders/${id}/payments`, `{"method":"qris","email":"${half}@b.co"}`, 'email'],
    ['operator', `POST /payments/${id}-1795232640/refund`, `{"reason":"${half}"}`, 'reason'],
    ['operator', `POST /payments/${id}-1795232640/refunds/k/paid-back`, `{"reference":"${half}"}`, 'reference'],
  ] as const)('[OPS-8] %s %s: 400, and the field is named', async (role, route, body, field) => {
    const [method = '', path = ''] = route.split(' ');
    const answer = await (await person(role)).call(method, path, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', errors: [{ field }] } });
  });
});

describe('when a caller has no right to a ride', () => {
  it('[OPS-8] without a token, with an expired one, or one with a forged signature: 401', async () => {
    const expired = await token('rider', 'rider-1', { expiresIn: -60 });
    const forged = `${(await token('rider', 'rider-1')).split('.').slice(0, 2).join('.')}.${'A'.repeat(86)}`;
    const encoded = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
    const none = `${encoded({ alg: 'none' })}.${encoded({ sub: 'r', roles: ['operator'] })}.`;
    for (const bearer of [undefined, expired, forged, none, 'nonsense'])
      expect((await call(bearer, { method: 'POST', path: '/rides', body: good })).status).toBe(401);
  });

  it('[OPS-8] the wrong role: 403 WRONG_ROLE', async () => {
    const [driver, rider] = await Promise.all([person('driver'), person('rider')]);
    expect(await driver.call('POST', '/rides', good)).toMatchObject({ status: 403, body: { code: 'WRONG_ROLE' } });
    expect(await rider.call('PUT', '/drivers/me', { onDuty: true })).toMatchObject({
      status: 403,
      body: { code: 'WRONG_ROLE' },
    });
    const { body: ride } = await rider.call('POST', '/rides', good);
    expect(await rider.call('POST', `/rides/${ride.rideId}/accept`)).toMatchObject({
      status: 403,
      body: { code: 'WRONG_ROLE' },
    });
    expect(await driver.call('GET', `/orders/${ride.rideId}/story`)).toMatchObject({
      status: 403,
      body: { code: 'WRONG_ROLE' },
    });
  });

  it('[OPS-8] the ride of another user: 404 to read, move and cancel it', async () => {
    const [rider, stranger, driver] = await Promise.all([person('rider'), person('rider'), person('driver')]);
    const { body: ride } = await rider.call('POST', '/rides', good);
    const path = `/rides/${ride.rideId}`;
    expect(await stranger.call('GET', path)).toMatchObject({ status: 404, body: { code: 'RIDE_NOT_FOUND' } });
    expect(await driver.call('GET', path)).toMatchObject({ status: 404, body: { code: 'RIDE_NOT_FOUND' } });
    expect(await stranger.call('POST', `${path}/cancel`, {})).toMatchObject({
      status: 404,
      body: { code: 'RIDE_NOT_FOUND' },
    });
    expect(await driver.call('POST', `${path}/cancel`, {})).toMatchObject({
      status: 404,
      body: { code: 'RIDE_NOT_FOUND' },
    });
    expect(await stranger.call('PATCH', `${path}/pickup`, { ...airport, sequence: 9 })).toMatchObject({
      status: 404,
      body: { code: 'RIDE_NOT_FOUND' },
    });
    expect((await rider.call('GET', path)).body).toMatchObject({ status: 'SEARCHING', version: 1 });
  });

  it('[OPS-8] a driver without an offer can neither accept nor decline: 404, and the ride is unchanged', async () => {
    const [rider, stranger] = await Promise.all([person('rider'), person('driver')]);
    const { body: ride } = await rider.call('POST', '/rides', good);
    for (const answer of ['accept', 'decline'])
      expect(await stranger.call('POST', `/rides/${ride.rideId}/${answer}`, {})).toMatchObject({
        status: 404,
        body: { code: 'RIDE_NOT_FOUND' },
      });
    expect((await rider.call('GET', `/rides/${ride.rideId}`)).body).toMatchObject({ status: 'SEARCHING', version: 1 });
  });

  it('an unknown ride: 404; an invalid id: 400 with the field; an unknown path: 404', async () => {
    const [operator, driver] = await Promise.all([person('operator'), person('driver')]);
    expect(await operator.call('GET', '/rides/TNT-20200101-ZZZZZZZ')).toMatchObject({
      status: 404,
      body: { code: 'RIDE_NOT_FOUND' },
    });
    expect(await driver.call('POST', '/rides/TNT-20200101-ZZZZZZZ/accept')).toMatchObject({
      status: 404,
      body: { code: 'RIDE_NOT_FOUND' },
    });
    expect(await operator.call('GET', '/orders/TNT-20200101-ZZZZZZZ/story')).toMatchObject({
      status: 404,
      body: { code: 'ORDER_NOT_FOUND' },
    });
    for (const id of ['1', 'TNT-20260101-ILOU000', '..%2f..%2fetc', 'TNT-20260101-0000000%00'])
      expect(await operator.call('GET', `/rides/${id}`)).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'id' }] },
      });
    expect((await operator.call('GET', '/nowhere')).status).toBe(404);
    expect((await operator.call('GET', '/openapi.json')).body.openapi).toBe('3.1.0');
  });
});
