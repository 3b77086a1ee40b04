/** Money that does not come, comes later, comes wrong or goes back, on the running stack. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deadlineComes, fare, finishedTrip, gateway, paidTrip, type Trip } from './support/payments.ts';
import { eventually, storyOf } from './support/stack.ts';

const card = async (kind = 'accept'): Promise<object> => ({
  method: 'card',
  cardToken: (await gateway<{ token_id: string }>('POST', 'card-tokens', { card: kind })).token_id,
});

/** What the events say went back, added up. */
const givenBack = async ({ orderId }: Trip): Promise<number> =>
  (await storyOf(orderId))
    .filter(({ type }) => type === 'refund.changed')
    .reduce((sum, { refunded }) => sum + (refunded as number), 0);

describe('a notification that never comes', () => {
  it('[PAY-8] is not missed: the status is read automatically, and the order is PAID', async () => {
    const trip = await finishedTrip();
    await trip.fault({ kind: 'lost' });
    const ref = await trip.pending({ method: 'bca_va' });
    await gateway('POST', `transactions/${ref}/pay`);
    expect(await trip.order()).toBe('FINISHED');

    await deadlineComes(ref);

    await eventually(async () => (await trip.order()) === 'PAID');
    expect(await trip.effects()).toEqual([]);
  });

  it('[PAY-8] of a payment that is not paid: it stays pending', async () => {
    const trip = await finishedTrip();
    const ref = await trip.pending({ method: 'bri_va' });
    const { version } = (await trip.rider.call('GET', `/orders/${trip.orderId}/payments`)).body.payments[0];

    await deadlineComes(ref);

    await eventually(
      async () => (await trip.rider.call('GET', `/orders/${trip.orderId}/payments`)).body.payments[0].version > version,
    );
    expect((await trip.payment()).status).toBe('PENDING');
    await trip.happened('payment.pending');
  });
});

describe('a charge the gateway does not answer', () => {
  it.each([
    ['an answer that is no answer', { kind: 'busy', as: 'json', done: true }],
    ['a page of its proxy', { kind: 'busy', as: 'html-5xx', done: true }],
    ['a broken connection', { kind: 'drop', done: true }],
    ['"in progress"', { kind: '202', body: 'empty' }],
  ])('[PAY-12] (%s) is sent again under the same key: one transaction, one way to pay', async (_, fault) => {
    const trip = await finishedTrip();
    await trip.fault(fault, { on: 'charge', next: 1 });
    const ref = await trip.pending({ method: 'gopay' });
    const made = await gateway<readonly { orderId: string }[]>('GET', 'transactions');
    expect(made.filter(({ orderId }) => orderId.startsWith(trip.orderId))).toHaveLength(1);
    await gateway('POST', `transactions/${ref}/pay`);
    await eventually(async () => (await trip.order()) === 'PAID');
  });

  it('[PAY-12] where there are no keys (Permata) it is UNKNOWN, never failed, until its status is read', async () => {
    const trip = await finishedTrip();
    await trip.fault({ kind: 'drop', done: true }, { on: 'charge', next: 1 });
    await trip.fault({ kind: 'lost' }, { next: 1 });
    const charged = await trip.charge({ method: 'permata_va' });
    expect([charged.status, charged.body.status]).toEqual([202, 'UNKNOWN']);

    await eventually(async () => (await trip.payment()).status === 'PENDING', 15_000);
    expect(await trip.payments()).toHaveLength(1);
  }, 30_000);

  it('[PAY-9] one it refuses is FAILED with the reason, and another can be made', async () => {
    const trip = await finishedTrip();
    await trip.fault({ kind: 'refuse', code: '402' }, { on: 'charge', next: 1 });
    expect((await trip.charge({ method: 'gopay' })).body).toMatchObject({ status: 'FAILED', reason: 'gateway-402' });
    expect((await trip.charge({ method: 'qris' })).body).toMatchObject({ status: 'PENDING' });
  });
});

