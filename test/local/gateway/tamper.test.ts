/** Every tampering of the reference (midtrans.md §4), on its own sample. */
import { describe, expect, it } from 'vitest';
import type { Tampering } from '../../../local/gateway/fault.schema.ts';
import { tamper } from '../../../local/gateway/tamper.ts';
import samples from './samples.json' with { type: 'json' };

const key = 'SB-Mid-server-DOCEXAMPLE1';
const sample = samples.vaSettlement;
const valid = sample.signature_key;

const sent = (how: Tampering, fields: object = sample) => JSON.parse(tamper(how, { ...fields }, key));

describe('a tampered field', () => {
  it('status: another one under a signature that still fits', () => {
    expect(sent({ kind: 'status', to: 'refund' })).toEqual({ ...sample, transaction_status: 'refund' });
  });

  it.each([
    ['fraud_status', 'deny'],
    ['currency', 'USD'],
    ['merchant_id', 'G999'],
    ['transaction_id', 'A120250123494119o1P1fiYNhZID'],
    ['refund_amount', '120000.00'],
    ['payment_type', 'carrier_pigeon'],
    ['status_code', 200],
    ['gross_amount', 120_000],
  ])('%s: the signature stays', (field, value) => {
    expect(sent({ kind: 'field', field, value })).toEqual({ ...sample, [field]: value });
  });

  it('amount: the signature does not fit any more', () => {
    expect(sent({ kind: 'amount', to: '1.00' })).toEqual({ ...sample, gross_amount: '1.00' });
  });

  it('signed again: the key of the merchant is in the wrong hands', () => {
    const forged = sent({ kind: 'field', field: 'status_code', value: '201', resign: true });
    expect(forged.signature_key).toBe(samples.vaPending.signature_key);
  });

  it.each(['order_id', 'status_code', 'gross_amount', 'signature_key', 'transaction_status'])(
    '%s in an array',
    (field) => {
      expect(sent({ kind: 'array', field })[field]).toEqual([sample[field as keyof typeof sample]]);
    },
  );

  it.each(['order_id', 'status_code', 'gross_amount', 'signature_key', 'transaction_id'])('%s missing', (field) => {
    expect(field in sent({ kind: 'missing', field })).toBe(false);
  });

  it('order id and status code shifted into each other', () => {
    const original = { ...sample, order_id: 'ORD-1', status_code: '201', gross_amount: '20050000.00' };
    const { order_id, status_code, gross_amount, signature_key } = sent({ kind: 'shifted' }, original);
    expect([order_id, status_code, gross_amount]).toEqual(['ORD-1201', '200', '50000.00']);
    expect(signature_key).toBe(valid);
  });
});

describe('a tampered signature', () => {
  const signature = (how: Extract<Tampering, { kind: 'signature' }>['how']): string =>
    sent({ kind: 'signature', how }).signature_key;

  it.each([
    ['upper-case', valid.toUpperCase()],
    ['truncated', valid.slice(0, -1)],
    ['garbage', 'z'.repeat(128)],
    ['valid-prefix', `${valid}zz`],
    ['line-break', `${valid}\n`],
    ['empty', ''],
  ] as const)('%s', (how, expected) => {
    expect(signature(how)).toBe(expected);
  });

  it.each(['other-key', 'number-amount', 'of-other-code'] as const)('%s looks right and does not fit', (how) => {
    expect(signature(how)).toMatch(/^[0-9a-f]{128}$/);
    expect(signature(how)).not.toBe(valid);
  });
});

describe('a tampered body', () => {
  const body = (how: Extract<Tampering, { kind: 'body' }>['how']): string =>
    tamper({ kind: 'body', how }, { ...sample }, key);

  it.each([
    ['empty', ''],
    ['not-json', 'order_id=INV-7001&transaction_status=settlement'],
    ['null', 'null'],
  ] as const)('%s', (how, text) => {
    expect(body(how)).toBe(text);
  });

  it('truncated is not JSON', () => {
    expect(() => JSON.parse(body('truncated'))).toThrow();
  });

  it.each(['array', 'text'] as const)('%s is JSON but not an object', (how) => {
    const value: unknown = JSON.parse(body(how));
    expect(typeof value === 'string' || Array.isArray(value)).toBe(true);
  });

  it('huge is a valid notification of more than a megabyte', () => {
    expect(body('huge').length).toBeGreaterThan(1_048_576);
    expect(JSON.parse(body('huge')).signature_key).toBe(valid);
  });

  it('deep is nested 20,000 times', () => {
    expect(body('deep')).toContain('['.repeat(20_000));
  });

  it('of a subscription has no signature', () => {
    expect(JSON.parse(body('subscription'))).toMatchObject({ event_name: 'subscription.charge' });
    expect(JSON.parse(body('subscription')).signature_key).toBeUndefined();
  });
});
