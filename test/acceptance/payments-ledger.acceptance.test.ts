/** What is left of a payment, and what may be paid back of it, on the running stack. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fare, gateway, paidTrip, type Trip } from './support/payments.ts';
import { eventually } from './support/stack.ts';

const settledCard = async (): Promise<Trip & { readonly ref: string }> => {
  const { token_id: cardToken } = await gateway<{ token_id: string }>('POST', 'card-tokens', { card: 'accept' });
  const trip = await paidTrip({ method: 'card', cardToken });
  await gateway('POST', `transactions/${trip.ref}/settle`);
  await eventually(async () => (await trip.payment()).settled === true);
  return trip;
};
const refund = ({ operator, ref }: Trip & { readonly ref: string }, amount?: number) =>
  operator.call(
    'POST',
    `/payments/${ref}/refund`,
    { ...(amount ? { amount } : {}), reason: 'wrong route' },
    { 'idempotency-key': randomUUID() },
  );
const leftOf = async (trip: Trip): Promise<number> => (await trip.payment()).left;

describe('a card that is charged back', () => {
  it('[ORD-3][ORD-4] in parts leaves the rest, which alone can be refunded; a won dispute gives back', async () => {
    const trip = await settledCard();
    await gateway('POST', `transactions/${trip.ref}/chargeback`, { amount: 30_000 });
    await eventually(async () => (await leftOf(trip)) === fare - 30_000);
    await gateway('POST', `transactions/${trip.ref}/chargeback`, { amount: 50_000 });
    await eventually(async () => (await leftOf(trip)) === fare - 50_000);
    expect((await refund(trip, fare - 49_999)).body).toMatchObject({
      code: 'REFUND_TOO_LARGE',
      detail: `At most Rp ${fare - 50_000} can be refunded.`,
    });
    expect(await trip.order()).toBe('FINISHED');

    await gateway('POST', `transactions/${trip.ref}/win-dispute`);
    await eventually(async () => (await leftOf(trip)) === fare);
    expect(await trip.payment()).toMatchObject({ status: 'PAID', refunded: 0 });
    await trip.happened('chargeback.recorded', 2);
    await trip.happened('chargeback.returned');
    expect(await trip.order()).toBe('PAID');
  });

  it('[ORD-4] whole is not refunded: the dispute is answered at the gateway', async () => {
    const trip = await settledCard();
    await gateway('POST', `transactions/${trip.ref}/chargeback`);
    await eventually(async () => (await leftOf(trip)) === 0);
    expect(await refund(trip)).toMatchObject({ status: 409, body: { code: 'CHARGED_BACK' } });
  });
});

describe('a refund that a person was to pay', () => {
  it('[ORD-4] of a transfer that the bank reversed meanwhile is voided, and cannot be recorded as paid', async () => {
    const trip = await paidTrip({ method: 'permata_va' });
    const requested = await refund(trip);
    const key: string = requested.body.payment.refunds[0].key;
    await gateway('POST', `transactions/${trip.ref}/reverse`);
    await eventually(async () => (await trip.payment()).status === 'REVERSED');
    expect((await trip.payment()).refunds).toMatchObject([
      { key, status: 'VOIDED', why: 'the money was reversed', amount: fare },
    ]);
    const path = `/payments/${trip.ref}/refunds/${key}/paid-back`;
    expect(await trip.operator.call('POST', path, { reference: 'BCA 1' })).toMatchObject({
      status: 409,
      body: { code: 'NOTHING_LEFT', detail: expect.stringContaining('Do not pay it back') },
    });
    expect(await leftOf(trip)).toBe(0);
  });
});
