/** What a notification claims and the gateway does not confirm, or not yet, on a running stack. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import { earlyKey, earlyStore } from '../../functions/payments/notifications/early.store.ts';
import type { PaymentRef } from '../../functions/payments/payment.ts';
import { until } from '../support/own-stack.ts';
import { type Body, fare, notificationOf, type PaymentsStack, paymentsStack } from '../support/payments-stack.ts';

let stack: PaymentsStack;
beforeAll(async () => {
  stack = await paymentsStack();
}, 120_000);
afterEach(() => stack.endFaults());
afterAll(() => stack.end());

type Charged = { readonly orderId: string; readonly ref: string };
const paymentOf = async (orderId: string) => (await stack.payments(orderId))[0];
const applied = async (orderId: string, count: number) => {
  await until(
    async () => (await stack.syncLines(orderId)).filter(({ effect }) => effect !== undefined).length >= count,
  );
  return stack.syncLines(orderId);
};
const pending = async (): Promise<Charged> => {
  const payment = await stack.charged();
  await applied(payment.orderId, 1);
  return payment;
};
/** Signed like the gateway's own, about its transaction. */
const claim = async ({ orderId, ref }: Charged, fields: Body) => {
  const before = (await stack.syncLines(orderId)).length;
  const { transactionId } = await stack.gateway('GET', `transactions/${ref}`);
  expect((await stack.post(notificationOf(ref, { transaction_id: transactionId, ...fields }))).status).toBe(200);
  return (await applied(orderId, before + 1)).at(-1);
};
/** The gateway answers nothing that can be used, without being down. */
const unusable = { kind: 'fields', fields: { order_id: 'another' } };
const paysSilently = async ({ orderId, ref }: Charged): Promise<void> => {
  await stack.fault(orderId, { kind: 'lost' });
  await stack.gateway('POST', `transactions/${ref}/pay`);
};
const paidCard = async (): Promise<Charged> => {
  const { token_id: cardToken } = await stack.gateway('POST', 'card-tokens', { card: 'accept' });
  const payment = await stack.charged({ method: 'card', cardToken });
  await stack.gateway('POST', `transactions/${payment.ref}/pay`);
  await until(async () => (await paymentOf(payment.orderId)).status === 'PAID');
  await stack.gateway('POST', `transactions/${payment.ref}/settle`);
  await until(async () => (await paymentOf(payment.orderId)).settled === true);
  return payment;
};

describe('a notification that is ahead of the gateway’s status', () => {
  it('[PAY-8] is verified again within seconds: the order is PAID, not minutes later', async () => {
    const payment = await pending();
    const line = await claim(payment, { transaction_status: 'settlement' });
    expect(line).toMatchObject({ effect: 'noop_duplicate', verified: true, status: 'PENDING' });
    expect(line?.why).toBe('the gateway does not confirm it yet; its status is read again soon');
    await paysSilently(payment);
    await until(async () => (await stack.order(payment.orderId)) === 'PAID');
  });

  it('[PAY-8] of money that went back is verified again too, although nothing more was expected', async () => {
    const payment = await paidCard();
    await claim(payment, { transaction_status: 'chargeback' });
    await stack.fault(payment.orderId, { kind: 'lost' });
    await stack.gateway('POST', `transactions/${payment.ref}/chargeback`);
    await until(async () => (await paymentOf(payment.orderId)).status === 'CHARGED_BACK');
  });

  it('[PAY-8] whose status could not be read during the charge is verified soon, whatever the answer', async () => {
    const trip = await stack.finishedTrip();
    await stack.fault(trip.orderId, unusable, { on: 'status', next: 1 });
    await stack.fault(trip.orderId, { kind: 'slow', ms: 1_000 }, { on: 'charge', next: 1 });
    const charging = stack.charge(trip, { method: 'bca_va' });
    await until(async () => (await stack.ledger(trip.orderId)).length === 1);
    const { ref } = await paymentOf(trip.orderId);
    const line = await claim({ ...trip, ref }, { transaction_status: 'settlement' });
    expect(line).toMatchObject({ effect: 'verify_with_get_status', verified: false, status: 'INTENDED' });
    expect((await charging).body.status).toBe('PENDING');
    await paysSilently({ ...trip, ref });
    await until(async () => (await stack.order(trip.orderId)) === 'PAID');
  });
});

