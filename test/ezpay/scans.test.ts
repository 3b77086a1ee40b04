/** A scan and what follows it, over HTTP, the queue and the bus. */
import { describe, expect, it } from 'vitest';
import { at, car, otherCar } from '../support/ezpay.ts';
import { asOperator, asRider, deviceMessage, ezpayWorld } from '../support/ezpay-world.ts';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();
const known = async (settings: Parameters<typeof ezpayWorld>[0] = {}) => {
  const world = ezpayWorld(settings);
  world.clock(-10);
  await world.drive('driver-1', car);
  await world.drive('driver-2', otherCar);
  world.clock(0);
  return world;
};

describe('a customer scans a car whose argo runs', () => {
  it('[EZP-2, ORD-1] it passes at once, in one transaction of scan, key, marker, order and driver', async () => {
    const world = await known({ mode: 'strict' });
    await world.device(deviceMessage('STARTED', -1));
    await world.settle();
    world.written();
    const { status, body } = await world.scan('customer-1');
    expect([status, body.status, body.confirmedBy, body.legacyState]).toEqual([201, 'CONFIRMED', 'argo', 2]);
    expect(world.written().map((key) => key.replace(/TNT-\d+-\w+/, 'ID'))).toEqual([
      'SEQUENCE ORDER',
      'ORDER#ID EZPAY',
      'KEY#ezpay#customer-1 KEY',
      `CAR#${car} WAIT#ID`,
      'ORDER#ID ORDER',
      'DRIVER#driver-1 DRIVER',
    ]);
  });

  it('[EZP-1] a report is one write, its copy none', async () => {
    const world = await known();
    world.written();
    await world.device(deviceMessage('STARTED', -1));
    expect(world.written()).toEqual([`CAR#${car} ARGO`]);
    await world.device(deviceMessage('STARTED', -1, { receivedAt: at(3) }));
    expect(world.written()).toEqual([]);
    expect(lines.metric('ArgoDuplicate')).toEqual([1]);
  });
});

describe('a customer scans before the argo has reported', () => {
  it('[EZP-4] async: the order waits, and the report confirms it', async () => {
    const world = await known();
    const { status, body } = await world.scan('customer-1');
    expect([status, body.status, body.until]).toEqual([201, 'WAITING', new Date(at(5)).toISOString()]);
    await world.settle();
    await world.connect('customer-1');
    world.clock(3);
    await world.device(deviceMessage('STARTED', -1, { receivedAt: at(3) }));
    await world.settle();
    expect((await world.order(String(body.orderId), asRider('customer-1'))).body).toMatchObject({
      status: 'CONFIRMED',
      confirmedBy: 'argo',
    });
    expect(world.received('customer-1')).toMatchObject([{ type: 'EZPAY_CONFIRMED', legacyState: 2 }]);
  });

  it('[EZP-4] after 5 minutes the driver is asked; without an answer the customer is notified', async () => {
    const world = await known();
    await world.connect('customer-1');
    await world.connect('driver-1');
    const { body } = await world.scan('customer-1');
    await world.settle();
    for (const minute of [5, 15]) {
      world.clock(minute);
      await world.deadline(String(body.orderId));
    }
    expect(world.received('driver-1')).toMatchObject([
      { type: 'START_ARGO', car },
      { type: 'EZPAY_CONFIRM_REQUEST', car },
      { type: 'EZPAY_CANCELLED' },
    ]);
    expect(world.received('customer-1')).toMatchObject([
      { type: 'EZPAY_DRIVER_ASKED' },
      {
        type: 'EZPAY_CANCELLED',
        notice: 'ezpay_cancelled',
        reason: 'ARGO_NOT_STARTED',
        legacyState: -2,
        message: { id: 'Argo belum aktif.' },
      },
    ]);
  });

  it('[EZP-12] the late report of a cancelled order is logged as wrongly failed', async () => {
    const world = await known();
    const { body } = await world.scan('customer-1');
    for (const minute of [5, 15]) {
      world.clock(minute);
      await world.deadline(String(body.orderId));
    }
    world.clock(52);
    await world.device(deviceMessage('STARTED', -1, { receivedAt: at(52) }));
    await world.settle();
    expect((await world.order(String(body.orderId), asOperator)).body).toMatchObject({
      status: 'CANCELLED',
      wronglyFailed: true,
    });
    expect(lines.metric('EzPayWronglyFailed')).toEqual([1]);
  });

  it.each(['strict', 'grace'] as const)(
    '[EZP-6] %s: refused with a code, a message and actions in both languages',
    async (mode) => {
      const world = await known({ mode });
      const answer = await world.scan('customer-1');
      expect(problemOf(answer)).toEqual({ status: 409, code: 'ARGO_NOT_STARTED', fields: [] });
      expect(answer.body).toMatchObject({
        legacyState: -2,
        message: { id: 'Argo belum aktif.', en: 'The meter is not active yet.' },
      });
      expect(answer.body.actions).toHaveLength(3);
      expect((await world.order(String(answer.body.orderId), asRider('customer-1'))).body).toMatchObject({
        status: 'REFUSED',
        legacyState: -2,
      });
    },
  );

  it('[EZP-3] grace: an order of the car 2 minutes ago confirms the next, with a warning', async () => {
    const world = await known({ mode: 'grace' });
    await world.device(deviceMessage('STARTED', -5), deviceMessage('STOPPED', -1, { sequence: 2 }));
    world.clock(-2);
    const first = await world.scan('customer-1');
    await world.settle();
    world.clock(-0.1);
    const second = await world.scan('customer-2');
    expect(second.body).toMatchObject({ status: 'CONFIRMED', confirmedBy: 'grace' });
    expect(lines.named('Confirmed by grace')).toMatchObject([
      { level: 'WARN', car, recentOrderId: first.body.orderId },
    ]);
  });
});

