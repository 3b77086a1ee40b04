/** Invalid input of EzPay on the running stack: each is refused with its reason, and nothing else changes. */
import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { call, enqueue, eventually, type Person, person, phone, stack } from './support/stack.ts';

const anyCar = () => `B${randomInt(10_000_000)}T`;
const pay = { paymentMethod: 'gopay' };
const scan = (rider: Person, car: string) => rider.call('POST', '/ezpay', { car, ...pay });
const confirm = (driver: Person, orderId: string, body: object = {}) =>
  driver.call('POST', `/ezpay/${orderId}/confirm`, body);
const orderOf = async (reader: Person, orderId: string) => (await reader.call('GET', `/ezpay/${orderId}`)).body;

/** A car with a driver, whose argo has not reported. */
const driven = async () => {
  const car = anyCar();
  const [driver, operator] = await Promise.all([person('driver'), person('operator')]);
  await driver.call('PUT', '/drivers/me', { onDuty: true, car });
  await eventually(async () => (await operator.call('GET', `/cars/${car}/argo`)).body.driverId === driver.sub);
  return { car, driver, operator };
};
const both = { id: expect.any(String), en: expect.any(String) };

describe('[bad input] POST /ezpay', () => {
  it.each([
    ['malformed JSON', '{"car":', 400, 'INVALID_REQUEST', 'body'],
    ['a list', '[]', 400, 'INVALID_REQUEST', 'body'],
    ['null', 'null', 400, 'INVALID_REQUEST', 'body'],
    ['neither a car nor a code', pay, 400, 'INVALID_REQUEST', 'car'],
    ['a car that is a number', { ...pay, car: 7 }, 400, 'INVALID_REQUEST', 'car'],
    ['a car that is empty', { ...pay, car: '' }, 400, 'INVALID_REQUEST', 'car'],
    ['a car with a path in it', { ...pay, car: '../CAR#B1' }, 400, 'INVALID_REQUEST', 'car'],
    ['a car of 17 characters', { ...pay, car: 'B'.repeat(17) }, 400, 'INVALID_REQUEST', 'car'],
    ['a code that is a list', { ...pay, code: ['TNT1'] }, 400, 'INVALID_REQUEST', 'code'],
    ['a code of 201 characters', { ...pay, code: 'x'.repeat(201) }, 400, 'INVALID_REQUEST', 'code'],
    ['no way to pay', { car: 'B1234XYZ' }, 400, 'INVALID_REQUEST', 'paymentMethod'],
    ['an unknown way to pay', { car: 'B1234XYZ', paymentMethod: 'barter' }, 400, 'INVALID_REQUEST', 'paymentMethod'],
  ] as const)('with %s names the field', async (_, body, status, code, field) => {
    const answer = await (await person('rider')).call('POST', '/ezpay', body);
    expect([answer.status, answer.body.code, answer.body.errors[0].field]).toEqual([status, code, field]);
  });

  it.each([
    ['of an unknown car', () => ({ ...pay, car: anyCar() }), 404, 'CAR_UNKNOWN'],
    ['[EZP-14] with an invalid code', () => ({ ...pay, code: 'https://example.com/pay' }), 422, 'CODE_FORGED'],
    [
      '[EZP-14] with a code signed with another key',
      () => ({ ...pay, code: `TNT1.B1.s.9999999999.${'A'.repeat(43)}` }),
      422,
      'CODE_FORGED',
    ],
  ] as const)('%s is refused with what to do in both languages', async (_, body, status, code) => {
    const answer = await (await person('rider')).call('POST', '/ezpay', body());
    expect(answer).toMatchObject({ status, body: { code, message: both } });
    expect(answer.body.actions).toContainEqual(both);
  });

  it('[EZP-14] with the code of the screen is accepted; with another car, or changed, it is not', async () => {
    const [one, other, rider] = await Promise.all([driven(), driven(), person('rider')]);
    const { code } = (await one.driver.call('GET', `/cars/${one.car}/code`)).body as { code: string };
    const ask = async (body: object) => (await rider.call('POST', '/ezpay', { ...pay, ...body })).body;
    expect((await ask({ code, car: other.car })).code).toBe('CODE_WRONG_CAR');
    expect((await ask({ code: code.replace(one.car, other.car) })).code).toBe('CODE_FORGED');
    expect(await ask({ code })).toMatchObject({ car: one.car, status: 'WAITING' });
    expect((await other.driver.call('GET', `/cars/${one.car}/code`)).body.code).toBe('NOT_YOUR_CAR');
  });

  it('[OPS-8] is for riders with a token', async () => {
    const { car, driver, operator } = await driven();
    expect([await scan(driver, car), await scan(operator, car)]).toMatchObject([
      { status: 403, body: { code: 'WRONG_ROLE' } },
      { status: 403, body: { code: 'WRONG_ROLE' } },
    ]);
    expect((await call(undefined, { method: 'POST', path: '/ezpay', body: { ...pay, car } })).status).toBe(401);
  });

  it('by a customer who waits in another car cancels that order, and notifies them', async () => {
    const [first, second, rider] = await Promise.all([driven(), driven(), phone('rider')]);
    const before = (await scan(rider, first.car)).body.orderId;
    const after = (await scan(rider, second.car)).body.orderId;
    await eventually(async () => (await orderOf(rider, before)).status === 'CANCELLED');
    expect(await orderOf(rider, before)).toMatchObject({ reason: 'SCANNED_OTHER_CAR', message: both, legacyState: -2 });
    expect((await orderOf(rider, after)).status).toBe('WAITING');
    await eventually(() => rider.received.some(({ type, rideId }) => type === 'EZPAY_CANCELLED' && rideId === before));
  });

  it('by two customers in one car makes two orders, each with its outcome', async () => {
    const [{ car, driver }, a, b] = await Promise.all([driven(), person('rider'), person('rider')]);
    const [first, second] = [(await scan(a, car)).body.orderId, (await scan(b, car)).body.orderId];
    expect(first).not.toBe(second);
    await confirm(driver, first);
    await confirm(driver, second, { confirmed: false });
    expect([(await orderOf(a, first)).status, await orderOf(b, second)]).toMatchObject([
      'CONFIRMED',
      { status: 'CANCELLED', reason: 'DRIVER_DENIED', message: both },
    ]);
  });
});

