/** A confirmed scan is an order like any other: finished with its fare, paid with the app or in cash. */
import { describe, expect, it } from 'vitest';
import { readStory } from '../../functions/ops/story.store.ts';
import { compose as composeStory } from '../../functions/platform/story.compose.ts';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { streamed } from '../support/queue.ts';
import { car, operator, orderId, ordersWorld, paymentRef, rider, settled } from './world.ts';

const lines = logLines();
const fare = 60_000;
const paid = settled({ amount: fare });

/** Confirmed by the argo, with `driver-1` at the wheel. */
const hailed = async () => {
  const world = ordersWorld();
  await world.drivenBy('driver-1');
  await world.argoStarts();
  await world.scan();
  return world;
};

describe('a confirmed scan', () => {
  it('[EZP-4] opens one order, with its customer, its car, its driver and the payment method of the scan', async () => {
    const world = await hailed();
    const [confirmed = {}] = world.published('EZPAY');
    expect(confirmed).toMatchObject({ type: 'ezpay.confirmed', by: 'argo' });
    expect(await world.deliver(confirmed, confirmed)).toEqual([]);
    expect(world.stored()).toMatchObject({
      version: 1,
      state: { status: 'ACTIVE', riderId: rider, driverId: 'driver-1', car, paymentMethod: 'qris', serviceLine: 'BB' },
    });
  });

  it('is finished before its event has come, and paid like any other', async () => {
    const world = await hailed();
    expect((await world.finish({ fare })).body).toMatchObject({
      order: { status: 'FINISHED', fare, car, paymentMethod: 'qris' },
    });
    await world.deliver(...world.published('EZPAY'));
    expect((await world.pay()).status).toBe(201);
    world.money('settlement', fare);
    await world.deliver(paid);
    expect(world.stored()?.state).toMatchObject({ status: 'PAID', paymentRef });
    expect((await world.order()).body).toMatchObject({
      status: 'PAID',
      paymentRef,
      paidAt: '2026-11-21T03:50:00.000Z',
    });
  });

  it('[EZP-4] that the driver confirmed is the order of this driver, also when another drives it later', async () => {
    const world = ordersWorld();
    await world.drivenBy('driver-1');
    await world.scan('async');
    await world.answerScan(true);
    await world.drivenBy('driver-2');
    await world.deliver(...world.published('EZPAY'));
    expect(world.stored()?.state.driverId).toBe('driver-1');
  });

  it.each(['WAITING', 'REFUSED', 'CANCELLED'] as const)(
    'that is %s instead is not an order, and nothing is charged',
    async (status) => {
      const world = await hailed();
      const confirmed = world.published('EZPAY');
      const other = ordersWorld();
      await other.drivenBy('driver-1');
      await other.scan(status === 'REFUSED' ? 'strict' : 'async');
      if (status === 'CANCELLED') await other.answerScan(false);
      await other.deliver(...confirmed);
      expect(other.stored()).toBeUndefined();
      expect(problemOf(await other.finish({ fare }))).toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND' });
      expect(problemOf(await other.pay())).toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND' });
    },
  );

  it('in a car whose driver is not known is finished by the driver who drives it then, and by no other', async () => {
    const world = ordersWorld();
    await world.argoStarts();
    await world.scan();
    await world.deliver(...world.published('EZPAY'));
    expect(world.stored()?.state.driverId).toBeUndefined();
    expect(problemOf(await world.finish({ fare }))).toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND' });
    await world.drivenBy('driver-1');
    const other = { sub: 'driver-2', roles: ['driver'] };
    expect(problemOf(await world.finish({ fare }, other))).toMatchObject({ status: 404 });
    expect((await world.finish({ fare })).status).toBe(200);
    expect(world.stored()?.state).toMatchObject({ status: 'FINISHED', driverId: 'driver-1' });
  });

  it('whose driver is never known is finished by an operator, and frees no driver', async () => {
    const world = ordersWorld();
    await world.argoStarts();
    await world.scan();
    expect((await world.finish({ fare }, operator)).body).toMatchObject({ order: { status: 'FINISHED' } });
    expect(await world.deliver(...world.published('ORDER'))).toEqual([]);
    expect(lines.all().filter(({ command }) => command === 'free-driver')).toEqual([]);
  });
});

describe('a fare in cash', () => {
  const cash = { fare, inCash: true };

  it('pays the order in the write that finishes it, once', async () => {
    const world = await hailed();
    expect((await world.finish(cash)).body).toMatchObject({
      alreadyProcessed: false,
      order: { status: 'PAID', paymentRef: `${orderId}-cash` },
    });
    expect(world.stored()?.version).toBe(2);
    expect((await world.finish(cash)).body).toMatchObject({ alreadyProcessed: true });
    expect([lines.metric('OrderFinished'), lines.metric('OrderPaidInCash')]).toEqual([[1], [1]]);
  });

  it('[GNT-6] leaves both facts in the story: the trip that was finished, and the fare that was paid', async () => {
    const world = await hailed();
    await world.finish(cash);
    const item = world.table.read('State', { pk: `ORDER#${orderId}`, sk: 'ORDER' });
    const story = composeStory(world.ports, world.env);
    // The stream repeats a record after a failure: the story is the same.
    for (let delivery = 1; delivery <= 2; delivery += 1) await story(streamed([item]) as never);
    const lines = await readStory(world.ports.dynamo, 'Story')(orderId);
    expect(lines.map(({ kind, type, id, fare, method }) => [kind, type, id, fare, method])).toEqual([
      ['event', 'order.finished', `${orderId}/ORDER/2`, fare, undefined],
      ['event', 'order.paid', `${orderId}/ORDER/2.2`, fare, 'cash'],
    ]);
  });

  it('pays an order that was finished before; nothing is left to pay with the app', async () => {
    const world = await hailed();
    await world.finish({ fare });
    expect((await world.finish(cash)).body).toMatchObject({ order: { status: 'PAID' } });
    expect(problemOf(await world.pay())).toMatchObject({ status: 409, code: 'NOTHING_OWED' });
  });

  it('of an order that is paid with the app is refused: the driver gives it back', async () => {
    const world = await hailed();
    await world.finish({ fare });
    world.money('settlement', fare);
    await world.deliver(paid);
    expect(problemOf(await world.finish(cash))).toMatchObject({ status: 409, code: 'ALREADY_PAID' });
    expect((await world.finish({ fare })).body).toMatchObject({ alreadyProcessed: true });
  });

  it('[ORD-6] and with the app too: the payment is a surplus, and the cash still counts', async () => {
    const world = await hailed();
    await world.finish(cash);
    world.money('settlement', fare);
    await world.deliver(paid);
    expect(world.stored()?.state).toMatchObject({ status: 'PAID', paymentRef: `${orderId}-cash` });
    expect(world.published('ORDER')).toMatchObject([{ type: 'order.surplus', surplus: fare }]);
  });

  it('is stated with true or false', async () => {
    const world = await hailed();
    expect(problemOf(await world.finish({ fare, inCash: 'yes' }))).toMatchObject({ status: 400, fields: ['inCash'] });
  });
});