describe('a customer scans again', () => {
  it('[EZP-7] the first order comes back, however often and however fast', async () => {
    const world = await known();
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.scan('customer-1')));
    expect(new Set(answers.map(({ body }) => body.orderId)).size).toBe(1);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(9).fill(200), 201]);
  });

  it('[EZP-7] after a refusal it is a new order, and the repeated failure is counted', async () => {
    const world = await known({ mode: 'strict' });
    const ids = [await world.scan('customer-1'), await world.scan('customer-1')].map(({ body }) => body.orderId);
    expect(new Set(ids).size).toBe(2);
    expect(lines.metric('EzPayRepeatedFailure')).toEqual([1]);
  });

  it('after the end of the trip it is a new order', async () => {
    const world = await known();
    await world.device(deviceMessage('STARTED', -1));
    const first = await world.scan('customer-1');
    await world.settle();
    await world.device(deviceMessage('STOPPED', 20, { sequence: 2 }), deviceMessage('STARTED', 25, { sequence: 3 }));
    await world.settle();
    world.clock(26);
    const second = await world.scan('customer-1');
    expect([second.status, second.body.orderId === first.body.orderId]).toEqual([201, false]);
  });
});

describe('the driver', () => {
  it('[EZP-10] sees the argo of the car change live, and over HTTP', async () => {
    const world = await known();
    await world.connect('driver-1');
    await world.device(deviceMessage('STARTED', 0));
    await world.settle();
    expect(world.received('driver-1')).toMatchObject([
      { type: 'ARGO_CHANGED', event: 'argo.changed', car, argo: 'STARTED' },
    ]);
    expect((await world.argo(car, { sub: 'driver-1', roles: ['driver'] })).body).toMatchObject({
      argo: 'STARTED',
      driverId: 'driver-1',
    });
  });

  it('[EZP-4] [EZP-10] finds the question with the argo of the car until it is answered', async () => {
    const world = await known();
    const { body } = await world.scan('customer-1');
    const question = async () => (await world.argo(car, { sub: 'driver-1', roles: ['driver'] })).body.asking;
    expect(await question()).toEqual([]);
    world.clock(5);
    await world.deadline(String(body.orderId));
    expect(await question()).toMatchObject([
      {
        orderId: body.orderId,
        version: 2,
        askedAt: '2026-11-20T20:49:00.000Z',
        answerUntil: '2026-11-20T20:59:00.000Z',
      },
    ]);
    await world.confirm(String(body.orderId), 'driver-1', { confirmed: true });
    expect(await question()).toEqual([]);
  });

  it('[EZP-10] confirms by hand, before the question and after', async () => {
    const world = await known();
    const { body } = await world.scan('customer-1');
    const answer = await world.confirm(String(body.orderId), 'driver-1');
    expect(answer.body).toMatchObject({ status: 'CONFIRMED', confirmedBy: 'driver' });
    expect((await world.confirm(String(body.orderId), 'driver-1')).status).toBe(200);
  });

  it('denies the trip: the order ends, and the customer is notified', async () => {
    const world = await known();
    await world.connect('customer-1');
    const { body } = await world.scan('customer-1');
    await world.confirm(String(body.orderId), 'driver-1', { confirmed: false });
    await world.settle();
    expect(world.received('customer-1').at(-1)).toMatchObject({ type: 'EZPAY_CANCELLED', reason: 'DRIVER_DENIED' });
  });
});

describe('a car that fails again and again', () => {
  it('[EZP-9] is named', async () => {
    const world = await known({ mode: 'strict' });
    for (let n = 0; n < 7; n += 1) {
      world.clock(n);
      await world.scan(`customer-${n}`);
      await world.settle();
    }
    expect(lines.named('Car fails often')[0]).toMatchObject({ car, rate: 1 });
    expect(lines.metric('EzPayArgoNotStarted')).toEqual(Array(7).fill(1));
  });
});
