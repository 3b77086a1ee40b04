/** EzPay on the running stack: a customer, a driver and the device of a car, over HTTP, WebSocket and the queue. */
import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { enqueue, eventually, type Person, person, phone, stack, storyOf } from './support/stack.ts';

const anyCar = () => `B${randomInt(1_000_000)}T`;
const reported = (car: string, kind: 'STARTED' | 'STOPPED', more: object = {}) => ({
  car,
  device: `device-of-${car}`,
  kind,
  sequence: 1,
  deviceTime: Date.now() - 1_000,
  receivedAt: Date.now(),
  ...more,
});
const report = (...messages: readonly object[]) => enqueue(stack().queues.argo as string, messages);

/** A car with a driver whose app is connected. */
const driven = async () => {
  const car = anyCar();
  const driver = await phone('driver');
  const operator = await person('operator');
  await driver.call('PUT', '/drivers/me', { onDuty: true, car });
  await eventually(async () => (await operator.call('GET', `/cars/${car}/argo`)).body.driverId === driver.sub);
  return { car, driver };
};
const scan = (rider: Person, car: string) => rider.call('POST', '/ezpay', { car, paymentMethod: 'gopay' });
const statusOf = async (rider: Person, id: string) => (await rider.call('GET', `/ezpay/${id}`)).body.status;

describe('a customer scans', () => {
  it('[EZP-2] [EZP-10] a car whose argo runs: confirmed at once; the driver has seen the argo start', async () => {
    const [{ car, driver }, rider] = await Promise.all([driven(), phone('rider')]);
    await report(reported(car, 'STARTED'));
    await eventually(() => driver.received.some(({ type }) => type === 'ARGO_CHANGED'));

    const { status, body } = await scan(rider, car);

    expect([status, body.status, body.legacyState]).toEqual([201, 'CONFIRMED', 2]);
    await eventually(() => rider.received.some(({ type }) => type === 'EZPAY_CONFIRMED'));
    expect((await storyOf(body.orderId)).map(({ type }) => type)).toContain('ezpay.confirmed');
  });

  it('[EZP-2] [PAY-7] and pays: finished, notified by the gateway, PAID, with a receipt', async () => {
    const [{ car, driver }, rider] = await Promise.all([driven(), phone('rider')]);
    await report(reported(car, 'STARTED'));
    await eventually(() => driver.received.some(({ type }) => type === 'ARGO_CHANGED'));
    const { orderId } = (await scan(rider, car)).body as { orderId: string };

    await driver.call('POST', `/orders/${orderId}/finish`, { fare: 62_000 });
    const email = `${rider.sub}@rider.example`;
    const paying = await rider.call(
      'POST',
      `/orders/${orderId}/payments`,
      { method: 'qris', email },
      { 'idempotency-key': orderId },
    );
    await fetch(`${stack().midtrans}/_sim/transactions/${paying.body.ref}/pay`, { method: 'POST' });

    await eventually(async () => (await rider.call('GET', `/orders/${orderId}`)).body.status === 'PAID');
    const mails = async () =>
      (await (await fetch(`${stack().mailbox}/mails?reference=${orderId}`)).json()) as { mails: { text: string }[] };
    await eventually(async () => (await mails()).mails[0]?.text.includes('Rp 62.000') === true);
    const story = (await storyOf(orderId)).map(({ type }) => type);
    const milestones = [
      'ezpay.confirmed',
      'order.opened',
      'order.finished',
      'payment.intended',
      'payment.settled',
      'order.paid',
    ];
    expect(story.filter((type) => milestones.includes(type as string))).toEqual(milestones);
  });

  it('[EZP-4] [EZP-7] before the report: one order for any number of scans, confirmed by the report', async () => {
    const [{ car }, rider] = await Promise.all([driven(), phone('rider')]);
    const scans = await Promise.all([1, 2, 3, 4].map(() => scan(rider, car)));
    const ids = new Set(scans.map(({ body }) => body.orderId as string));
    expect(ids.size).toBe(1);
    const [id] = [...ids] as [string];
    expect(await statusOf(rider, id)).toBe('WAITING');

    await report(reported(car, 'STARTED'), reported(car, 'STARTED'));

    await eventually(async () => (await statusOf(rider, id)) === 'CONFIRMED');
    await eventually(() => rider.received.some(({ type }) => type === 'EZPAY_CONFIRMED'));
  });

  it('[EZP-4] [EZP-12] unconfirmed: the driver is asked, the order cancelled, and proven wrong', async () => {
    const [{ car, driver }, rider] = await Promise.all([driven(), phone('rider')]);
    const { body } = await scan(rider, car);
    const scannedAt = Date.now();
    await eventually(() => driver.received.some(({ type }) => type === 'EZPAY_CONFIRM_REQUEST'), 20_000);
    await eventually(() => rider.received.some(({ type }) => type === 'EZPAY_CANCELLED'), 20_000);
    expect(rider.received.at(-1)).toMatchObject({
      notice: 'ezpay_cancelled',
      reason: 'ARGO_NOT_STARTED',
      message: { id: 'Argo belum aktif.' },
    });

    await report(reported(car, 'STARTED', { deviceTime: scannedAt - 1_000 }));

    await eventually(async () => (await rider.call('GET', `/ezpay/${body.orderId}`)).body.wronglyFailed === true);
  }, 60_000);

  it('[EZP-10] the driver confirms by hand; the driver of another car may not', async () => {
    const [{ car, driver }, other, rider] = await Promise.all([driven(), driven(), phone('rider')]);
    const { body } = await scan(rider, car);

    expect((await other.driver.call('POST', `/ezpay/${body.orderId}/confirm`, {})).body.code).toBe('EZPAY_NOT_FOUND');
    expect((await driver.call('POST', `/ezpay/${body.orderId}/confirm`, {})).body).toMatchObject({
      status: 'CONFIRMED',
      confirmedBy: 'driver',
    });
  });

  it('an unknown car: refused with what to do, in both languages', async () => {
    const { status, body } = await scan(await person('rider'), anyCar());
    expect([status, body.code]).toEqual([404, 'CAR_UNKNOWN']);
    expect(body.actions[0]).toEqual({ id: expect.any(String), en: expect.any(String) });
  });
});

