/** The number of a car as a request may write it. */
import { describe, expect, it } from 'vitest';
import { carNumber } from '../../functions/kernel/car.ts';
import { check } from '../../functions/kernel/schema.ts';

describe('the number of a car', () => {
  it.each(['B1', 'B1234XYZ', 'BB-1234', '0123456789ABCDEF'])('is %s', (number) => {
    expect(check(carNumber, number)).toBe(number);
  });

  it.each(['', 'B', '0123456789ABCDEFG', 'b1234xyz', 'B 1234', 'B1234XYZ\n', '_B1234', 7])('is not %j', (number) => {
    expect(() => check(carNumber, number)).toThrow('Some fields are invalid');
  });
});
