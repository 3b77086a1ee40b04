/** Numbers the merchant chooses (midtrans.md §2.2). */
import { describe, expect, it } from 'vitest';
import { charges, freshGateway } from './gateway.fixture.ts';

const gateway = freshGateway();

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

  it('is replaced while another payment to it is open', async () => {
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
