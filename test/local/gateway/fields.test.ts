/** The vectors of the reference (midtrans.md §3.2, §4). */
import { describe, expect, it } from 'vitest';
import { signatureOf } from '../../../local/gateway/fields.ts';
import samples from './samples.json' with { type: 'json' };

const key = 'SB-Mid-server-DOCEXAMPLE1';

describe('the signature of a notification', () => {
  it('is the worked example of the reference', () => {
    expect(signatureOf({ order_id: 'INV-2026-000123', status_code: '200', gross_amount: '100000.00' }, key)).toBe(
      '8c3a3bb968868d0ec1418eaceb0f3959752b5f54522eeaf3ad8347d28afd3fe8' +
        'adeff8cde69b9a4b88dbbf70bf2a9fadbd1455defd46a5f561554b654df20ab2',
    );
  });

  it("is the documentation's own PHP example", () => {
    const key = 'askvnoibnosifnboseofinbofinfgbiufglnbfg';
    expect(signatureOf({ order_id: '1111', status_code: '200', gross_amount: '100000.00' }, key)).toBe(
      'edc076b21793ebe3e17926350f5b8ae67d902fe657b3d0aa31b932d5c127e237' +
        '5d308a2bc94f3265ac2d80a1f181a79b997ac178a236fcff35af263fc4d4c231',
    );
  });

  it('starts with e3df578e when the amount was turned into a number on the way', () => {
    const rebuilt = String(Number('100000.00'));
    expect(signatureOf({ order_id: 'INV-2026-000123', status_code: '200', gross_amount: rebuilt }, key)).toMatch(
      /^e3df578e/,
    );
  });

  it('is the same for two different payments, having no separators', () => {
    const shifted = signatureOf({ order_id: 'ORD-1201', status_code: '200', gross_amount: '50000.00' }, key);
    expect(signatureOf({ order_id: 'ORD-1', status_code: '201', gross_amount: '20050000.00' }, key)).toBe(shifted);
  });

  it.each(Object.entries(samples))('fits the sample %s', (_name, sample) => {
    expect(signatureOf(sample, key)).toBe(sample.signature_key);
  });

  it('is shared by all 200 events of an order', () => {
    const { cardCapture, refundPartial, chargeback } = samples;
    expect([refundPartial.signature_key, chargeback.signature_key]).toEqual([
      cardCapture.signature_key,
      cardCapture.signature_key,
    ]);
  });
});
