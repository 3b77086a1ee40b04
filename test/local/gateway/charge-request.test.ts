/** What the gateway refuses in a charge (midtrans.md §2.1, §2.3). */
import { describe, expect, it } from 'vitest';
import { parseCharge } from '../../../local/gateway/charge-request.ts';
import { Refused } from '../../../local/gateway/errors.ts';
import { charges } from './gateway.fixture.ts';

const codeOf = (body: unknown): string => {
  try {
    parseCharge(body);
    return 'fine';
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
};

const withDetails = (details: object): object => ({ ...charges.va('bca', 'INV-1'), transaction_details: details });

describe('an order id', () => {
  it.each(['INV-2026-000123', 'a', '1.2_3~4-5', 'x'.repeat(50), '01J9ZK4QW8Y7T3N5R6M2B1C0DE-17637'])(
    'can be %s',
    (order_id) => {
      expect(codeOf(withDetails({ order_id, gross_amount: 10_000 }))).toBe('fine');
    },
  );

  it.each([
    '',
    'x'.repeat(51),
    'INV/2026/01',
    'INV 1',
    'INV#9',
    'INV?1',
    'faktur-é',
    'a\nb',
    '../v1/x',
    undefined,
    null,
  ])('cannot be %j', (order_id) => {
    expect(codeOf(withDetails({ order_id, gross_amount: 10_000 }))).toBe('400');
  });

  it('is a text: a number has the wrong type', () => {
    expect(codeOf(withDetails({ order_id: 7001, gross_amount: 10_000 }))).toBe('408');
  });
});

describe('an amount', () => {
  it.each([
    ['10000.5', 10_000.5],
    ['zero', 0],
    ['negative', -1],
    ['missing', undefined],
    ['beyond safe integers', 2 ** 60],
  ])('cannot be %s', (_what, gross_amount) => {
    expect(codeOf(withDetails({ order_id: 'INV-1', gross_amount }))).toBe('400');
  });

  it('is a number: a text has the wrong type', () => {
    expect(codeOf(withDetails({ order_id: 'INV-1', gross_amount: '120000' }))).toBe('408');
  });

  it.each([
    ['bca', 9_999, '400'],
    ['bca', 10_000, 'fine'],
    ['bca', 20_000_000_000, 'fine'],
    ['bca', 20_000_000_001, '400'],
    ['bni', 1, 'fine'],
    ['bni', 900_000_000_000, 'fine'],
    ['bri', 20_000_000_001, '400'],
    ['permata', 9_999_999_999, 'fine'],
    ['permata', 10_000_000_000, '400'],
    ['cimb', 250_000_000, 'fine'],
    ['cimb', 250_000_001, '400'],
  ])('at %s of %d is %s', (bank, amount, code) => {
    expect(codeOf(charges.va(bank, 'INV-1', amount))).toBe(code);
  });

  it.each([
    ['Mandiri bill', charges.mandiri('INV-1', 50_000_000_000), 'fine'],
    ['Mandiri bill', charges.mandiri('INV-1', 50_000_000_001), '400'],
    ['QRIS', charges.qris('INV-1', 10_000_000), 'fine'],
    ['QRIS', charges.qris('INV-1', 10_000_001), '400'],
    ['GoPay', charges.gopay('INV-1', 20_000_000), 'fine'],
    ['GoPay', charges.gopay('INV-1', 20_000_001), '400'],
    ['card', charges.card('INV-1', 't', 9_999), '400'],
    ['card', charges.card('INV-1', 't', 999_999_999), 'fine'],
    ['card', charges.card('INV-1', 't', 1_000_000_000), '400'],
  ])('by %s has its limits', (_method, request, code) => {
    expect(codeOf(request)).toBe(code);
  });

  it('is the sum of the items, discounts included', () => {
    const items = [
      { price: 130_000, quantity: 1 },
      { price: -5_000, quantity: 2 },
    ];
    expect(codeOf({ ...charges.va('bca', 'INV-1', 120_000), item_details: items })).toBe('fine');
    expect(codeOf({ ...charges.va('bca', 'INV-1', 120_001), item_details: items })).toBe('400');
  });
});

describe('a payment type', () => {
  it.each([
    [undefined, '400'],
    ['', '400'],
    ['bitcoin', '400'],
    [7, '408'],
    ['shopeepay', '402'],
    ['akulaku', '402'],
    ['cstore', '402'],
  ])('%j is %s', (payment_type, code) => {
    expect(codeOf({ ...charges.va('bca', 'INV-1'), payment_type })).toBe(code);
  });

  it.each(['danamon', 'mandiri', 'bsi'])('bank %s is not offered', (bank) => {
    expect(codeOf(charges.va(bank, 'INV-1'))).toBe('400');
  });

  it('QRIS has two acquirers', () => {
    expect(codeOf(charges.qris('INV-1', 1, 'nobody'))).toBe('400');
  });
});

describe('customer details', () => {
  it('at BCA have a name of 30 characters', () => {
    const request = charges.va('bca', 'INV-1');
    expect(codeOf({ ...request, customer_details: { first_name: 'x'.repeat(30) } })).toBe('fine');
    expect(codeOf({ ...request, customer_details: { first_name: 'x'.repeat(31) } })).toBe('400');
  });

  it.each([
    ['+628123456789', 'fine'],
    ['08123456789', 'fine'],
    ['628123456789', '400'],
    [`0${'8'.repeat(30)}`, '400'],
  ])('at BNI have the phone number %s: %s', (phone, code) => {
    expect(codeOf({ ...charges.va('bni', 'INV-1'), customer_details: { phone } })).toBe(code);
  });
});

describe('echoed fields', () => {
  it('have 255 characters', () => {
    expect(codeOf({ ...charges.va('bca', 'INV-1'), custom_field1: 'x'.repeat(255) })).toBe('fine');
    expect(codeOf({ ...charges.va('bca', 'INV-1'), custom_field3: 'x'.repeat(256) })).toBe('400');
  });

  it('metadata is an object', () => {
    expect(codeOf({ ...charges.va('bca', 'INV-1'), metadata: { ride: 'r-1' } })).toBe('fine');
    expect(codeOf({ ...charges.va('bca', 'INV-1'), metadata: 'r-1' })).toBe('408');
  });
});

describe('a body', () => {
  it.each([null, [], 'text', 7, {}])('cannot be %j', (body) => {
    expect(codeOf(body)).toBe('400');
  });
});
