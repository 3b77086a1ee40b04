/** What an order shows of its money and its trip, and how much a driver may enter. */
import { describe, expect, it } from 'vitest';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import { after, type CarId, type DriverId, type Instant, instant } from '../../functions/kernel/types.ts';
import { cancel, finish, open, pickUp, takePayment } from '../../functions/orders/order.decider.ts';
import { type Order, orderRef, type Share } from '../../functions/orders/order.ts';
import { openScanned, proposeFinish, watchTrip } from '../../functions/orders/trip-watch.decider.ts';
import { store } from '../../functions/platform/store.ts';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { driver, operator, orderId, ordersWorld, rider } from './world.ts';

logLines();

const opened = instant(Date.parse('2026-11-21T03:44:00.000Z'));
const at = (minutes: number): Instant => after(opened, minutes * 60_000);
const trip = {
  orderId,
  riderId: rider,
  driverId: 'driver-1' as DriverId,
  serviceLine: 'BB',
  openedAt: opened,
} as const;
type Step = (order: Order | undefined) => ReturnType<typeof open>;

/** The order after these steps, on the model of the table. */
const orderAfter = async (...steps: readonly Step[]) => {
  const world = ordersWorld();
  const orders = store(world.ports, 'State');
  for (const step of steps) await orders.transition(orderRef(orderId), step);
  return world;
};
const share = (values: Partial<Share>): Share => ({
  purpose: 'base',
  method: 'qris',
  amount: rupiah(120_000),
  version: 1,
  left: rupiah(0),
  returning: rupiah(0),
  isOpen: true,
  ...values,
});
const pays =
  (ref: string, values: Partial<Share>): Step =>
  (order) =>
    takePayment(ref, share(values), at(40), order);

describe('[ORD-13] an order shows its money', () => {
  it('what is owed by purpose, what is there, what is to be paid, and its payments in short', async () => {
    const world = await orderAfter(
      (order) => open(trip, order),
      (order) => pickUp(at(5), order),
      (order) => finish({ fare: rupiah(100_000), overtime: rupiah(20_000), extra: rupiah(15_000), at: at(30) }, order),
      pays(`${orderId}-1795232700`, { amount: rupiah(80_000), left: rupiah(80_000), isOpen: false }),
      pays(`${orderId}-1795232800`, { method: 'bca_va', amount: rupiah(55_000) }),
    );
    const { body } = await world.order();
    expect(body).toMatchObject({
      status: 'FINISHED',
      fare: 100_000,
      owed: { base: 100_000, overtime: 20_000, extra: 15_000 },
      paid: 80_000,
      cash: 0,
      toPay: 55_000,
      surplus: 0,
      payments: [
        {
          paymentRef: `${orderId}-1795232700`,
          purpose: 'base',
          method: 'qris',
          amount: 80_000,
          left: 80_000,
          isOpen: false,
        },
        {
          paymentRef: `${orderId}-1795232800`,
          purpose: 'base',
          method: 'bca_va',
          amount: 55_000,
          left: 0,
          isOpen: true,
        },
      ],
    });
    expect(body).not.toHaveProperty('cancellation');
  });

  it('[ORD-6] and what is there beyond what is owed', async () => {
    const world = await orderAfter(
      (order) => open(trip, order),
      (order) => finish({ fare: rupiah(100_000), inCash: true, at: at(30) }, order),
      pays(`${orderId}-1795232700`, { left: rupiah(120_000), isOpen: false }),
    );
    expect((await world.order()).body).toMatchObject({
      status: 'PAID',
      paid: 220_000,
      cash: 100_000,
      toPay: 0,
      surplus: 120_000,
    });
  });

  it('a quoted fare is owed before the trip', async () => {
    const world = await orderAfter((order) => open({ ...trip, serviceLine: 'GB' }, order, rupiah(1_500_000)));
    expect((await world.order()).body).toMatchObject({
      status: 'ACTIVE',
      owed: { base: 1_500_000 },
      toPay: 1_500_000,
    });
  });

  it.each([
    ['is not paid', [], false, 25_000],
    ['is paid', [pays(`${orderId}-1795232700`, { purpose: 'cancellation', left: rupiah(25_000) })], true, 0],
  ] as const)('of a cancelled order the fee, which %s', async (_, more, isPaid, toPay) => {
    const fee = rupiah(25_000);
    const world = await orderAfter(
      (order) => open(trip, order),
      (order) => cancel({ reason: 'changed plans', fee, at: at(3) }, order),
      ...more,
    );
    expect((await world.order()).body).toMatchObject({
      status: 'CANCELLED',
      owed: { cancellation: 25_000 },
      toPay,
      cancellation: { reason: 'changed plans', at: '2026-11-21T03:47:00.000Z', fee: 25_000, isPaid },
    });
  });

  it('of an order that was cancelled free of charge a fee of 0, and nothing to pay', async () => {
    const world = await orderAfter(
      (order) => open(trip, order),
      (order) => cancel({ reason: 'changed plans', at: at(3) }, order),
    );
    expect((await world.order()).body).toMatchObject({
      toPay: 0,
      cancellation: { reason: 'changed plans', fee: 0, isPaid: true },
    });
  });
});

