/** Invalid input of every kind: each is refused or parked with its reason. */
import { describe, expect, it } from 'vitest';
import { signCode } from '../../functions/ezpay/codes.ts';
import { at, car, otherCar } from '../support/ezpay.ts';
import { asDriver, asRider, deviceMessage, ezpayWorld } from '../support/ezpay-world.ts';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';

logLines();
const known = async (settings: Parameters<typeof ezpayWorld>[0] = {}) => {
  const world = ezpayWorld(settings);
  world.clock(-10);
  await world.drive('driver-1', car);
  await world.drive('driver-2', otherCar);
  world.clock(0);
  return world;
};

describe('[bad input] a car', () => {
  it('that is unknown is refused with what to do, in every mode', async () => {
    for (const mode of ['strict', 'grace', 'async'] as const) {
      const answer = await (await known({ mode })).scan('customer-1', { car: 'B0000ZZ' });
      expect(problemOf(answer)).toEqual({ status: 404, code: 'CAR_UNKNOWN', fields: [] });
      expect(answer.body.actions).toHaveLength(3);
    }
  });

  it.each([{ car: 'b 1' }, { car: '' }, { car: 7 }, {}, { car: 'A'.repeat(17) }])(
    'with an invalid number is a 400: %j',
    async (body) => {
      expect(problemOf(await (await known()).scan('customer-1', body))).toMatchObject({ status: 400, fields: ['car'] });
    },
  );
});

describe('[bad input] a device’s message', () => {
  const tower = '['.repeat(60_000) + ']'.repeat(60_000);
  const ping = JSON.stringify({ ...deviceMessage('STARTED', 0), kind: 'PING', position: '?' });
  const malformed: readonly (readonly [string, unknown, string])[] = [
    ['is not JSON', 'argo on', 'not JSON'],
    ['is a list', [], 'object'],
    ['has no kind', { ...deviceMessage('STARTED', 0), kind: undefined }, 'kind'],
    ['has another kind', { ...deviceMessage('STARTED', 0), kind: 'PAUSED' }, 'kind'],
    ['has no sequence', { ...deviceMessage('STARTED', 0), sequence: undefined }, 'sequence'],
    ['counts below zero', deviceMessage('STARTED', 0, { sequence: -1 }), 'sequence'],
    ['has a time in words', deviceMessage('STARTED', 0, { deviceTime: 'yesterday' }), 'deviceTime'],
    ['has a time no calendar has', deviceMessage('STARTED', 0, { deviceTime: 9e15 }), 'deviceTime'],
    ['has no time of receipt', deviceMessage('STARTED', 0, { receivedAt: undefined }), 'receivedAt'],
    ['pings without a position', { ...deviceMessage('STARTED', 0), kind: 'PING' }, 'position'],
    ['is a tower of brackets', tower, 'object'],
    ['has a tower of brackets for its position', ping.replace('"?"', tower), 'position'],
    ['has a tower of brackets for its latitude', ping.replace('"?"', `{"lat":${tower},"lng":0}`), 'position.lat'],
    ['has half a character in its kind', `{"kind":"START\\ud800"}`, 'kind'],
    [
      'is off the globe',
      { ...deviceMessage('STARTED', 0), kind: 'PING', position: { lat: 91, lng: 0 } },
      'position.lat',
    ],
  ];
  it.each(malformed)('that %s is parked with the reason and delays no other', async (_, message, reason) => {
    const world = await known();
    await world.device(message, deviceMessage('STARTED', 0));
    expect(world.parked()).toHaveLength(1);
    expect(world.parked()[0]?.reason).toContain(reason);
    expect((await world.argo(car, asDriver('driver-1'))).body).toMatchObject({ argo: 'STARTED' });
  });

  it.each(['1970-01-01T00:00:01Z', '2099-12-31T23:59:59Z'])('from %s happened at the time of receipt', async (time) => {
    const world = await known();
    await world.device(deviceMessage('STARTED', 0, { deviceTime: Date.parse(time) }));
    expect((await world.argo(car, asDriver('driver-1'))).body).toMatchObject({
      argo: 'STARTED',
      since: new Date(at(0)).toISOString(),
    });
  });

  it('whose sequence was reset starts the argo again, and an old one does not move it back', async () => {
    const world = await known();
    await world.device(
      deviceMessage('STARTED', -20, { sequence: 900 }),
      deviceMessage('STOPPED', -10, { sequence: 901 }),
    );
    await world.device(deviceMessage('STARTED', -1, { sequence: 1 }));
    await world.device(deviceMessage('STOPPED', -30, { sequence: 899, receivedAt: at(0) }));
    expect((await world.argo(car, asDriver('driver-1'))).body).toMatchObject({
      argo: 'STARTED',
      since: new Date(at(-1)).toISOString(),
    });
  });

  it('of a car without a driver makes the car known', async () => {
    const world = ezpayWorld();
    await world.device(deviceMessage('STARTED', -1));
    expect((await world.scan('customer-1')).body.status).toBe('CONFIRMED');
  });
});