describe('a charge that is requested again', () => {
  it('[PAY-1] under the same key is the same payment, and with another body refused', async () => {
    const trip = await finishedTrip();
    const key = randomUUID();
    const first = await trip.charge({ method: 'bca_va' }, key);
    const again = await trip.charge({ method: 'bca_va' }, key);
    const other = await trip.charge({ method: 'qris' }, key);
    expect([first.status, again.status, other.status]).toEqual([201, 200, 422]);
    expect(again.body.ref).toBe(first.body.ref);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(other.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('[PAY-3] after the customer paid the one before at the last moment is refused: the money is there', async () => {
    const trip = await finishedTrip();
    await trip.pending({ method: 'bca_va' });
    await trip.fault({ kind: 'pay_first' }, { on: 'cancel', next: 1 });
    expect(await trip.charge({ method: 'qris' })).toMatchObject({ status: 409, body: { code: 'ALREADY_PAID' } });
    await eventually(async () => (await trip.order()) === 'PAID');
    expect(await trip.payments()).toHaveLength(1);
  });

  it('[PAY-3] after a cancel has another reference of the same length', async () => {
    const trip = await finishedTrip();
    const first = await trip.pending({ method: 'bca_va' });
    expect((await trip.rider.call('POST', `/payments/${first}/cancel`)).body).toMatchObject({
      payment: { status: 'CANCELLED' },
    });
    const second = await trip.pending({ method: 'bni_va' });
    expect([first.length, second.length, first.slice(0, -11)]).toEqual([31, 31, trip.orderId]);
    expect(second).not.toBe(first);
    await gateway('POST', `transactions/${second}/pay`);
    await eventually(async () => (await trip.order()) === 'PAID');
  });
});

describe('an amount that is not the fare', () => {
  it('[PAY-5] holds the payment: the order is not PAID, and the rider does not see why', async () => {
    const trip = await finishedTrip();
    const ref = await trip.pending({ method: 'bca_va' });
    await eventually(async () => (await trip.effects()).length === 1);
    await trip.fault({ kind: 'fields', fields: { gross_amount: '89500.00' } }, { on: 'status', next: 1 });
    await gateway('POST', `transactions/${ref}/notify`, { gross_amount: '89500.00' });
    await eventually(async () => (await trip.payment()).status === 'HELD');
    await gateway('POST', `transactions/${ref}/pay`);
    await gateway('POST', 'quiet');
    await eventually(async () => (await trip.effects()).length >= 3);

    expect(await trip.order()).toBe('FINISHED');
    expect(await trip.payment()).toMatchObject({
      status: 'HELD',
      hold: { what: 'amount', expected: '87000.00', said: '89500.00' },
    });
    const { body } = await trip.rider.call('GET', `/orders/${trip.orderId}/payments`);
    expect(body.payments[0].hold).toBeUndefined();
    await trip.happened('payment.held');
    expect(await trip.times('payment.settled')).toBe(0);
    expect(await trip.charge({ method: 'qris' })).toMatchObject({ status: 409, body: { code: 'PAYMENT_HELD' } });
  });

  it('[PAY-5][PAY-11] is not believed of a notification alone: nothing is held, and the money counts', async () => {
    const trip = await finishedTrip();
    const ref = await trip.pending({ method: 'bca_va' });
    await gateway('POST', `transactions/${ref}/notify`, { gross_amount: '89500.00' });
    await eventually(async () => (await trip.effects()).length === 2);
    expect((await trip.payment()).status).toBe('PENDING');
    await gateway('POST', `transactions/${ref}/pay`);
    await eventually(async () => (await trip.order()) === 'PAID');
    expect(await trip.times('payment.held')).toBe(0);
  });

  it('[PAY-5] cannot come of a fee on top: the charge switches it off', async () => {
    const trip = await finishedTrip();
    await trip.fault({ kind: 'fee', amount: 2_500 }, { on: 'charge', next: 1 });
    const ref = await trip.pending({ method: 'bca_va' });
    expect(await gateway('GET', `transactions/${ref}`)).toMatchObject({ grossAmount: fare });
  });
});

describe('a card', () => {
  it('[PAY-9] is PAID when it is captured, once, and settled the next day', async () => {
    const trip = await paidTrip(await card());
    expect(await trip.payment()).toMatchObject({ status: 'PAID', settled: false });
    await gateway('POST', `transactions/${trip.ref}/settle`);
    await eventually(async () => (await trip.payment()).settled === true);
    await trip.happened('payment.settlement-confirmed');
    await trip.happened('payment.settled');
    await trip.happened('order.paid');
  });

  it('[PAY-5] that was captured can be voided by an operator: the order is to be paid again', async () => {
    const trip = await paidTrip(await card());
    expect((await trip.rider.call('POST', `/payments/${trip.ref}/cancel`)).status).toBe(403);
    expect((await trip.operator.call('POST', `/payments/${trip.ref}/cancel`)).body).toMatchObject({
      payment: { status: 'REVERSED' },
    });
    await eventually(async () => (await trip.order()) === 'FINISHED');
  });

  it('[PAY-9] the bank refuses is DENIED, and another way to pay is open', async () => {
    const trip = await finishedTrip();
    const ref = await trip.pending(await card('deny'));
    await gateway('POST', `transactions/${ref}/pay`);
    await eventually(async () => (await trip.payment()).status === 'DENIED');
    expect((await trip.charge({ method: 'qris' })).body).toMatchObject({ status: 'PENDING' });
  });

  it('[PAY-9] whose owner takes the money back is charged back', async () => {
    const trip = await paidTrip(await card());
    await gateway('POST', `transactions/${trip.ref}/settle`);
    await eventually(async () => (await trip.payment()).settled === true);
    await gateway('POST', `transactions/${trip.ref}/chargeback`);
    await eventually(async () => (await trip.payment()).status === 'CHARGED_BACK');
    await trip.happened('chargeback.recorded');
  });
});

describe('money that goes back', () => {
  it('[PAY-9] refunded in part, both notifications count once, the repetition is the same refund', async () => {
    const trip = await paidTrip({ method: 'qris' });
    const refund = (key: string, amount: number) =>
      trip.operator.call(
        'POST',
        `/payments/${trip.ref}/refund`,
        { amount, reason: 'wrong route' },
        { 'idempotency-key': key },
      );
    const key = randomUUID();
    expect([(await refund(key, 20_000)).status, (await refund(key, 20_000)).status]).toEqual([200, 200]);
    await gateway('POST', `transactions/${trip.ref}/confirm-refunds`);
    await eventually(async () => (await trip.payment()).refunds[0]?.status === 'CONFIRMED');
    await gateway('POST', 'quiet');
    await eventually(async () => (await trip.effects()).filter((effect) => effect === 'confirm_refund').length === 1);

    expect(await trip.payment()).toMatchObject({
      status: 'PARTIALLY_REFUNDED',
      refunded: 20_000,
      refunds: [{ amount: 20_000 }],
    });
    await eventually(async () => (await givenBack(trip)) > 0);
    expect(await givenBack(trip)).toBe(20_000);
    expect((await refund(randomUUID(), 70_000)).body).toMatchObject({ code: 'REFUND_TOO_LARGE' });

    expect((await refund(randomUUID(), 67_000)).status).toBe(200);
    await eventually(async () => (await trip.payment()).status === 'REFUNDED');
    await eventually(async () => (await givenBack(trip)) === fare);
    expect(await trip.order()).toBe('FINISHED');
  });

  it('[PAY-9] is not given back twice when the gateway’s answer is lost', async () => {
    const trip = await paidTrip({ method: 'gopay' });
    await trip.fault({ kind: 'drop', done: true }, { on: 'refund', next: 1 });
    await trip.operator.call(
      'POST',
      `/payments/${trip.ref}/refund`,
      { reason: 'trip cut short' },
      { 'idempotency-key': randomUUID() },
    );
    await eventually(async () => (await trip.payment()).status === 'REFUNDED');
    expect((await trip.payment()).refunds).toHaveLength(1);
    await eventually(async () => (await givenBack(trip)) > 0);
    expect(await givenBack(trip)).toBe(fare);
  });

  it('[PAY-9] of a bank transfer is paid back by a person, with an owner and a deadline', async () => {
    const trip = await paidTrip({ method: 'bca_va' });
    const asked = await trip.operator.call(
      'POST',
      `/payments/${trip.ref}/refund`,
      { reason: 'double trip' },
      { 'idempotency-key': randomUUID() },
    );
    expect(asked.body.payment.refunds).toMatchObject([
      { status: 'MANUAL', amount: fare, owner: 'finance', dueAt: expect.any(String) },
    ]);
    const key = asked.body.payment.refunds[0].key as string;
    const path = `/payments/${trip.ref}/refunds/${key}/paid-back`;
    expect((await trip.operator.call('POST', path, { reference: 'BCA 2026-11-21 0421' })).body).toMatchObject({
      alreadyProcessed: false,
      payment: { status: 'REFUNDED', refunded: fare },
    });
    expect((await trip.operator.call('POST', path, { reference: 'BCA 2026-11-21 0421' })).body).toMatchObject({
      alreadyProcessed: true,
    });
  });

  it('[PAY-5] as the bank reversed it: the order is to be paid again, and can be', async () => {
    const trip = await paidTrip({ method: 'permata_va' });
    await gateway('POST', `transactions/${trip.ref}/reverse`);
    await eventually(async () => (await trip.order()) === 'FINISHED');
    expect((await trip.payment()).status).toBe('REVERSED');

    const again = await trip.pending({ method: 'qris' });
    await gateway('POST', `transactions/${again}/pay`);
    await eventually(async () => (await trip.order()) === 'PAID');
    await trip.happened('order.unpaid');
    await trip.happened('order.paid', 2);
  });
});
