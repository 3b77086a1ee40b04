/** The alarms for money, each rung on a running stack. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import { earlyKey, earlyStore } from '../../functions/payments/notifications/early.store.ts';
import type { PaymentRef } from '../../functions/payments/payment.ts';
import { tokensOf } from '../../local/people/people.ts';
import { until } from '../support/own-stack.ts';
import { type Body, fare, notificationOf, type PaymentsStack, paymentsStack } from '../support/payments-stack.ts';

let stack: PaymentsStack;
beforeAll(async () => {
  stack = await paymentsStack();
}, 120_000);
afterAll(() => stack.end());

const isPaid = async (orderId: string): Promise<boolean> => (await stack.order(orderId)) === 'PAID';
afterEach(() => stack.recovered());

describe('an alarm rings', () => {
  const rings = (promise: string): Promise<void> => stack.rings(promise);

  it('[PAY-2] when a notification is forged', async () => {
    const forged = { ...notificationOf('TNT-20261121-0000042-1795232640'), signature_key: 'a'.repeat(128) };
    expect((await stack.post(forged)).status).toBe(401);
    await rings('notifications-are-the-gateways');
  });

  it('[PAY-2] when a notification cannot be kept: it is answered 503, never 500', async () => {
    const { stored } = stack.hooks.queue('webhook');
    const before = { ...stored.attributes };
    stored.setAttributes({ ...before, MaximumMessageSize: '1024' });
    const { ref } = await stack.charged();
    const refused = await stack.post(notificationOf(ref, { padding: 'x'.repeat(1024) }));
    stored.setAttributes(before);
    expect([refused.status, refused.body.code]).toEqual([503, 'TRY_AGAIN']);
    await rings('every-notification-is-kept');
  });

  it('[PAY-5] when an amount does not agree', async () => {
    const { ref, orderId } = await stack.charged();
    await stack.fault(orderId, { kind: 'fields', fields: { gross_amount: '1000.00' } }, { on: 'status', next: 1 });
    expect((await stack.post(notificationOf(ref, { gross_amount: '1000.00' }))).status).toBe(200);
    await rings('amounts-agree');
  });

  it('when the gateway refuses our key', async () => {
    const trip = await stack.finishedTrip();
    await stack.fault(trip.orderId, { kind: 'refuse', code: '401' }, { on: 'charge', next: 1 });
    expect((await stack.charge(trip, { method: 'qris' })).body).toMatchObject({
      status: 'FAILED',
      reason: 'gateway-401',
    });
    await rings('the-gateway-takes-our-key');
  });

  it('[PAY-8] when a payment has been pending for longer than any method allows', async () => {
    const { ref } = await stack.charged();
    const past = Date.now() - 27 * 3_600_000;
    await stack.aged(
      ref,
      'SET #state.#ask.#at = :past, #state.requestedAt = :past',
      { '#ask': 'ask', '#at': 'at' },
      { ':past': past },
    );
    await rings('payments-become-final');
  });

  it('[PAY-9] when a manual refund is not paid back in time', async () => {
    const { ref, orderId } = await stack.charged();
    await stack.gateway('POST', `transactions/${ref}/pay`);
    await until(() => isPaid(orderId));
    const key = { 'idempotency-key': 'by-hand' };
    expect((await stack.as('operator', 'op', 'POST', `/payments/${ref}/refund`, { reason: 'twice' }, key)).status).toBe(
      200,
    );
    await stack.aged(ref, 'SET #state.refunds[0].dueAt = :past', {}, { ':past': Date.now() - 1_000 });
    await rings('manual-refunds-are-paid-back-in-time');
  });

  it('when a ride is reported as cancelled after its order was finished', async () => {
    const { orderId, rider } = await stack.finishedTrip();
    const happened = { id: `${orderId}/RIDE/9`, version: 9, at: new Date().toISOString() };
    const cancelled = { rideId: orderId, riderId: rider, by: 'rider', reason: 'late', withdrawn: [] };
    await stack.enqueue('orders', { type: 'ride.cancelled', ...happened, ...cancelled, countsAgainstDriver: false });
    await rings('orders-take-their-payments');
  });

  /** Notifications that wait for their payment since a while: their next look is now. */
  const early = async (ref: string, attempts: number, body: Body, copies = 1): Promise<void> => {
    const receivedAt = instant(Date.now() - 1_000);
    const waiting = earlyStore(stack.database, 'tuntas-local-state');
    for (let copy = 1; copy <= copies; copy += 1) {
      const notice = { ref: ref as PaymentRef, body: JSON.stringify(body), receivedAt, id: `message-${copy}` };
      await waiting.park({ ...notice, attempts, dueAt: receivedAt });
      await stack.enqueue('gateway', { ...earlyKey(notice), dueAt: receivedAt });
    }
  };

  it('[PAY-6] when notifications are found on the fourth attempt, again and again', async () => {
    const { ref } = await stack.charged();
    await early(ref, 3, notificationOf(ref, { transaction_status: 'pending' }), 25);
    await rings('notifications-are-found-at-once');
  });

  it('[PAY-4] when a notification never finds its payment: it is a dead letter with its amount', async () => {
    const { orderId } = await stack.finishedTrip();
    const ref = `${orderId}-${Math.floor(Date.now() / 1_000)}`;
    const body = notificationOf(ref, {
      transaction_status: 'settlement\uffff',
      custom_field1: 'terima kasih 🙏\ufffe',
    });
    await early(ref, 9, body);
    await rings('every-notification-finds-its-payment');
    await rings('webhook-leaves-no-dead-letters');
    const parked = stack.hooks.queue('webhook-dead').stored.messages.find((message) => message.body.includes(ref));
    expect(JSON.parse(parked?.body ?? '')).toEqual(body);
    expect(parked?.messageAttributes.reason?.StringValue).toContain(`Rp ${fare}.00`);
  });

  it('when the live stream is full', async () => {
    const authorization = `Bearer ${await tokensOf(stack.ready, 'operator', 'op')(undefined)}`;
    const leaving = new AbortController();
    for (let status = 200; status === 200; )
      status = (await fetch(stack.ready.live, { headers: { authorization }, signal: leaving.signal })).status;
    leaving.abort();
    await rings('live-has-a-seat-for-every-operator');
  });
});