describe('[bad input] a driver', () => {
  it('who confirms another’s car is refused, and changes nothing', async () => {
    const world = await known();
    const { body } = await world.scan('customer-1');
    const answer = await world.confirm(String(body.orderId), 'driver-2');
    expect(problemOf(answer)).toEqual({ status: 404, code: 'EZPAY_NOT_FOUND', fields: [] });
    expect((await world.order(String(body.orderId), asRider('customer-1'))).body.status).toBe('WAITING');
  });

  it('who left the car is no longer its driver', async () => {
    const world = await known();
    const { body } = await world.scan('customer-1');
    await world.drive('driver-1', undefined);
    expect((await world.confirm(String(body.orderId), 'driver-1')).status).toBe(404);
    expect((await world.argo(car, asDriver('driver-1'))).status).toBe(404);
  });

  it('who confirms a cancelled or unknown order is refused with the reason', async () => {
    const world = await known();
    const { body } = await world.scan('customer-1');
    for (const minute of [5, 15]) {
      world.clock(minute);
      await world.deadline(String(body.orderId));
    }
    expect(problemOf(await world.confirm(String(body.orderId), 'driver-1')).code).toBe('EZPAY_CLOSED');
    expect(problemOf(await world.confirm('TNT-20990101-0000000', 'driver-1')).code).toBe('EZPAY_NOT_FOUND');
  });

  it('who is a rider may not confirm, and another customer may not look', async () => {
    const world = await known();
    const { body } = await world.scan('customer-1');
    const request = { params: { id: String(body.orderId) }, ...asRider('customer-1'), body: {} };
    expect(problemOf(await world.call('POST /ezpay/{id}/confirm', request)).code).toBe('WRONG_ROLE');
    expect(problemOf(await world.order(String(body.orderId), asRider('customer-2'))).code).toBe('EZPAY_NOT_FOUND');
  });
});

