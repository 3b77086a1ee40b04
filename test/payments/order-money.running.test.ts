/** [ORD-5][ORD-6][ORD-7] An order and its payments on a running stack: whatever comes twice, late or both ways. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/own-stack.ts';
import { fare, type PaymentsStack, paymentsStack } from '../support/payments-stack.ts';

let stack: PaymentsStack;
beforeAll(async () => {
  stack = await paymentsStack();
}, 120_000);
afterAll(() => stack.end());

type Trip = Awaited<ReturnType<PaymentsStack['charged']>>;

const becomes = (orderId: string, status: string): Promise<void> =>
  until(async () => (await stack.order(orderId)) === status);
const statuses = async (orderId: string): Promise<readonly string[]> =>
  (await stack.payments(orderId)).map(({ status }: { readonly status: string }) => status);
const become = (orderId: string, expected: readonly string[]): Promise<void> =>
  until(async () => JSON.stringify(await statuses(orderId)) === JSON.stringify(expected));
const atGateway = async (orderId: string): Promise<readonly string[]> =>
  (await stack.ledger(orderId)).map(({ state }) => state.status);
const pays = (ref: string): Promise<unknown> => stack.gateway('POST', `transactions/${ref}/pay`);
const ofType = async (orderId: string, type: string): Promise<readonly Record<string, unknown>[]> => {
  const { lines } = (await stack.by('operator', 'op', 'GET', `/orders/${orderId}/story`)).body as {
    lines: Record<string, unknown>[];
  };
  return lines.filter((line) => line.type === type);
};
const settlementOf = async ({ orderId, ref, rider }: Trip): Promise<object> => {
  const [line] = await ofType(orderId, 'payment.settled');
  const { id, version, at, transactionId } = line as Record<string, unknown>;
  const payment = { paymentRef: ref, orderId, riderId: rider, method: 'permata_va', amount: fare, captured: false };
  return { type: 'payment.settled', id, version, at, transactionId, ...payment };
};
const inCash = ({ orderId, driver }: Trip) =>
  stack.by('driver', driver, 'POST', `/orders/${orderId}/finish`, { fare, inCash: true });

describe('a settlement that is delivered again', () => {
  it('after its reversal pays nothing', async () => {
    const trip = await stack.charged({ method: 'permata_va' });
    await pays(trip.ref);
    await becomes(trip.orderId, 'PAID');
    const settlement = await settlementOf(trip);
    await stack.gateway('POST', `transactions/${trip.ref}/reverse`);
    await becomes(trip.orderId, 'FINISHED');
    await stack.enqueue('orders', settlement);
    await stack.enqueue('orders', settlement);
    await stack.hooks.idle();
    expect([await stack.order(trip.orderId), await statuses(trip.orderId)]).toEqual(['FINISHED', ['REVERSED']]);
    expect(await ofType(trip.orderId, 'order.paid')).toHaveLength(1);
  });
});

describe('a way to pay that is not owed any more', () => {
  it('is ended at the gateway when the driver took the fare in cash', async () => {
    const trip = await stack.charged();
    expect((await inCash(trip)).status).toBe(200);
    await stack.orderNow(trip.orderId);
    await become(trip.orderId, ['CANCELLED']);
    expect([await stack.order(trip.orderId), await atGateway(trip.orderId)]).toEqual(['PAID', ['cancel']]);
  });

  it('is ended after the gateway was away', async () => {
    const trip = await stack.charged();
    await inCash(trip);
    await stack.fault(trip.orderId, { kind: 'drop', done: false }, { on: 'cancel', next: 3 });
    await stack.orderNow(trip.orderId);
    await until(async () => (await stack.gateway('GET', 'faults')).length === 0);
    expect(await statuses(trip.orderId)).toEqual(['PENDING']);
    await stack.recovered();
    await stack.orderNow(trip.orderId);
    await become(trip.orderId, ['CANCELLED']);
  });
});

describe('more money than is owed', () => {
  it('in cash and by two payments: both go back, each by one refund', async () => {
    const trip = await stack.charged({ method: 'gopay', amount: 50_000 });
    const { body } = await stack.charge(trip, { method: 'bca_va' });
    await inCash(trip);
    await pays(trip.ref);
    await pays(body.ref as string);
    await become(trip.orderId, ['PAID', 'PAID']);
    await stack.orderNow(trip.orderId);
    const refunds = async () =>
      (await stack.payments(trip.orderId)).flatMap((one: { readonly refunds: readonly object[] }) => one.refunds);
    await until(async () => (await refunds()).length === 2);
    expect(await refunds()).toMatchObject([
      { key: `surplus-${trip.ref}`, amount: 50_000 },
      { key: `surplus-${body.ref}`, amount: fare - 50_000, status: 'MANUAL', owner: 'finance' },
    ]);
    expect(await stack.order(trip.orderId)).toBe('PAID');
  });

  it('in cash and with the app: the payment goes back', async () => {
    const trip = await stack.charged({ method: 'gopay' });
    await inCash(trip);
    await pays(trip.ref);
    await become(trip.orderId, ['PAID']);
    await stack.orderNow(trip.orderId);
    await until(async () => (await stack.payments(trip.orderId))[0].refunds.length === 1);
    const [{ refunds }] = await stack.payments(trip.orderId);
    expect(refunds).toMatchObject([{ key: `surplus-${trip.ref}`, amount: fare }]);
    expect(await stack.order(trip.orderId)).toBe('PAID');
  });
});

describe('money that goes back and comes again', () => {
  it('refunded, then paid again: the new payment pays the order', async () => {
    const trip = await stack.charged({ method: 'gopay' });
    await pays(trip.ref);
    await becomes(trip.orderId, 'PAID');
    const path = `/payments/${trip.ref}/refund`;
    await stack.as('operator', 'op', 'POST', path, { reason: 'wrong car' }, { 'idempotency-key': 'again-1' });
    await becomes(trip.orderId, 'FINISHED');
    const { body } = await stack.charge(trip, { method: 'bca_va' });
    await pays(body.ref as string);
    await becomes(trip.orderId, 'PAID');
    expect(await statuses(trip.orderId)).toEqual(['REFUNDED', 'PAID']);
    expect((await ofType(trip.orderId, 'order.surplus')).length).toBe(0);
  });

  it('two payments of a part each pay the order together', async () => {
    const trip = await stack.finishedTrip();
    const [first, second] = [
      (await stack.charge(trip, { method: 'gopay', amount: 50_000 })).body,
      (await stack.charge(trip, { method: 'bca_va' })).body,
    ];
    expect([first.amount, second.amount]).toEqual([50_000, fare - 50_000]);
    await pays(first.ref as string);
    await become(trip.orderId, ['PAID', 'PENDING']);
    expect(await stack.order(trip.orderId)).toBe('FINISHED');
    await pays(second.ref as string);
    await becomes(trip.orderId, 'PAID');
  });
});
