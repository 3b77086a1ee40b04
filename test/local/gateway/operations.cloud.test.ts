/** Status, cancel and expire (midtrans.md §5.1, §7.1 to §7.3). */
import { describe, expect, it } from 'vitest';
import { signatureOf } from '../../../local/gateway/fields.ts';
import { firstOrderAt, freshGateway, serverKey } from './gateway.fixture.ts';

const gateway = freshGateway();
const { post, status, va, card } = firstOrderAt(gateway);

describe('GET status', () => {
  it('is found by order id and by transaction id', async () => {
    const { body } = await va();
    expect((await status()).transaction_id).toBe(body.transaction_id);
    expect((await status(body.transaction_id)).order_id).toBe('INV-1');
  });

  it('is the notification with another message', async () => {
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
    [
      'deny',
      async () => [await card('accept', { authentication: true }), gateway.control.deny('INV-1')],
      'deny',
      '202',
    ],
    ['cancel', async () => [await va(), await post('cancel')], 'cancel', '200'],
    ['expire', async () => [await va(), await post('expire')], 'expire', '407'],
    ['failure', async () => [await va(), gateway.control.fail('INV-1')], 'failure', '202'],
  ])('of %s has its own status_code, signed with it', async (_stage, arrive, transactionStatus, code) => {
    await arrive();
    const found = await status();
    expect([found.transaction_status, found.status_code]).toEqual([transactionStatus, code]);
    const signed = { order_id: 'INV-1', status_code: code, gross_amount: found.gross_amount };
    expect(found.signature_key).toBe(signatureOf(signed, serverKey));
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

  it('can lose against the customer: 412, then the status is settlement', async () => {
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
