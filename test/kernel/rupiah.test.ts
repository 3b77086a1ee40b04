/** Amounts of money: whole, never negative, and read strictly. */
import { describe, expect, it } from 'vitest';
import { minus, none, rupiah, rupiahFrom, sum } from '../../functions/kernel/rupiah.ts';

describe('an amount', () => {
  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('is never %d', (amount) => {
    expect(() => rupiah(amount)).toThrow(`${amount} is not an amount of whole rupiah`);
  });

  it('is zero or more, up to 2^53 - 1', () => {
    expect([rupiah(0), rupiah(2 ** 53 - 1)]).toEqual([0, 9_007_199_254_740_991]);
  });

  it('is added up, and never falls below zero', () => {
    expect(sum([rupiah(1), rupiah(20), rupiah(300)])).toBe(321);
    expect(sum([])).toBe(none);
    expect([minus(rupiah(5), rupiah(3)), minus(rupiah(3), rupiah(5))]).toEqual([2, 0]);
  });

  it.each([
    ['120000.00', 120_000],
    ['120000.0', 120_000],
    ['120000', 120_000],
    ['0.00', 0],
    ['999999999999999.00', 999_999_999_999_999],
    ['1000000000000000.00', undefined],
    ['120000.50', undefined],
    ['120000.000', undefined],
    ['120000.', undefined],
    ['-1.00', undefined],
    ['1e5', undefined],
    [' 1', undefined],
    ['1 ', undefined],
    ['', undefined],
  ])('%j of the gateway is %s', (text, amount) => {
    expect(rupiahFrom(text)).toBe(amount);
  });
});
