// Status, cancel, expire, capture, approve, deny, and what time does (midtrans.md §5, §7.1 to §7.3, §7.5).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClock } from '../../local/midtrans/clock.ts';
import { signatureOf } from '../../local/midtrans/signature.ts';
import { type Body, charges, type Reply, type Running, SERVER_KEY, startGateway } from './gateway.fixture.ts';

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway({ clock: createClock({ start: Date.parse('2026-11-18T14:02:11+07:00'), scale: 0 }) });
});
afterEach(() => gateway.stop());

const post = (operation: string, body?: unknown): Promise<Reply> => gateway.call('POST', `/v2/INV-1/${operation}`, body);
const status = async (id = 'INV-1'): Promise<Body> => (await gateway.call('GET', `/v2/${id}/status`)).body;
const va = (bank = 'bca'): Promise<Reply> => gateway.charge(charges.va(bank, 'INV-1'));
const card = (kind: 'accept' | 'challenge' = 'accept', extra: object = {}): Promise<Reply> =>
  gateway.charge(charges.card('INV-1', gateway.control.cardToken(kind), 640_000, extra));

describe('GET status', () => {
  it('is found by order id and by transaction id', async () => {
    const { body } = await va();
    expect((await status()).transaction_id).toBe(body.transaction_id);
    expect((await status(body.transaction_id)).order_id).toBe('INV-1');
  });

  it('is the notification with a message of its own', async () => {
    await va();
    gateway.control.pay('INV-1');
    const [, settled] = await gateway.notified();
    expect(await status()).toEqual({ ...settled, status_message: 'Success, transaction is found' });
  });

  it.each<[string, () => Promise<unknown>, string, string]>([
    ['pending', async () => va(), 'pending', '201'],
    ['settlement', async () => [await va(), gateway.control.pay('INV-1')], 'settlement', '200'],
    ['authorize', async () => card('accept', { type: 'authorize' }), 'authorize', '200'],
    ['capture', async () => card(), 'capture', '200'],
    ['challenge', async () => card('challenge'), 'capture', '201'],
    ['deny', async () => [await card('accept', { authentication: true }), gateway.control.deny('INV-1')], 'deny', '202'],
    ['cancel', async () => [await va(), await post('cancel')], 'cancel', '200'],
    ['expire', async () => [await va(), await post('expire')], 'expire', '407'],
    ['failure', async () => [await va(), gateway.control.fail('INV-1')], 'failure', '202'],
  ])('of %s has its own status_code, signed with it', async (_stage, arrive, transactionStatus, code) => {
    await arrive();
    const found = await status();
    expect([found.transaction_status, found.status_code]).toEqual([transactionStatus, code]);
    const signed = { orderId: 'INV-1', statusCode: code, grossAmount: found.gross_amount };
    expect(found.signature_key).toBe(signatureOf(signed, SERVER_KEY));
  });
});

describe('cancel', () => {
  it('of a pending payment is answered 200 and notified 202', async () => {
    await va();
    const { http, body } = await post('cancel');
    expect(http).toBe(200);
    expect(body).toEqual({
      status_code: '200',
      status_message: 'Success, transaction is canceled',
      transaction_id: expect.any(String),
      order_id: 'INV-1',
      merchant_id: 'G700000001',
      gross_amount: '120000.00',
      currency: 'IDR',
      payment_type: 'bank_transfer',
      transaction_time: '2026-11-18 14:02:11',
      transaction_status: 'cancel',
      fraud_status: 'accept',
    });
    expect((await gateway.notified()).at(-1)).toMatchObject({ transaction_status: 'cancel', status_code: '202' });
  });

  it('of a captured card gives the money back', async () => {
    await card();
    expect((await post('cancel')).body.transaction_status).toBe('cancel');
  });

  it('a second time is 412; the status shows the cancel', async () => {
    await va();
    await post('cancel');
    expect((await post('cancel')).body.status_code).toBe('412');
    expect((await status()).transaction_status).toBe('cancel');
  });

  it('after settlement is 412', async () => {
    await va();
    gateway.control.pay('INV-1');
    expect((await post('cancel')).body.status_code).toBe('412');
  });

  it('can lose against the customer: 412, then the status says settlement', async () => {
    await va();
    gateway.control.faults.add({ fault: { kind: 'pay_first' }, on: 'cancel', next: 1 });
    expect((await post('cancel')).body.status_code).toBe('412');
    expect((await status()).transaction_status).toBe('settlement');
    expect((await gateway.notified()).map((body) => body.transaction_status)).toEqual(['pending', 'settlement']);
  });

  it.each([undefined, 'null', {}])('takes the body %j', async (body) => {
    await va();
    expect((await post('cancel', body)).body.status_code).toBe('200');
  });
});

describe('expire', () => {
  it('of a pending payment is answered 407 as its success', async () => {
    await va();
    const { http, body } = await post('expire');
    expect([http, body.status_code, body.status_message, body.transaction_status]).toEqual([
      200,
      '407',
      'Success, transaction has expired',
      'expire',
    ]);
  });

  it('of anything else is 412', async () => {
    await card('accept', { type: 'authorize' });
    expect((await post('expire')).body.status_code).toBe('412');
    await post('cancel');
    expect((await post('expire')).body.status_code).toBe('412');
  });
});

