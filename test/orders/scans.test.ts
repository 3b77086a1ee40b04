/** A confirmed scan is an order like any other: finished with its fare, paid with the app or in cash. */
import { describe, expect, it } from 'vitest';
import { ezpayConfirmed } from '../../events/ezpay.ts';
import { dispatchDeps, reportDriver } from '../../functions/dispatch/commands.ts';
import { answerScan, changeArgo, ezpayDeps, scanCar } from '../../functions/ezpay/commands.ts';
import type { Mode } from '../../functions/ezpay/ezpay.ts';
import { check } from '../../functions/kernel/schema.ts';
import type { CarId, DriverId, RiderId } from '../../functions/kernel/types.ts';
import { iso } from '../../functions/kernel/types.ts';
import { readStory } from '../../functions/ops/story.store.ts';
import { orderFact, orderFacts } from '../../functions/orders/events.worker.ts';
import { story } from '../../functions/platform/story.ts';
import { changeFrom } from '../../functions/platform/stream-reader.ts';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { clientOf } from '../support/memory-table.ts';
import { orderId, ref, rider } from '../support/payments.ts';
import { driver, operator, paymentsApi } from '../support/payments-api.ts';
import { streamed } from '../support/queue.ts';

const lines = logLines();
const car = 'BB1234' as CarId;
const params = { id: orderId };
type Api = ReturnType<typeof paymentsApi>;
type Stored = { readonly version: number; readonly state: Readonly<Record<string, unknown>> };

const street = () => {
  const api = paymentsApi();
  const client = clientOf(api.table);
  const deps = ezpayDeps(client, 'State');
  const at = api.now();
  const seenBy = async (who: string) => {
    await reportDriver(dispatchDeps(client, 'State'), { driverId: who as DriverId, onDuty: true, car, at });
    await changeArgo(deps, car, { type: 'drive', driverId: who as DriverId, drives: true, at });
  };
  const starts = () =>
    changeArgo(deps, car, {
      type: 'report',
      event: { device: 'meter-1', sequence: 1, kind: 'STARTED', deviceTime: at, receivedAt: at },
      at,
    });
  const scan = (mode: Mode = 'strict') =>
    scanCar(deps, {
      orderId,
      customerId: rider as RiderId,
      car,
      paymentMethod: 'qris',
      scannedAt: at,
      mode,
      windowMs: 300_000,
      answerMs: 600_000,
    });
  return { ...api, deps: { ...api.deps, ...deps }, seenBy, starts, scan };
};
const stored = (api: Api) => api.table.read('State', { pk: `ORDER#${orderId}`, sk: 'ORDER' }) as Stored | undefined;
const confirmed = (api: Api) => ({
  id: `${orderId}/EZPAY/1`,
  type: 'ezpay.confirmed',
  version: 1,
  at: iso(api.now()),
  orderId,
  riderId: rider,
  car,
  mode: 'strict',
  scannedAt: iso(api.now()),
  by: 'argo',
  paymentMethod: 'qris',
  waitedMs: 0,
});
const told = (api: Api, fact: object) => orderFacts(api.deps)(check(orderFact, fact));
const settled = (api: Api) => ({
  id: `${ref}/PAYMENT/3`,
  type: 'payment.settled',
  orderId,
  paymentRef: ref,
  riderId: rider,
  method: 'qris',
  amount: 60_000,
  version: 3,
  at: iso(api.now()),
  transactionId: 'tx-1',
  captured: false,
});
const finish = (api: Api, body: object, who: object = driver) =>
  api.ask('POST /orders/{id}/finish', { params, body, ...who });

/** Confirmed, with `driver-1` at the wheel. */
const hailed = async () => {
  const api = street();
  await api.seenBy('driver-1');
  await api.starts();
  await api.scan();
  return api;
};