describe('[bad input] a code', () => {
  const signed = (which: string, minutes: number, key = 'key-2') =>
    signCode({ car: which as typeof car, shift: 'shift-1', expiresAt: at(minutes) }, key);
  const settings = { policy: 'signed', keys: ['key-2', 'key-1'] } as const;
  const flip = (code: string) => code.slice(0, -2) + (code.at(-2) === 'A' ? 'B' : 'A') + code.at(-1);

  it.each(['key-1', 'key-2'])('[EZP-14] signed with %s is accepted', async (key) => {
    expect((await (await known(settings)).scan('customer-1', { code: signed(car, 60, key) })).status).toBe(201);
  });

  const wrong: readonly (readonly [string, object, string])[] = [
    ['that is missing', { car }, 'CODE_REQUIRED'],
    ['signed with another key', { code: signed(car, 60, 'guessed') }, 'CODE_FORGED'],
    ['whose signature was changed', { code: flip(signed(car, 60)) }, 'CODE_FORGED'],
    ['whose car was changed', { code: signed(car, 60).replace(car, otherCar) }, 'CODE_FORGED'],
    [
      'whose expiry was changed',
      { code: signed(car, -1).replace(String(at(-1) / 1_000), String(at(60) / 1_000)) },
      'CODE_FORGED',
    ],
    ['that is not a code', { code: 'https://example.com/pay' }, 'CODE_FORGED'],
    ['that has expired', { code: signed(car, 0) }, 'CODE_EXPIRED'],
    ['of another car', { code: signed(otherCar, 60), car }, 'CODE_WRONG_CAR'],
  ];
  it.each(wrong)('[EZP-14] %s is refused with the reason', async (_, body, code) => {
    const answer = await (await known(settings)).scan('customer-1', body);
    expect(problemOf(answer)).toEqual({ status: 422, code, fields: [] });
    expect(answer.body).toMatchObject({ message: { id: expect.any(String), en: expect.any(String) } });
  });

  it('[EZP-14] is shown to the driver, signed with the newest key, and accepted until it expires', async () => {
    const world = await known(settings);
    const { status, body } = await world.code(car, 'driver-1');
    expect([status, body]).toEqual([
      200,
      {
        car,
        code: expect.stringMatching(/^TNT1\.B1234XYZ\.[0-9a-f]{12}\.\d{10}\.[\w-]{43}$/),
        refreshAt: new Date(at(1)).toISOString(),
        expiresAt: new Date(at(2)).toISOString(),
      },
    ]);
    expect(body.code).not.toContain('driver-1');
    world.clock(1.9);
    expect((await world.scan('customer-1', { code: body.code })).body).toMatchObject({ car });
    world.clock(2);
    expect((await world.scan('customer-2', { code: body.code })).body.code).toBe('CODE_EXPIRED');
  });

  it('[EZP-14] [OPS-8] is not shown to other drivers, nor where the cars have stickers', async () => {
    const world = await known(settings);
    expect(problemOf(await world.code(car, 'driver-2'))).toMatchObject({ status: 404, code: 'NOT_YOUR_CAR' });
    expect(problemOf(await (await known()).code(car, 'driver-1'))).toMatchObject({
      status: 404,
      code: 'CODES_NOT_USED',
    });
  });

  it('[EZP-14] on a sticker is the car’s number, where the stage allows it', async () => {
    expect((await (await known({ policy: 'static' })).scan('customer-1', { car })).status).toBe(201);
  });
});

describe('[bad input] a customer', () => {
  it('with a waiting order in another car replaces it, and is notified', async () => {
    const world = await known();
    await world.connect('customer-1');
    const first = await world.scan('customer-1');
    await world.settle();
    const second = await world.scan('customer-1', { car: otherCar });
    await world.settle();
    expect(second.body.status).toBe('WAITING');
    expect((await world.order(String(first.body.orderId), asRider('customer-1'))).body).toMatchObject({
      status: 'CANCELLED',
      reason: 'SCANNED_OTHER_CAR',
    });
    expect(world.received('customer-1')).toMatchObject([{ type: 'EZPAY_CANCELLED', reason: 'SCANNED_OTHER_CAR' }]);
  });

  it('with a confirmed order in another car keeps it: they may pay for a friend', async () => {
    const world = await known();
    await world.device(deviceMessage('STARTED', -1));
    const first = await world.scan('customer-1');
    await world.settle();
    await world.scan('customer-1', { car: otherCar });
    await world.settle();
    expect((await world.order(String(first.body.orderId), asRider('customer-1'))).body.status).toBe('CONFIRMED');
  });

  it('[EZP-7] who scans this car, another, and this one again gets the first order back', async () => {
    const world = await known();
    await world.device(deviceMessage('STARTED', -1), deviceMessage('STARTED', -1, { car: otherCar }));
    const ids: unknown[] = [];
    for (const which of [car, otherCar, car]) {
      ids.push((await world.scan('customer-1', { car: which })).body.orderId);
      await world.settle();
    }
    expect(ids[2]).toBe(ids[0]);
    expect(ids[1]).not.toBe(ids[0]);
  });

  it('and another one in one car: two orders, each with its outcome', async () => {
    const world = await known();
    const [first, second] = [await world.scan('customer-1'), await world.scan('customer-2')];
    expect(first.body.orderId).not.toBe(second.body.orderId);
    await world.confirm(String(first.body.orderId), 'driver-1');
    await world.confirm(String(second.body.orderId), 'driver-1', { confirmed: false });
    expect((await world.order(String(first.body.orderId), asRider('customer-1'))).body.status).toBe('CONFIRMED');
    expect((await world.order(String(second.body.orderId), asRider('customer-2'))).body.status).toBe('CANCELLED');
  });
});