describe('a review', () => {
  it.each([
    ['approve', 'capture', 'accept', '200'],
    ['deny', 'deny', 'deny', '202'],
  ])('ends with %s', async (operation, transactionStatus, fraud, notified) => {
    await card('challenge');
    const { body } = await post(operation);
    expect([body.status_code, body.transaction_status, body.fraud_status]).toEqual(['200', transactionStatus, fraud]);
    expect((await gateway.notified()).at(-1)).toMatchObject({ status_code: notified, transaction_status: transactionStatus });
  });

  it.each(['approve', 'deny'])('%s of what is not challenged is 412', async (operation) => {
    await card();
    expect((await post(operation)).body.status_code).toBe('412');
  });

  it('nobody touches is cancelled when the cards settle', async () => {
    await card('challenge');
    await gateway.control.advance(26 * 3_600_000);
    expect((await gateway.notified()).at(-1)).toMatchObject({ transaction_status: 'cancel', status_code: '202' });
  });
});

describe('a pre-authorized card', () => {
  const capture = (gross_amount?: number | string): Promise<Reply> =>
    gateway.call('POST', '/v2/capture', {
      transaction_id: gateway.control.transaction('INV-1').transactionId,
      ...(gross_amount !== undefined && { gross_amount }),
    });

  it('is captured, all of it or less', async () => {
    await card('accept', { type: 'authorize' });
    const { body } = await capture(500_000);
    expect([body.status_code, body.transaction_status, body.gross_amount]).toEqual(['200', 'capture', '500000.00']);
    expect((await gateway.notified()).at(-1)).toMatchObject({ transaction_status: 'capture', gross_amount: '500000.00' });
  });

  it.each([
    ['more than authorized', 640_001, '400'],
    ['a text', '500000', '408'],
  ])('is not captured for %s', async (_what, amount, code) => {
    await card('accept', { type: 'authorize' });
    expect((await capture(amount)).body.status_code).toBe(code);
  });

  it('is captured once', async () => {
    await card('accept', { type: 'authorize' });
    await capture();
    expect((await capture()).body.status_code).toBe('412');
  });

  it('expires after eight days', async () => {
    await card('accept', { type: 'authorize' });
    await gateway.control.advance(8 * 86_400_000);
    expect((await status()).transaction_status).toBe('expire');
  });
});

describe('time', () => {
  it('expires what nobody paid, at most a minute late, and says so', async () => {
    await gateway.charge(charges.qris('INV-1'));
    await gateway.control.advance(15 * 60_000);
    expect((await status()).transaction_status).toBe('pending');
    await gateway.control.advance(60_000);
    expect((await status()).transaction_status).toBe('expire');
    expect((await gateway.notified()).map((body) => body.transaction_status)).toEqual(['pending', 'expire']);
  });

  it('does not expire what was paid', async () => {
    await gateway.charge(charges.qris('INV-1'));
    gateway.control.pay('INV-1');
    await gateway.control.advance(20 * 60_000);
    expect((await status()).transaction_status).toBe('settlement');
  });

  it('settles cards the next day at 16:00 WIB', async () => {
    await card();
    await gateway.control.advance(26 * 3_600_000);
    expect(await status()).toMatchObject({ transaction_status: 'settlement', settlement_time: '2026-11-19 16:00:00' });
  });

  it('does not settle a card that was voided', async () => {
    await card();
    await post('cancel');
    await gateway.control.advance(26 * 3_600_000);
    expect((await gateway.notified()).map((body) => body.transaction_status)).toEqual(['capture', 'cancel']);
  });

  it('lets the 3DS page of a card lapse after ten minutes', async () => {
    await card('accept', { authentication: true });
    await gateway.control.advance(11 * 60_000);
    expect((await status()).transaction_status).toBe('expire');
  });
});

describe('what the bank does', () => {
  it.each(['permata', 'mandiri'])('takes a settlement back at %s', async (bank) => {
    await gateway.charge(bank === 'mandiri' ? charges.mandiri('INV-1') : charges.va('permata', 'INV-1'));
    gateway.control.pay('INV-1');
    gateway.control.reverse('INV-1');
    expect(await status()).toMatchObject({ transaction_status: 'deny', status_code: '202' });
    expect((await gateway.notified()).map((body) => body.transaction_status).sort()).toEqual(['deny', 'pending', 'settlement']);
  });

  it('does not take it back at BCA', async () => {
    await va();
    gateway.control.pay('INV-1');
    expect(() => gateway.control.reverse('INV-1')).toThrow('not possible for a transaction that is settlement');
  });

  it('takes a part of a card payment back, then all of it', async () => {
    await card();
    gateway.control.settleCards();
    gateway.control.chargeback('INV-1', 100_000);
    expect((await status()).transaction_status).toBe('partial_chargeback');
    gateway.control.chargeback('INV-1');
    expect(await status()).toMatchObject({ transaction_status: 'chargeback', status_code: '200' });
  });

  it('reports nothing of a failed attempt in a wallet', async () => {
    await gateway.charge(charges.gopay('INV-1'));
    gateway.control.deny('INV-1');
    expect((await status()).transaction_status).toBe('pending');
    expect(await gateway.notified()).toHaveLength(1);
  });
});
