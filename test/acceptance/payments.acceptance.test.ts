/** Money, seen from outside: a trip is finished, charged and paid at the gateway; each report counts once. */
import { createHash, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { midtransKey } from '../../local/gateway/own-key.ts';
import { type Answer, eventually, type Person, person, rideBody, stack, storyOf } from './support/stack.ts';

const gateway = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
  const response = await fetch(`${stack().midtrans}/_sim/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
};

type Trip = {
  readonly orderId: string;
  readonly rider: Person;
  readonly driver: Person;
  readonly charge: (body: object, key?: string) => Promise<Answer>;
};

/** A trip that is over and costs `fare` rupiah. */
const finished = async (fare = 87_000): Promise<Trip> => {
  const [rider, driver] = await Promise.all([person('rider'), person('driver')]);
  const { body: ride } = await rider.call('POST', '/rides', rideBody([driver]));
  const orderId = ride.rideId as string;
  await driver.call('POST', `/rides/${orderId}/accept`);
  await driver.call('POST', `/rides/${orderId}/pick-up`);
  expect(await driver.call('POST', `/orders/${orderId}/finish`, { fare })).toMatchObject({
    status: 200,
    body: { order: { status: 'FINISHED' } },
  });
  const charge = (body: object, key: string = randomUUID()) =>
    rider.call('POST', `/orders/${orderId}/payments`, body, { 'idempotency-key': key });
  return { orderId, rider, driver, charge };
};

const paymentsOf = async ({ rider, orderId }: Trip) =>
  (await rider.call('GET', `/orders/${orderId}/payments`)).body.payments as Record<string, unknown>[];
const isPaid = async (trip: Trip): Promise<boolean> => (await paymentsOf(trip)).some(({ status }) => status === 'PAID');
const countOf = async ({ orderId }: Trip, type: string): Promise<number> =>
  (await storyOf(orderId)).filter((line) => line.type === type).length;

const sign = (body: Record<string, string>) =>
  createHash('sha512').update(`${body.order_id}${body.status_code}${body.gross_amount}${midtransKey()}`).digest('hex');
const notification = (ref: string, more: Record<string, string> = {}) => {
  const body: Record<string, string> = {
    transaction_time: '2026-11-21 12:00:00',
    transaction_status: 'settlement',
    transaction_id: randomUUID(),
    status_message: 'midtrans payment notification',
    status_code: '200',
    order_id: ref,
    merchant_id: 'G700000001',
    gross_amount: '87000.00',
    currency: 'IDR',
    payment_type: 'bank_transfer',
    ...more,
  };
  return { ...body, signature_key: more.signature_key ?? sign(body) };
};
const post = async (body: unknown): Promise<number> =>
  (
    await fetch(stack().webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  ).status;

describe('when a trip is paid at the gateway', () => {
  it.each(['bca_va', 'permata_va', 'mandiri_bill', 'qris', 'gopay'])(
    '[PAY-7] by %s, its order is PAID without anybody asking',
    async (method) => {
      const trip = await finished();
      const charged = await trip.charge({ method });
      expect(charged).toMatchObject({ status: 201, body: { status: 'PENDING', amount: 87_000 } });

      await gateway('POST', `transactions/${charged.body.ref}/pay`);

      await eventually(() => isPaid(trip));
      await eventually(async () => (await countOf(trip, 'order.paid')) === 1);
    },
  );

  it('[PAY-1] the same charge, sent five times at once, is one payment at the gateway', async () => {
    const trip = await finished();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 5 }, () => trip.charge({ method: 'bni_va' }, key)));

    expect(new Set(answers.filter(({ status }) => status < 300).map(({ body }) => body.ref)).size).toBe(1);
    expect(await paymentsOf(trip)).toHaveLength(1);
    const made = (await gateway('GET', 'transactions')) as unknown as { orderId: string }[];
    expect(made.filter(({ orderId }) => orderId.startsWith(trip.orderId))).toHaveLength(1);
  });

  it('[PAY-3] another charge is made only after the pending one was cancelled at the gateway', async () => {
    const trip = await finished();
    const first = await trip.charge({ method: 'bri_va' });
    const second = await trip.charge({ method: 'qris' });
    expect([first.status, second.status]).toEqual([201, 201]);
    const made = (await gateway('GET', 'transactions')) as unknown as { orderId: string; state: { status: string } }[];
    const states = Object.fromEntries(
      made
        .filter(({ orderId }) => orderId.startsWith(trip.orderId))
        .map(({ orderId, state }) => [orderId, state.status]),
    );
    expect(states).toEqual({ [first.body.ref]: 'cancel', [second.body.ref]: 'pending' });
  });
});

describe('when the gateway’s notifications come as they please', () => {
  it('[PAY-4] one that comes, already paid, before the charge has answered is joined to its payment', async () => {
    const trip = await finished();
    await gateway('POST', 'faults', { fault: { kind: 'early', pay: true }, order: `${trip.orderId}*` });

    const charged = await trip.charge({ method: 'qris' });

    expect(charged.status).toBe(201);
    await eventually(() => isPaid(trip));
    await eventually(async () => (await countOf(trip, 'order.paid')) === 1);
  });

  it('[PAY-5] a settlement that overtakes its "pending" is not taken back', async () => {
    const trip = await finished();
    await gateway('POST', 'faults', { fault: { kind: 'reorder' }, when: 'pending', order: `${trip.orderId}*` });
    const charged = await trip.charge({ method: 'cimb_va' });
    await gateway('POST', `transactions/${charged.body.ref}/pay`);
    await eventually(() => isPaid(trip));
    await gateway('POST', 'quiet');

    await eventually(async () => (await countOf(trip, 'order.paid')) === 1);
    expect(await paymentsOf(trip)).toMatchObject([{ status: 'PAID' }]);
  });

  it('[PAY-8] one that was lost is found by asking, through the same rules', async () => {
    const trip = await finished();
    await gateway('POST', 'faults', { fault: { kind: 'lost' }, order: `${trip.orderId}*` });
    const { body: payment } = await trip.charge({ method: 'bca_va' });
    await gateway('POST', `transactions/${payment.ref}/pay`);
    expect(await isPaid(trip)).toBe(false);

    const operator = await person('operator');
    expect((await operator.call('POST', `/payments/${payment.ref}/check`)).status).toBe(200);

    await eventually(() => isPaid(trip));
    await eventually(async () => (await countOf(trip, 'order.paid')) === 1);
  });

  it('[PAY-12] a charge whose answer was lost is settled by asking: charged once, and paid', async () => {
    const trip = await finished();
    await gateway('POST', 'faults', {
      fault: { kind: 'drop', done: true },
      on: 'charge',
      order: `${trip.orderId}*`,
      next: 1,
    });
    const charged = await trip.charge({ method: 'qris' });
    expect([200, 201, 202]).toContain(charged.status);

    await eventually(async () => (await paymentsOf(trip)).some(({ status }) => status === 'PENDING'), 20_000);

    const made = (await gateway('GET', 'transactions')) as unknown as { orderId: string }[];
    expect(made.filter(({ orderId }) => orderId.startsWith(trip.orderId))).toHaveLength(1);
  }, 40_000);

  it('[PAY-4] one about an order that is not there is kept, not answered 404', async () => {
    expect(await post(notification('TNT-20991231-0000000-4102358400'))).toBe(200);
  });

  it('[PAY-5] twenty copies, and a late "pending" behind them, count once', async () => {
    const trip = await finished();
    const { body: payment } = await trip.charge({ method: 'bca_va' });
    const paid = await gateway('POST', `transactions/${payment.ref}/pay`);
    await eventually(() => isPaid(trip));
    const again = notification(payment.ref, { transaction_id: paid.transactionId as string });
    const late = notification(payment.ref, {
      transaction_id: paid.transactionId as string,
      transaction_status: 'pending',
      status_code: '201',
    });
    expect(new Set(await Promise.all([...Array.from({ length: 20 }, () => post(again)), post(late)]))).toEqual(
      new Set([200]),
    );

    await eventually(async () => (await storyOf(trip.orderId)).filter(({ kind }) => kind === 'webhook').length >= 3);
    expect(await countOf(trip, 'payment.settled')).toBe(1);
    expect(await countOf(trip, 'order.paid')).toBe(1);
    expect(await paymentsOf(trip)).toMatchObject([{ status: 'PAID' }]);
  });

  it('[PAY-11] a settlement the gateway knows nothing of changes nothing, though its signature is right', async () => {
    const trip = await finished();
    const { body: payment } = await trip.charge({ method: 'bca_va' });
    expect(await post(notification(payment.ref))).toBe(200);
    await eventually(async () =>
      (await storyOf(trip.orderId)).some(({ kind, effect }) => kind === 'webhook' && effect !== undefined),
    );
    expect(await paymentsOf(trip)).toMatchObject([{ status: 'PENDING' }]);
  });

  it.each([
    ['a wrong signature', { signature_key: 'a'.repeat(128) }, 401],
    ['a truncated signature', { signature_key: 'ab' }, 401],
    ['a signature of another amount', { gross_amount: '1.00', signature_key: 'b'.repeat(128) }, 401],
  ])('[PAY-2] with %s it is refused, and nothing changes', async (_, more, status) => {
    const trip = await finished();
    const { body: payment } = await trip.charge({ method: 'bca_va' });
    expect(await post(notification(payment.ref, more))).toBe(status);
    expect(await paymentsOf(trip)).toMatchObject([{ status: 'PENDING' }]);
  });

  it.each([
    ['a list', [], 400],
    ['a number for an amount', { ...notification('TNT-20260101-0000000-1767225600'), gross_amount: 87_000 }, 400],
    ['a list for an order', { ...notification('TNT-20260101-0000000-1767225600'), order_id: ['TNT'] }, 400],
    ['nothing', {}, 400],
  ])('[PAY-2] %s is answered 400', async (_, body, status) => {
    expect(await post(body)).toBe(status);
  });
});

describe('when money goes back', () => {
  it('[PAY-9] a refund is counted once, although the gateway reports it twice', async () => {
    const trip = await finished();
    const { body: payment } = await trip.charge({ method: 'gopay' });
    await gateway('POST', `transactions/${payment.ref}/pay`);
    await eventually(() => isPaid(trip));
    const operator = await person('operator');
    const refund = () =>
      operator.call(
        'POST',
        `/payments/${payment.ref}/refund`,
        { amount: 20_000, reason: 'wrong route' },
        { 'idempotency-key': 'refund-1' },
      );
    expect((await refund()).status).toBeLessThan(300);
    expect((await refund()).status).toBeLessThan(300);
    await gateway('POST', `transactions/${payment.ref}/confirm-refunds`);

    await eventually(async () => (await paymentsOf(trip)).some(({ refunded }) => refunded === 20_000));
    expect(await paymentsOf(trip)).toMatchObject([{ refunded: 20_000 }]);
  });

  it('[OPS-8] a rider refunds nothing, and sees no other payments', async () => {
    const [trip, stranger] = await Promise.all([finished(), person('rider')]);
    const { body: payment } = await trip.charge({ method: 'gopay' });
    expect(
      (await trip.rider.call('POST', `/payments/${payment.ref}/refund`, { amount: 1_000, reason: 'x' })).status,
    ).toBe(403);
    expect((await stranger.call('GET', `/orders/${trip.orderId}/payments`)).status).toBe(404);
    expect((await stranger.call('POST', `/orders/${trip.orderId}/payments`, { method: 'qris' })).status).toBe(404);
  });
});