describe('a notification alone', () => {
  it.each<[string, Body]>([
    ['in another currency', { currency: 'USD' }],
    ['to another merchant', { merchant_id: 'G999999999' }],
    ['of another amount', { gross_amount: '89500.00' }],
  ])('[PAY-5][PAY-11] (%s) holds nothing: the status is read, and it matches', async (_, fields) => {
    const payment = await pending();
    const held = stack.counted('PaymentHeld');
    expect(await claim(payment, fields)).toMatchObject({ verified: true, status: 'PENDING' });
    expect(stack.counted('PaymentHeld')).toBe(held);
    expect((await paymentOf(payment.orderId)).status).toBe('PENDING');
  });

  it('[PAY-5] and the gateway’s own answer that does not fit hold the payment', async () => {
    const payment = await pending();
    await stack.fault(
      payment.orderId,
      { kind: 'fields', fields: { gross_amount: '89500.00' } },
      { on: 'status', next: 1 },
    );
    expect(await claim(payment, { gross_amount: '89500.00' })).toMatchObject({
      effect: 'hold_amount_mismatch',
      verified: true,
    });
    expect(await paymentOf(payment.orderId)).toMatchObject({
      status: 'HELD',
      hold: { what: 'amount', said: '89500.00' },
    });
  });
});

describe('a partial chargeback of which the gateway does not say the amount', () => {
  it('[PAY-9] is held with what the notification claims, not recorded; a check with the amount ends it', async () => {
    const payment = await paidCard();
    await stack.fault(payment.orderId, { kind: 'lost' });
    const silent = (await stack.fault(
      payment.orderId,
      { kind: 'fields', fields: { refund_amount: null } },
      { on: 'status' },
    )) as {
      readonly id: string;
    };
    await stack.gateway('POST', `transactions/${payment.ref}/chargeback`, { amount: 30_000 });
    const line = await claim(payment, { transaction_status: 'partial_chargeback', refund_amount: '30000.00' });
    expect(line).toMatchObject({ effect: 'hold_amount_mismatch', verified: true, status: 'HELD' });
    const hold = { what: 'chargeback-amount', claimed: 30_000 };
    expect(await paymentOf(payment.orderId)).toMatchObject({ status: 'HELD', hold });
    const check = () => stack.by('operator', 'op', 'POST', `/payments/${payment.ref}/check`);
    expect((await check()).body.payment).toMatchObject({ status: 'HELD', hold });

    await stack.gateway('DELETE', `faults/${silent.id}`);
    expect((await check()).body.payment).toMatchObject({ status: 'PARTIALLY_CHARGED_BACK' });
    const factsOf = async (type: string) =>
      ((await stack.by('operator', 'op', 'GET', `/orders/${payment.orderId}/story`)).body.lines as Body[]).filter(
        (one) => one.type === type,
      );
    await until(async () => (await factsOf('chargeback.recorded')).length > 0);
    expect(await factsOf('chargeback.recorded')).toMatchObject([
      { chargedBack: 30_000, chargedBackTotal: 30_000, full: false },
    ]);
    expect(await factsOf('chargeback.held')).toMatchObject([{ claimed: 30_000 }]);
    await stack.rings('amounts-agree');
  });
});

describe('a notification that never finds its payment', () => {
  it('[PAY-4] woken many times at once becomes one dead letter', async () => {
    const { orderId } = await stack.finishedTrip();
    const ref = `${orderId}-${Math.floor(Date.now() / 1_000)}`;
    const receivedAt = instant(Date.now() - 1_000);
    const notice = { ref: ref as PaymentRef, body: JSON.stringify(notificationOf(ref)), receivedAt, id: 'message-1' };
    await earlyStore(stack.database, 'tuntas-local-state').park({ ...notice, attempts: 9, dueAt: receivedAt });
    const wake = { ...earlyKey(notice), dueAt: receivedAt };
    await Promise.all(Array.from({ length: 6 }, () => stack.enqueue('gateway', wake)));
    await stack.hooks.idle();
    const dead = stack.hooks.queue('webhook-dead').stored.messages.filter(({ body }) => body.includes(ref));
    expect(dead).toHaveLength(1);
    expect(dead[0]?.messageAttributes.reason?.StringValue).toContain(`Rp ${fare}.00`);
  });
});
