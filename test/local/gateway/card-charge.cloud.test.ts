/** Charges by card (midtrans.md §2.2, §6). */
import { describe, expect, it } from 'vitest';
import { charges, common, freshGateway, type Running } from './gateway.fixture.ts';

const gateway = freshGateway();

describe('a charge by card', () => {
  const token = (card: Parameters<Running['control']['cardToken']>[0] = 'accept'): string =>
    gateway.control.cardToken(card);

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
    expect(body).toMatchObject({
      status_code: '200',
      transaction_status: 'capture',
      fraud_status: 'accept',
      eci: '07',
    });
    expect(body.redirect_url).toBeUndefined();
  });

  it('that the bank declines is answered 202 and deny', async () => {
    const { http, body } = await gateway.charge(charges.card('INV-1', token('deny'), 640_000, {}));
    expect([http, body.status_code, body.transaction_status, body.fraud_status]).toEqual([
      200,
      '202',
      'deny',
      'accept',
    ]);
  });

  it('that the fraud detection declines is answered 202 and deny, by fraud detection', async () => {
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
    const card = 'card_number=4811111111111114&card_cvv=123&card_exp_month=12&card_exp_year=2030';
    const query = `client_key=SB-Mid-client-DOCEXAMPLE1&${card}`;
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