describe('the argo', () => {
  it('[ORD-2] [ORD-12] occupies its driver from start to finish, and ends the trip with its fare', async () => {
    const [{ car, driver }, rider, operator] = await Promise.all([driven(), phone('rider'), person('operator')]);
    const busyBy = async () => ((await driver.call('GET', '/drivers/me')).body.busy as { by?: string } | undefined)?.by;
    await report(reported(car, 'STARTED'));
    await eventually(async () => (await busyBy()) === 'argo');
    const { orderId } = (await scan(rider, car)).body as { orderId: string };
    expect(await busyBy()).toBe('ezpay');
    expect((await driver.call('GET', `/orders/${orderId}`)).body).toMatchObject({ status: 'ACTIVE', car });

    await report(reported(car, 'STOPPED', { sequence: 2, deviceTime: Date.now(), fare: 62_000 }));

    await eventually(() => driver.received.some(({ type, fare }) => type === 'FINISH_PROPOSED' && fare === 62_000));
    expect((await operator.call('GET', `/orders/${orderId}`)).body).toMatchObject({ finishProposed: { fare: 62_000 } });
    await driver.call('POST', `/orders/${orderId}/finish`, { fare: 62_000, inCash: true });
    await eventually(async () => (await busyBy()) === undefined);
  });
});

describe('a device reports', () => {
  it('[EZP-13] late, twice and out of order: the argo is the same, and a poison message delays no other', async () => {
    const { car } = await driven();
    const operator = await person('operator');
    const now = Date.now();
    await report(
      reported(car, 'STOPPED', { sequence: 2, deviceTime: now - 60_000 }),
      { car, kind: 'NONSENSE' },
      reported(car, 'STARTED', { sequence: 1, deviceTime: now - 52 * 60_000 }),
      reported(car, 'STOPPED', { sequence: 2, deviceTime: now - 60_000 }),
    );
    await eventually(async () => (await operator.call('GET', `/cars/${car}/argo`)).body.version === 3);
    expect((await operator.call('GET', `/cars/${car}/argo`)).body).toMatchObject({
      argo: 'STOPPED',
      since: new Date(now - 60_000).toISOString(),
    });
  });
});