describe('[bad input] POST /ezpay/{id}/confirm', () => {
  it('is for the driver of that car alone', async () => {
    const [{ car, driver, operator }, other, rider] = await Promise.all([driven(), driven(), person('rider')]);
    const { orderId } = (await scan(rider, car)).body;
    const answers = [
      await confirm(other.driver, orderId),
      await confirm(rider, orderId),
      await confirm(operator, orderId),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'EZPAY_NOT_FOUND'],
      [403, 'WRONG_ROLE'],
      [403, 'WRONG_ROLE'],
    ]);
    expect((await orderOf(rider, orderId)).status).toBe('WAITING');
    expect((await confirm(driver, orderId)).body.status).toBe('CONFIRMED');
  });

  it('counts once: the same answer again changes nothing, the other answer is refused', async () => {
    const [one, another, rider] = await Promise.all([driven(), driven(), person('rider')]);
    const yes = (await scan(rider, one.car)).body.orderId;
    const [first, again] = [await confirm(one.driver, yes), await confirm(one.driver, yes)];
    expect([first.body.version, again.status, again.body.version]).toEqual([2, 200, 2]);
    expect(await confirm(one.driver, yes, { confirmed: false })).toMatchObject({
      status: 409,
      body: { code: 'EZPAY_CONFIRMED' },
    });
    const no = (await scan(await person('rider'), another.car)).body.orderId;
    const denied = await confirm(another.driver, no, { confirmed: false });
    expect([denied.body.status, (await confirm(another.driver, no, { confirmed: false })).body.version]).toEqual([
      'CANCELLED',
      2,
    ]);
    expect(await confirm(another.driver, no)).toMatchObject({ status: 409, body: { code: 'EZPAY_CLOSED' } });
  });

  it.each([
    ['an answer that is text', { confirmed: 'yes' }, 'confirmed'],
    ['an answer that is null', { confirmed: null }, 'confirmed'],
    ['a list', '[]', 'body'],
  ] as const)('with %s names the field and changes nothing', async (_, body, field) => {
    const [{ car, driver }, rider] = await Promise.all([driven(), person('rider')]);
    const { orderId } = (await scan(rider, car)).body;
    const answer = await driver.call('POST', `/ezpay/${orderId}/confirm`, body);
    expect([answer.status, answer.body.errors[0].field, (await orderOf(rider, orderId)).version]).toEqual([
      400,
      field,
      1,
    ]);
  });

  it('of an unknown order, or an invalid id', async () => {
    const { driver } = await driven();
    expect(await confirm(driver, 'TNT-20261121-ZZZZZZZ')).toMatchObject({
      status: 404,
      body: { code: 'EZPAY_NOT_FOUND' },
    });
    expect(await confirm(driver, 'order-7')).toMatchObject({ status: 400, body: { errors: [{ field: 'id' }] } });
  });
});

