/** POST /v2/charge: requests and answers (midtrans.md §2, §2.2). */
import { describe, expect, it } from 'vitest';
import { charges, common, freshGateway } from './gateway.fixture.ts';

const gateway = freshGateway();

describe('a charge by virtual account', () => {
  it.each(['bca', 'bni', 'bri', 'cimb'])('at %s answers pending, with a number to pay to', async (bank) => {
    const { http, body } = await gateway.charge(charges.va(bank, 'INV-1', 120_000));
    expect(http).toBe(200);
    expect(body).toEqual({
      ...common,
      status_code: '201',
      order_id: 'INV-1',
      gross_amount: '120000.00',
      payment_type: 'bank_transfer',
      transaction_status: 'pending',
      va_numbers: [{ bank, va_number: expect.stringMatching(/^\d+$/) }],
      expiry_time: '2026-11-19 14:02:11',
    });
  });

  it.each([
    [
      'payment_type permata',
      { payment_type: 'permata', transaction_details: { order_id: 'INV-1', gross_amount: 120_000 } },
    ],
    ['bank_transfer at permata', charges.va('permata', 'INV-1')],
  ])('at Permata (%s) answers permata_va_number and no va_numbers', async (_form, request) => {
    const { body } = await gateway.charge(request);
    expect(body).toEqual({
      ...common,
      status_code: '201',
      order_id: 'INV-1',
      gross_amount: '120000.00',
      payment_type: 'bank_transfer',
      transaction_status: 'pending',
      permata_va_number: expect.stringMatching(/^\d+$/),
      expiry_time: '2026-11-19 14:02:11',
    });
  });

  it('needs the bank', async () => {
    const { http, body } = await gateway.charge({
      payment_type: 'bank_transfer',
      transaction_details: { order_id: 'INV-1', gross_amount: 1 },
    });
    expect([http, body.status_code, body.validation_messages]).toEqual([
      400,
      '400',
      ['bank_transfer.bank is required'],
    ]);
  });
});

describe('a charge by Mandiri bill', () => {
  it('answers biller code and bill key', async () => {
    const { body } = await gateway.charge(charges.mandiri('INV-1'));
    expect(body).toEqual({
      ...common,
      status_code: '201',
      order_id: 'INV-1',
      gross_amount: '120000.00',
      payment_type: 'echannel',
      transaction_status: 'pending',
      biller_code: '70012',
      bill_key: expect.stringMatching(/^\d{12}$/),
      expiry_time: '2026-11-19 14:02:11',
    });
  });

  it('cuts the bill information after 10 and 30 characters', async () => {
    await gateway.charge({
      ...charges.mandiri('INV-1'),
      echannel: { bill_info1: 'Payment for:', bill_info2: 'one ride from the airport to the city' },
    });
    expect(gateway.control.transaction('INV-1').instructions).toMatchObject({
      info: ['Payment fo', 'one ride from the airport to t'],
    });
  });

  it('needs both bill informations', async () => {
    const { body } = await gateway.charge({ ...charges.mandiri('INV-1'), echannel: { bill_info1: 'Payment:' } });
    expect(body.status_code).toBe('400');
  });
});

describe('a charge by QRIS', () => {
  it.each(['gopay', 'airpay shopee'])('with acquirer %s answers a QR string and its pictures', async (acquirer) => {
    const { body } = await gateway.charge(charges.qris('INV-1', 45_000, acquirer));
    expect(body).toEqual({
      ...common,
      status_code: '201',
      order_id: 'INV-1',
      gross_amount: '45000.00',
      payment_type: 'qris',
      transaction_status: 'pending',
      acquirer,
      qr_string: expect.stringMatching(/^000201/),
      actions: [
        { name: 'generate-qr-code', method: 'GET', url: `${gateway.url}/v2/qris/${body.transaction_id}/qr-code` },
        { name: 'generate-qr-code-v2', method: 'GET', url: `${gateway.url}/v4/qris/${body.transaction_id}/qr-code` },
      ],
      expiry_time: '2026-11-18 14:17:11',
    });
  });

  it('has a PNG behind the picture, without a key', async () => {
    const { body } = await gateway.charge(charges.qris('INV-1'));
    const picture = await fetch(body.actions[0].url);
    expect(picture.headers.get('content-type')).toBe('image/png');
    const bytes = Buffer.from(await picture.arrayBuffer());
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  });
});

describe('a charge by GoPay', () => {
  it('answers the actions of the wallet', async () => {
    const { body } = await gateway.charge(charges.gopay('INV-1'));
    expect(body).toMatchObject({
      status_code: '201',
      payment_type: 'gopay',
      transaction_status: 'pending',
      expiry_time: '2026-11-18 14:17:11',
    });
    expect(body.actions.map(({ name, method }: { name: string; method: string }) => `${method} ${name}`)).toEqual([
      'GET generate-qr-code',
      'GET generate-qr-code-v2',
      'GET deeplink-redirect',
      'GET get-status',
      'POST cancel',
    ]);
  });
});
