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
    expect(world.stored()).toMatchObject({ version: 2, state: { status: 'FINISHED' } });
    expect(lines.metric('OrderFactRefused')).toEqual([1]);
    expect(lines.named('Decided').at(-1)).toMatchObject({ command: 'cancel', code: 'ALREADY_FINISHED' });
  });
});

describe('a finished trip', () => {
  it('frees its driver', async () => {
    const world = await finished();
    expect(world.busyWith()).toBe(orderId);
    await world.deliver(...world.published('ORDER'));
    expect(world.busyWith()).toBeUndefined();
  });
});

describe('[PAY-7] a settled payment', () => {
  it('pays its order with one write, once', async () => {
    const world = await finished();
    await world.deliver(settled());
    expect(lines.metric('OrderPaid')).toEqual([1]);
    await world.deliver(settled());
    expect(world.stored()).toMatchObject({
      version: 3,
      state: { status: 'PAID', paymentRef, paidAt: Date.parse('2026-11-21T03:50:00.000Z') },
    });
    expect(world.published('ORDER')).toMatchObject([{ type: 'order.paid', fare: 120_000, paymentRef, method: 'qris' }]);
    expect(lines.metric('OrderPaid')).toEqual([1]);
  });

  it('of an order that another payment has paid is refused with an alarm: one of them must go back', async () => {
    const world = await finished();
    await world.deliver(settled(), settled(otherPayment));
    expect(world.stored()).toMatchObject({ version: 3, state: { status: 'PAID', paymentRef } });
    expect(lines.metric('OrderFactRefused')).toEqual([1]);
    const last = { level: 'WARN', command: 'mark-paid', outcome: 'refused', code: 'PAID_TWICE', status: 'PAID' };
    expect(lines.named('Decided').at(-1)).toMatchObject(last);
  });

  it('of another amount does not pay it', async () => {
    const world = await finished();
    await world.deliver(settled({ amount: 100_000 }));
    expect(world.stored()?.state.status).toBe('FINISHED');
    expect(lines.metric('OrderFactRefused')).toEqual([1]);
    expect(lines.named('Decided').at(-1)).toMatchObject({ code: 'OTHER_AMOUNT' });
  });

  it('of an order without a fare does not pay it', async () => {
    const world = await accepted();
    await world.deliver(...world.published('RIDE'), settled());
    expect(world.stored()).toMatchObject({ version: 1, state: { status: 'ACTIVE' } });
    expect(lines.named('Decided').at(-1)).toMatchObject({ code: 'NOT_FINISHED' });
  });

  it('that comes before its order waits for it', async () => {
    const world = ordersWorld();
    expect(await world.deliver(settled())).toEqual([settled()]);
    expect(world.delayed).toHaveLength(1);
    expect(lines.named('Message failed, left for a retry')).toHaveLength(1);
  });
});

describe('[PAY-9] a reversed payment', () => {
  it('makes the order it had paid unpaid, once', async () => {
    const world = await finished();
    await world.deliver(settled());
    await world.deliver(reversed(), reversed());
    expect(world.stored()).toMatchObject({ version: 4, state: { status: 'FINISHED', fare: 120_000 } });
    expect(world.stored()?.state).not.toHaveProperty('paymentRef');
    expect(world.stored()?.state).not.toHaveProperty('paidAt');
    expect(world.published('ORDER')).toMatchObject([{ type: 'order.unpaid', fare: 120_000, paymentRef }]);
    expect(lines.metric('OrderUnpaid')).toEqual([1]);
  });

  it('leaves an order paid that another payment has paid', async () => {
    const world = await finished();
    await world.deliver(settled(), reversed(otherPayment));
    expect(world.stored()).toMatchObject({ version: 3, state: { status: 'PAID', paymentRef } });
  });

  it('leaves an order that is not paid as it is', async () => {
    const world = await finished();
    await world.deliver(reversed());
    expect(world.stored()).toMatchObject({ version: 2, state: { status: 'FINISHED' } });
    expect(lines.metric('OrderFactRefused')).toEqual([]);
  });

  it('of an order that does not exist is refused', async () => {
    const world = ordersWorld();
    expect(await world.deliver(reversed())).toEqual([]);
    expect(lines.named('Decided')).toMatchObject([{ outcome: 'refused', code: 'ORDER_NOT_FOUND' }]);
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
