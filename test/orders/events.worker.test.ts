/** What rides and payments mean for an order: opened, cancelled, paid, to be paid again. */
import { describe, expect, it } from 'vitest';
import { logLines } from '../support/log.ts';
import { orderId, ordersWorld, paymentRef, reversed, rider, settled } from './world.ts';

const lines = logLines();
const otherPayment = { paymentRef: `${orderId}-1795232999` };

const accepted = async () => {
  const world = ordersWorld();
  await world.ride();
  await world.accepted();
  return world;
};
const finished = async () => {
  const world = await accepted();
  await world.pickedUp();
  await world.finish();
  return world;
};

describe('an accepted ride', () => {
  it('opens its order, once', async () => {
    const world = await accepted();
    const [event = {}] = world.published('RIDE');
    expect(await world.deliver(event, event)).toEqual([]);
    expect(world.stored()).toMatchObject({
      version: 1,
      state: { status: 'ACTIVE', riderId: rider, driverId: 'driver-1', serviceLine: 'BB' },
    });
    expect(world.published('ORDER')).toMatchObject([{ type: 'order.opened', driverId: 'driver-1', serviceLine: 'BB' }]);
    expect(lines.named('Decided')).toMatchObject([{ orderId, command: 'open', outcome: 'happened' }, {}]);
  });

  it('finds its order open when a command needed it before the event came', async () => {
    const world = await accepted();
    expect((await world.order()).body).toMatchObject({ status: 'ACTIVE', version: 1 });
    await world.deliver(...world.published('RIDE'));
    expect(world.stored()?.version).toBe(1);
  });

  it('opens no order while it is not accepted', async () => {
    const world = ordersWorld();
    await world.ride();
    expect((await world.order()).status).toBe(404);
    expect(world.stored()).toBeUndefined();
  });
});

describe('a cancelled ride', () => {
  const cancelled = { type: 'ride.cancelled', id: `${orderId}/RIDE/3`, version: 3, at: '2026-11-21T03:45:00.000Z' };
  const event = { ...cancelled, rideId: orderId, riderId: rider, by: 'rider', reason: 'late', withdrawn: [] };

  it('cancels its order, once', async () => {
    const world = await accepted();
    await world.deliver(...world.published('RIDE'));
    await world.deliver({ ...event, countsAgainstDriver: false }, { ...event, countsAgainstDriver: false });
    expect(world.stored()).toMatchObject({ version: 2, state: { status: 'CANCELLED', reason: 'late' } });
    expect(world.published('ORDER')).toMatchObject([{ type: 'order.cancelled', reason: 'late' }]);
    expect(await world.finish()).toMatchObject({ status: 409, body: { code: 'ORDER_CANCELLED' } });
  });

  it('changes nothing when its order was never opened', async () => {
    const world = ordersWorld();
    expect(await world.deliver({ ...event, countsAgainstDriver: false })).toEqual([]);
    expect(world.stored()).toBeUndefined();
  });

  it('does not take back a trip that is finished: the refusal alarms', async () => {
    const world = await finished();
    await world.deliver({ ...event, countsAgainstDriver: false });
    expect(world.stored()).toMatchObject({ version: 3, state: { status: 'FINISHED' } });
    expect(lines.metric('OrderFactRefused')).toEqual([1]);
    expect(lines.named('Decided').at(-1)).toMatchObject({ command: 'cancel', code: 'ALREADY_FINISHED' });
  });
});

describe('a finished trip', () => {
  it('[ORD-1] has freed its driver in the same write, and its event changes nothing', async () => {
    const world = await finished();
    expect(world.busyWith()).toBeUndefined();
    await world.deliver(...world.published('ORDER'));
    expect(world.busyWith()).toBeUndefined();
  });
});