describe('an order shows its trip', () => {
  it('[ORD-1] when its rider was picked up', async () => {
    const world = await orderAfter((order) => open(trip, order));
    expect((await world.order()).body).not.toHaveProperty('pickedUpAt');
    const later = await orderAfter(
      (order) => open(trip, order),
      (order) => pickUp(at(5), order),
    );
    expect((await later.order(driver)).body).toMatchObject({ pickedUpAt: '2026-11-21T03:49:00.000Z' });
  });

  it('[ORD-12] the finish that the argo proposed, and who ends it when nobody has', async () => {
    const scanned: Step = (order) => openScanned({ ...trip, car: 'BB1234' as CarId }, order);
    const stop: Step = (order) => proposeFinish({ stoppedAt: at(30), fare: rupiah(62_500), at: at(31) }, order);
    const finishProposed = { at: '2026-11-21T04:14:00.000Z', fare: 62_500 };
    const world = await orderAfter(scanned, stop);
    expect((await world.order(driver)).body.finishProposed).toEqual(finishProposed);
    const overdue = await orderAfter(
      scanned,
      stop,
      (order) => watchTrip(at(46), order),
      (order) => watchTrip(at(61), order),
    );
    expect((await overdue.order(operator)).body.finishProposed).toEqual({ ...finishProposed, owner: 'operations' });
  });
});

describe('[ORD-13] a driver finishes the trip with more than the fare', () => {
  const accepted = () => orderAfter((order) => open(trip, order));

  it('overtime and extra are owed too', async () => {
    const world = await accepted();
    const body = { fare: 100_000, overtime: 20_000, extra: 15_000 };
    expect((await world.finish(body)).body).toMatchObject({
      order: { fare: 100_000, owed: { base: 100_000, overtime: 20_000, extra: 15_000 }, toPay: 135_000 },
    });
    expect((await world.finish(body)).body).toMatchObject({ alreadyProcessed: true });
    expect(problemOf(await world.finish({ ...body, extra: 0 }))).toMatchObject({
      status: 409,
      code: 'ALREADY_FINISHED',
    });
  });

  it.each([
    [{ overtime: -1 }, 'overtime'],
    [{ extra: 0.5 }, 'extra'],
    [{ extra: '15000' }, 'extra'],
    [{ overtime: 1_000_000_000 }, 'overtime'],
  ])('%j is refused', async (more, field) => {
    expect(problemOf(await (await accepted()).finish({ fare: 100_000, ...more }))).toMatchObject({
      status: 400,
      fields: [field],
    });
  });
});

describe('a fare above the limit of its service line', () => {
  const limits = [
    ['BB', 5_000_000],
    ['SB', 10_000_000],
    ['GB', 50_000_000],
  ] as const;

  it.each(limits)(
    '%s: Rp %d is taken from a driver, one more is refused with the limit and who may',
    async (line, most) => {
      const of = () => orderAfter((order) => open({ ...trip, serviceLine: line }, order));
      expect((await (await of()).finish({ fare: most })).status).toBe(200);
      const world = await of();
      const refusal = await world.finish({ fare: most + 1 });
      expect(problemOf(refusal)).toMatchObject({ status: 422, code: 'FARE_TOO_HIGH' });
      expect(String(refusal.body.detail)).toContain(`Rp ${most}`);
      expect(String(refusal.body.detail)).toContain('operator');
      expect((await world.order()).body.status).toBe('ACTIVE');
      expect((await world.finish({ fare: most + 1 }, operator)).status).toBe(200);
    },
  );

  it('counts overtime and extra', async () => {
    const world = await orderAfter((order) => open(trip, order));
    const body = { fare: 4_999_999, extra: 2 };
    expect(problemOf(await world.finish(body))).toMatchObject({ status: 422, code: 'FARE_TOO_HIGH' });
  });
});
