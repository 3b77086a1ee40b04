// POST /v2/charge: requests and answers of every method (midtrans.md §2, §2.1, §2.2).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClock } from '../../local/midtrans/clock.ts';
import { charges, nextOrder, type Running, startGateway } from './gateway.fixture.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway({ clock: createClock({ start: Date.parse('2026-11-18T14:02:11+07:00'), scale: 0 }) });
});
afterEach(() => gateway.stop());

const common = {
  transaction_id: expect.stringMatching(UUID),
  merchant_id: 'G700000001',
  currency: 'IDR',
  transaction_time: '2026-11-18 14:02:11',
  status_message: expect.any(String),
  fraud_status: 'accept',
};

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
    ['payment_type permata', { payment_type: 'permata', transaction_details: { order_id: 'INV-1', gross_amount: 120_000 } }],
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
    expect([http, body.status_code, body.validation_messages]).toEqual([400, '400', ['bank_transfer.bank is required']]);
  });
});

describe('a number the merchant chooses', () => {
  it.each([
    ['bca', '70000000001', '70000000001'],
    ['bca', '77', '00000000077'],
    ['bca', '123456789012345', '12345678901'],
    ['bni', '123456789', '12345678'],
    ['bri', '1', '0000000000001'],
    ['cimb', '1234567890123', '123456789012'],
  ])('at %s: %s becomes %s', async (bank, wanted, given) => {
    const { body } = await gateway.charge(charges.va(bank, 'INV-1', 50_000, { va_number: wanted }));
    expect(body.va_numbers).toEqual([{ bank, va_number: given }]);
  });

  it('is another one when somebody is asked to pay to it already', async () => {
    await gateway.charge(charges.va('bca', 'INV-1', 50_000, { va_number: '70000000001' }));
    const second = await gateway.charge(charges.va('bca', 'INV-2', 50_000, { va_number: '70000000001' }));
    expect(second.body.va_numbers[0].va_number).toMatch(/^\d{11}$/);
    expect(second.body.va_numbers[0].va_number).not.toBe('70000000001');
  });

  it('is free again when the first is no longer pending', async () => {
    const first = await gateway.charge(charges.va('bca', 'INV-1', 50_000, { va_number: '70000000001' }));
    await gateway.call('POST', `/v2/${first.body.transaction_id}/cancel`);
    const second = await gateway.charge(charges.va('bca', 'INV-2', 50_000, { va_number: '70000000001' }));
    expect(second.body.va_numbers[0].va_number).toBe('70000000001');
  });

  it('consists of digits', async () => {
    const { body } = await gateway.charge(charges.va('bca', 'INV-1', 50_000, { va_number: '7000-1' }));
    expect(body.status_code).toBe('400');
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

describe('a charge by card', () => {
  const token = (card: Parameters<Running['control']['cardToken']>[0] = 'accept'): string => gateway.control.cardToken(card);

  it('with 3DS is pending until the customer was at the redirect_url', async () => {
    const { body } = await gateway.charge(charges.card('INV-1', token()));
    expect(body).toEqual({
      ...common,
      status_code: '201',
      order_id: 'INV-1',
      gross_amount: '640000.00',
      payment_type: 'credit_card',
      transaction_status: 'pending',
      masked_card: '48111111-1114',
      bank: 'bni',
      card_type: 'credit',
      redirect_url: `${gateway.url}/pay/${body.transaction_id}`,
    });
  });

  it('without 3DS is captured at once', async () => {
    const { body } = await gateway.charge(charges.card('INV-1', token(), 640_000, {}));
    expect(body).toMatchObject({ status_code: '200', transaction_status: 'capture', fraud_status: 'accept', eci: '07' });
    expect(body.redirect_url).toBeUndefined();
  });

  it('that the bank declines is answered 202 and deny', async () => {
    const { http, body } = await gateway.charge(charges.card('INV-1', token('deny'), 640_000, {}));
    expect([http, body.status_code, body.transaction_status, body.fraud_status]).toEqual([200, '202', 'deny', 'accept']);
  });

  it('that the fraud detection declines is answered 202 and deny, and says so', async () => {
    const { body } = await gateway.charge(charges.card('INV-1', token('fraud'), 640_000, {}));
    expect([body.status_code, body.transaction_status, body.fraud_status]).toEqual(['202', 'deny', 'deny']);
  });

  it('that has to be reviewed is answered 201, capture and challenge', async () => {
    const { body } = await gateway.charge(charges.card('INV-1', token('challenge'), 640_000, {}));
    expect([body.status_code, body.transaction_status, body.fraud_status]).toEqual(['201', 'capture', 'challenge']);
  });

  it('that only reserves is answered authorize', async () => {
    const { body } = await gateway.charge(charges.card('INV-1', token(), 640_000, { type: 'authorize' }));
    expect([body.status_code, body.transaction_status]).toEqual(['200', 'authorize']);
  });

  it('with a slow bank stays pending and is captured after 60 seconds', async () => {
    const { body } = await gateway.charge(charges.card('INV-1', token('slow'), 640_000, {}));
    expect([body.status_code, body.transaction_status]).toEqual(['201', 'pending']);
    await gateway.control.advance(59_000);
    expect(gateway.control.transaction('INV-1').state.status).toBe('pending');
    await gateway.control.advance(1_000);
    expect(gateway.control.transaction('INV-1').state.status).toBe('capture');
  });

  it.each([
    ['no token', {}],
    ['an unknown token', { token_id: '48111111-1114-00000000-0000-4000-8000-000000000000' }],
  ])('with %s is 411', async (_what, details) => {
    const { body } = await gateway.charge({ ...charges.card('INV-1', ''), credit_card: details });
    expect(body.status_code).toBe('411');
  });

  it('uses a token once', async () => {
    const once = token();
    await gateway.charge(charges.card('INV-1', once));
    expect((await gateway.charge(charges.card('INV-2', once))).body.status_code).toBe('411');
  });

  it('with a token of 50 characters from the browser call', async () => {
    const query = 'client_key=SB-Mid-client-DOCEXAMPLE1&card_number=4811111111111114&card_cvv=123&card_exp_month=12&card_exp_year=2030';
    const { body } = await gateway.call('GET', `/v2/token?${query}`);
    expect(body.token_id).toHaveLength(50);
    expect((await gateway.charge(charges.card('INV-1', body.token_id))).body.status_code).toBe('201');
  });

  it('forgets a token that is too old', async () => {
    const old = token();
    await gateway.control.advance(3_600_001);
    expect((await gateway.charge(charges.card('INV-1', old))).body.status_code).toBe('411');
  });
});

describe('how long a charge can be paid', () => {
  const expiry = async (request: object, custom_expiry: object): Promise<string> =>
    (await gateway.charge({ ...request, custom_expiry })).body.expiry_time;

  it('is what custom_expiry says, in minutes when it says no unit', async () => {
    expect(await expiry(charges.va('bca', nextOrder()), { order_time: '2026-11-18 14:02:11 +0700', expiry_duration: 60 })).toBe(
      '2026-11-18 15:02:11',
    );
  });

  it.each([
    ['second', 30, '2026-11-18 14:02:41'],
    ['minute', 30, '2026-11-18 14:32:11'],
    ['hour', 3, '2026-11-18 17:02:11'],
    ['day', 2, '2026-11-20 14:02:11'],
  ])('can be given in units of a %s', async (unit, expiry_duration, until) => {
    expect(await expiry(charges.va('bca', nextOrder()), { expiry_duration, unit })).toBe(until);
  });

  it('counts from order_time', async () => {
    const custom = { order_time: '2026-11-18 14:00:00 +0700', expiry_duration: 10, unit: 'minute' };
    expect(await expiry(charges.va('bca', nextOrder()), custom)).toBe('2026-11-18 14:10:00');
  });

  it('is trimmed to 180 days', async () => {
    expect(await expiry(charges.va('bca', nextOrder()), { expiry_duration: 400, unit: 'day' })).toBe('2027-05-17 14:02:11');
  });

  it('is seven days at most for GoPay', async () => {
    expect(await expiry(charges.gopay(nextOrder()), { expiry_duration: 30, unit: 'day' })).toBe('2026-11-25 14:02:11');
  });

  it('is five days at most for QRIS by way of ShopeePay', async () => {
    expect(await expiry(charges.qris(nextOrder(), 1, 'airpay shopee'), { expiry_duration: 30, unit: 'day' })).toBe('2026-11-23 14:02:11');
  });

  it.each([
    ['under 20 seconds', { expiry_duration: 19, unit: 'second' }],
    ['in the past', { order_time: '2026-11-18 13:00:00 +0700', expiry_duration: 10, unit: 'minute' }],
    ['in an unknown unit', { expiry_duration: 1, unit: 'week' }],
    ['in a wrong form', { order_time: 'now', expiry_duration: 1 }],
    ['without a duration', { unit: 'day' }],
  ])('cannot be %s', async (_what, custom_expiry) => {
    const { http, body } = await gateway.charge({ ...charges.va('bca', nextOrder()), custom_expiry });
    expect([http, body.status_code]).toEqual([400, '400']);
  });
});