describe('a confirmed scan', () => {
  it('[EZP-4] is an order, opened once, with its customer, its car, its driver and how he wants to pay', async () => {
    const api = await hailed();
    expect(ezpayConfirmed.safeParse(confirmed(api)).success).toBe(true);
    await told(api, confirmed(api));
    await told(api, confirmed(api));
    expect(stored(api)).toMatchObject({
      version: 1,
      state: { status: 'ACTIVE', riderId: rider, driverId: 'driver-1', car, paymentMethod: 'qris', serviceLine: 'BB' },
    });
  });

  it('is finished before its event has come, and paid like any other', async () => {
    const api = await hailed();
    expect((await finish(api, { fare: 60_000 })).body).toMatchObject({
      order: { status: 'FINISHED', fare: 60_000, car },
    });
    await told(api, confirmed(api));
    expect((await api.pay({ method: 'qris' }, 'key-1')).status).toBe(201);
    await told(api, settled(api));
    expect(stored(api)?.state).toMatchObject({ status: 'PAID', paymentRef: ref });
  });

  it('[EZP-4] by the driver’s word is the order of the driver who gave it', async () => {
    const api = street();
    await api.seenBy('driver-1');
    await api.scan('async');
    await answerScan(api.deps, orderId, { driverId: 'driver-1' as DriverId, confirmed: true, at: api.now() });
    await api.seenBy('driver-2');
    await told(api, { ...confirmed(api), by: 'driver', driverId: 'driver-1' });
    expect(stored(api)?.state.driverId).toBe('driver-1');
  });

  it.each(['WAITING', 'REFUSED', 'CANCELLED'] as const)(
    'that is %s instead is no order, and nothing is charged',
    async (status) => {
      const api = street();
      await api.seenBy('driver-1');
      await api.scan(status === 'REFUSED' ? 'strict' : 'async');
      if (status === 'CANCELLED')
        await answerScan(api.deps, orderId, { driverId: 'driver-1' as DriverId, confirmed: false, at: api.now() });
      await told(api, confirmed(api));
      expect(stored(api)).toBeUndefined();
      expect(problemOf(await finish(api, { fare: 60_000 }))).toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND' });
      expect(problemOf(await api.pay({ method: 'qris' }))).toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND' });
    },
  );

  it('in a car nobody is known to drive is finished by whoever drives it then, and by no other driver', async () => {
    const api = street();
    await api.starts();
    await api.scan();
    await told(api, confirmed(api));
    expect(stored(api)?.state.driverId).toBeUndefined();
    expect(problemOf(await finish(api, { fare: 60_000 }))).toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND' });
    await api.seenBy('driver-1');
    expect(problemOf(await finish(api, { fare: 60_000 }, { sub: 'driver-2', roles: ['driver'] }))).toMatchObject({
      status: 404,
    });
    expect((await finish(api, { fare: 60_000 })).status).toBe(200);
    expect(stored(api)?.state).toMatchObject({ status: 'FINISHED', driverId: 'driver-1' });
  });

  it('whose driver is never known is finished by an operator', async () => {
    const api = street();
    await api.starts();
    await api.scan();
    const { body } = await finish(api, { fare: 60_000 }, operator);
    expect(body).toMatchObject({ order: { status: 'FINISHED' } });
    await told(api, { ...settled(api), type: 'order.finished', id: `${orderId}/ORDER/2`, fare: 60_000 });
  });
});

describe('a fare in cash', () => {
  it('pays the order in the write that finishes it', async () => {
    const api = await hailed();
    expect((await finish(api, { fare: 60_000, inCash: true })).body).toMatchObject({
      alreadyProcessed: false,
      order: { status: 'PAID', paymentRef: `${orderId}-cash` },
    });
    expect(stored(api)?.version).toBe(2);
    expect((await finish(api, { fare: 60_000, inCash: true })).body).toMatchObject({ alreadyProcessed: true });
    expect(lines.metric('OrderPaidInCash')).toEqual([1]);
  });

  it('[GNT-6] leaves both in the story: the trip that was finished, and the fare that was paid', async () => {
    const api = await hailed();
    await finish(api, { fare: 60_000, inCash: true });
    const [record] = streamed([api.table.read('State', { pk: `ORDER#${orderId}`, sk: 'ORDER' })]).Records;
    await story(clientOf(api.table), 'Story')(record ? [changeFrom(record)] : []);
    const events = (await readStory(clientOf(api.table), 'Story')(orderId)).filter(({ kind }) => kind === 'event');
    expect(events.map(({ type, id }) => [type, id])).toEqual([
      ['order.finished', `${orderId}/ORDER/2`],
      ['order.paid', `${orderId}/ORDER/2.2`],
    ]);
  });

  it('pays an order that was finished before; nothing is left to pay with the app', async () => {
    const api = await hailed();
    await finish(api, { fare: 60_000 });
    expect((await finish(api, { fare: 60_000, inCash: true })).body).toMatchObject({ order: { status: 'PAID' } });
    expect(problemOf(await api.pay({ method: 'qris' }))).toMatchObject({ status: 409, code: 'ALREADY_PAID' });
  });

  it('of an order that is paid with the app is refused: the driver gives it back', async () => {
    const api = await hailed();
    await finish(api, { fare: 60_000 });
    await told(api, settled(api));
    expect(problemOf(await finish(api, { fare: 60_000, inCash: true }))).toMatchObject({
      status: 409,
      code: 'ALREADY_PAID',
    });
    expect((await finish(api, { fare: 60_000 })).body).toMatchObject({ alreadyProcessed: true });
  });

  it('and with the app too: the settlement is refused with an alarm, and the order stays as it is', async () => {
    const api = await hailed();
    await finish(api, { fare: 60_000, inCash: true });
    await told(api, settled(api));
    expect(stored(api)?.state).toMatchObject({ status: 'PAID', paymentRef: `${orderId}-cash` });
    expect(lines.metric('OrderFactRefused')).toEqual([1]);
    expect(lines.all().at(-1)).toMatchObject({ code: 'PAID_IN_CASH' });
  });

  it('is said with true or false', async () => {
    const api = await hailed();
    expect(problemOf(await finish(api, { fare: 60_000, inCash: 'yes' }))).toMatchObject({
      status: 400,
      fields: ['inCash'],
    });
  });
});
