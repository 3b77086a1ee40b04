/** Every sample of the reference (midtrans.md §3.2), produced by a running gateway at the sample's own time. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClock } from '../../../local/gateway/clock.ts';
import { type Body, charges, type Running, startGateway } from './gateway.fixture.ts';
import samples from './samples.json' with { type: 'json' };

const chargedAt = Date.parse('2026-11-18T14:02:11+07:00');

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway({ clock: createClock({ start: chargedAt, scale: 0 }) });
});
afterEach(() => gateway.stop());

/** Moves the gateway's clock to a time of Jakarta. */
const at = (time: string): Promise<void> =>
  gateway.control.advance(Date.parse(`${time.replace(' ', 'T')}+07:00`) - gateway.control.now());

const last = async (): Promise<Body> => (await gateway.notified()).at(-1);

/** The sample, with the generated values taken from the received one. */
const like = (sample: object, came: Body, made: readonly string[] = []): object => ({
  ...sample,
  ...Object.fromEntries(['transaction_id', ...made].map((field) => [field, came[field]])),
});

const vaCharge = (orderId: string): Promise<unknown> =>
  gateway.charge(charges.va('bca', orderId, 120_000, { va_number: '70000000001' }));

const cardCharge = async (orderId: string, card: 'accept' | 'challenge' | 'deny'): Promise<void> => {
  await gateway.charge(charges.card(orderId, gateway.control.cardToken(card)));
  await gateway.control.idle();
  gateway.control.pay(orderId);
};

describe('the notification of', () => {
  it('a pending virtual account', async () => {
    await vaCharge('INV-7001');
    const came = await last();
    expect(came).toEqual(like(samples.vaPending, came));
  });

  it('a settled virtual account', async () => {
    await vaCharge('INV-7001');
    await at('2026-11-18 14:40:57');
    gateway.control.pay('INV-7001');
    const came = await last();
    expect(came).toEqual(like(samples.vaSettlement, came));
  });

  it('a settled QRIS', async () => {
    await gateway.charge(charges.qris('INV-7002', 45_000));
    await at('2026-11-18 14:03:09');
    gateway.control.pay('INV-7002');
    const came = await last();
    expect(came).toEqual(like(samples.qrisSettlement, came, ['merchant_cross_reference_id']));
    expect(came.merchant_cross_reference_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('a settled GoPay', async () => {
    await gateway.charge(charges.gopay('INV-7003', 88_000));
    await at('2026-11-18 14:03:30');
    gateway.control.pay('INV-7003');
    const came = await last();
    expect(came).toEqual(like(samples.gopaySettlement, came));
  });

  it('a captured card', async () => {
    await cardCharge('INV-7004', 'accept');
    const came = await last();
    expect(came).toEqual(like(samples.cardCapture, came, ['approval_code']));
  });

  it('a captured card under review, with status_code 201', async () => {
    await cardCharge('INV-7004', 'challenge');
    const came = await last();
    expect(came).toEqual(like({ ...samples.cardChallenge, masked_card: '45111111-1117' }, came, ['approval_code']));
  });

  it('a denied card, without approval_code', async () => {
    await cardCharge('INV-7005', 'deny');
    const came = await last();
    expect(came).toEqual(like({ ...samples.cardDeny, masked_card: '49111111-1113' }, came));
  });

  it('a cancelled payment: 202, although the call was answered 200', async () => {
    await vaCharge('INV-7006');
    const { body } = await gateway.call('POST', '/v2/INV-7006/cancel');
    const came = await last();
    expect(body.status_code).toBe('200');
    expect(came).toEqual(like(samples.cancel, came));
  });

  it('an expired payment: 202, although the API says 407', async () => {
    await gateway.charge(charges.qris('INV-7007', 45_000));
    await gateway.control.advance(17 * 60_000);
    const came = await last();
    expect(came).toEqual(like(samples.expire, came));
    expect((await gateway.call('GET', '/v2/INV-7007/status')).body.status_code).toBe('407');
  });

  it('a full refund of GoPay, once the bank has confirmed it', async () => {
    await gateway.charge(charges.gopay('INV-7003', 88_000));
    await at('2026-11-18 14:03:30');
    gateway.control.pay('INV-7003');
    await at('2026-11-19 10:00:00');
    await gateway.call('POST', '/v2/INV-7003/refund', {
      refund_key: 'rf-INV-7003-1',
      amount: 88_000,
      reason: 'out of stock',
    });
    await gateway.control.advance(2_000);
    const came = await last();
    const made = {
      refund_chargeback_id: came.refunds[0].refund_chargeback_id,
      refund_chargeback_uuid: came.refunds[0].refund_chargeback_uuid,
    };
    expect(came).toEqual({
      ...like(samples.refundFull, came),
      refunds: [{ ...samples.refundFull.refunds[0], ...made }],
    });
  });

  it('a second partial refund of a card, with the first and its confirmation', async () => {
    await cardCharge('INV-7004', 'accept');
    await at('2026-11-20 09:00:00');
    await gateway.call('POST', '/v2/INV-7004/refund', {
      refund_key: 'rf-INV-7004-1',
      amount: 50_000,
      reason: 'item missing',
    });
    await at('2026-11-21 09:00:00');
    await gateway.call('POST', '/v2/INV-7004/refund', {
      refund_key: 'rf-INV-7004-2',
      amount: 100_000,
      reason: 'item damaged',
    });
    const came = await last();
    const refunds = samples.refundPartial.refunds.map((refund, index) => ({
      ...refund,
      refund_chargeback_id: expect.any(Number),
      ...(came.refunds[index].refund_chargeback_uuid && { refund_chargeback_uuid: expect.any(String) }),
    }));
    expect(came).toEqual({ ...like(samples.refundPartial, came, ['approval_code']), refunds });
  });

  it('a chargeback', async () => {
    await cardCharge('INV-7004', 'accept');
    await at('2026-11-20 09:00:00');
    gateway.control.chargeback('INV-7004');
    const came = await last();
    expect(came).toEqual(like(samples.chargeback, came, ['approval_code']));
  });
});