describe('[PAY-7] a settled payment', () => {
  it('pays its order with one write, once', async () => {
    const world = await finished();
    world.money('settlement');
    await world.deliver(settled());
    expect(lines.metric('OrderPaid')).toEqual([1]);
    await world.deliver(settled());
    expect(world.stored()).toMatchObject({
      version: 4,
      state: { status: 'PAID', paymentRef, paidAt: Date.parse('2026-11-21T03:50:00.000Z') },
    });
    expect(world.published('ORDER')).toMatchObject([{ type: 'order.paid', fare: 120_000, paymentRef, method: 'qris' }]);
    expect(lines.metric('OrderPaid')).toEqual([1]);
  });

  it('[ORD-6] of an order that another payment has paid is a surplus', async () => {
    const world = await finished();
    world.money('settlement');
    await world.deliver(settled());
    world.money('settlement', 120_000, otherPayment.paymentRef);
    await world.deliver(settled(otherPayment));
    expect(world.stored()).toMatchObject({ version: 5, state: { status: 'PAID', paymentRef } });
    expect(world.published('ORDER')).toMatchObject([{ type: 'order.surplus', surplus: 120_000 }]);
    expect(lines.metric('OrderSurplus')).toEqual([1]);
  });

  it('[ORD-5] of a part does not pay it, and the rest does', async () => {
    const world = await finished();
    world.money('settlement', 100_000);
    await world.deliver(settled({ amount: 100_000 }));
    expect(world.stored()?.state.status).toBe('FINISHED');
    world.money('settlement', 20_000, otherPayment.paymentRef);
    await world.deliver(settled({ ...otherPayment, amount: 20_000 }));
    expect(world.stored()?.state).toMatchObject({ status: 'PAID', paymentRef });
  });

  it('[ORD-6] of an order without a fare is a surplus', async () => {
    const world = await accepted();
    world.money('settlement');
    await world.deliver(...world.published('RIDE'), settled());
    expect(world.stored()).toMatchObject({ version: 2, state: { status: 'ACTIVE' } });
    expect(world.published('ORDER')).toMatchObject([{ type: 'order.surplus', surplus: 120_000 }]);
  });

  it('[ORD-5] of which the order knows more than its event is not paid by it: the money was reversed', async () => {
    const world = await finished();
    world.money('settlement');
    await world.deliver(settled());
    world.money('deny');
    await world.deliver(reversed(), settled(), reversed(), settled());
    expect(world.stored()).toMatchObject({ version: 5, state: { status: 'FINISHED' } });
    expect(lines.metric('OrderPaid')).toEqual([1]);
  });
});

describe('[PAY-9] a reversed payment', () => {
  it('makes the order it had paid unpaid, once', async () => {
    const world = await finished();
    world.money('settlement');
    await world.deliver(settled());
    world.money('deny');
    await world.deliver(reversed(), reversed());
    expect(world.stored()).toMatchObject({ version: 5, state: { status: 'FINISHED', fare: 120_000 } });
    expect(world.stored()?.state).not.toHaveProperty('paymentRef');
    expect(world.stored()?.state).not.toHaveProperty('paidAt');
    expect(world.published('ORDER')).toMatchObject([{ type: 'order.unpaid', fare: 120_000, paymentRef }]);
    expect(lines.metric('OrderUnpaid')).toEqual([1]);
  });

  it('[ORD-5] leaves an order paid that another payment has paid, and hands over to it', async () => {
    const world = await finished();
    world.money('settlement');
    world.money('settlement', 120_000, otherPayment.paymentRef);
    await world.deliver(settled(), settled(otherPayment));
    world.money('deny');
    await world.deliver(reversed());
    expect(world.stored()).toMatchObject({ state: { status: 'PAID', ...otherPayment } });
    expect(lines.metric('OrderUnpaid')).toEqual([]);
  });

  it('of an order that does not exist changes nothing', async () => {
    const world = ordersWorld();
    expect(await world.deliver(reversed())).toEqual([]);
    expect(world.stored()).toBeUndefined();
  });
});

describe('an event that an order does not follow', () => {
  it('is parked with the reason', async () => {
    const world = ordersWorld();
    expect(await world.deliver(settled({ amount: '120000' }), settled({ type: 'payment.denied' }))).toEqual([]);
    const parked = world.sent.filter(({ queue }) => queue === 'own-dead-letters');
    expect(parked.map(({ attributes }) => attributes.reason)).toEqual([
      expect.stringContaining('amount'),
      expect.stringContaining('type'),
    ]);
  });
});