describe('[bad input] looking at orders and argos', () => {
  it('[OPS-8] an order is seen by its customer, the driver of its car and operators', async () => {
    const [{ car, driver, operator }, other, rider, stranger] = await Promise.all([
      driven(),
      driven(),
      person('rider'),
      person('rider'),
    ]);
    const { orderId } = (await scan(rider, car)).body;
    const seenBy = async (reader: Person) => (await reader.call('GET', `/ezpay/${orderId}`)).status;
    expect([await seenBy(rider), await seenBy(driver), await seenBy(operator)]).toEqual([200, 200, 200]);
    expect([await seenBy(stranger), await seenBy(other.driver)]).toEqual([404, 404]);
  });

  it('[OPS-8] an argo is seen by the driver of its car and operators', async () => {
    const [{ car, driver, operator }, other, rider] = await Promise.all([driven(), driven(), person('rider')]);
    const at = (which: string) => `/cars/${encodeURIComponent(which)}/argo`;
    const status = async (reader: Person, which = car) => (await reader.call('GET', at(which))).status;
    expect([await status(driver), await status(operator), await status(other.driver), await status(rider)]).toEqual([
      200, 200, 404, 403,
    ]);
    expect([await status(operator, anyCar()), await status(operator, 'b 1/2')]).toEqual([404, 400]);
  });
});

describe('[bad input] a message of a device', () => {
  const reported = (car: string, more: object = {}) => ({
    car,
    device: `meter-${car}`,
    kind: 'STARTED',
    sequence: 1,
    deviceTime: Date.now() - 1_000,
    receivedAt: Date.now(),
    ...more,
  });
  const report = (...messages: readonly (object | string)[]) => enqueue(stack().queues.argo as string, messages);
  const argoOf = async (operator: Person, car: string) => (await operator.call('GET', `/cars/${car}/argo`)).body;

  it('that is malformed is parked, and the report behind it counts', async () => {
    const { car, operator } = await driven();
    await report(
      'argo on',
      '{"car":',
      [],
      reported(car, { kind: 'PAUSED' }),
      reported(car, { sequence: -1 }),
      reported(car, { deviceTime: 9e15 }),
      reported(car, { kind: 'PING', position: { lat: 91, lng: 0 } }),
      reported('../x'),
      reported(car),
    );
    await eventually(async () => (await argoOf(operator, car)).argo === 'STARTED');
    expect((await argoOf(operator, car)).version).toBe(2);
  });

  it.each(['1970-01-01T00:00:01Z', '2099-12-31T23:59:59Z'])(
    '[EZP-13] from %s happened by our clock, and is suspect',
    async (time) => {
      const { car, operator } = await driven();
      const receivedAt = Date.now();
      await report(reported(car, { deviceTime: Date.parse(time), receivedAt }));
      await eventually(async () => (await argoOf(operator, car)).argo === 'STARTED');
      expect(await argoOf(operator, car)).toMatchObject({
        since: new Date(receivedAt).toISOString(),
        lastReport: { doubt: 'clock-unset' },
      });
    },
  );

  it('[EZP-13] with a sequence restarted by a power cut starts the argo; an old report does not stop it', async () => {
    const { car, operator } = await driven();
    const now = Date.now();
    const past = (seconds: number) => ({ deviceTime: now - seconds * 1_000, receivedAt: now - seconds * 1_000 + 500 });
    await report(reported(car, { kind: 'STOPPED', sequence: 812, ...past(600) }));
    await eventually(async () => (await argoOf(operator, car)).argo === 'STOPPED');
    await report(reported(car, { sequence: 1, ...past(60) }));
    await eventually(async () => (await argoOf(operator, car)).argo === 'STARTED');
    await report(reported(car, { kind: 'STOPPED', sequence: 811, deviceTime: now - 620_000, receivedAt: now }));
    await eventually(async () => (await argoOf(operator, car)).version === 4);
    expect((await argoOf(operator, car)).argo).toBe('STARTED');
  });
});
