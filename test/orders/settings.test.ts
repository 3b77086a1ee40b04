/** The settings of orders. */
import { describe, expect, it } from 'vitest';
import { fareLimitsFrom } from '../../functions/orders/settings.ts';

describe('the most a driver may enter for a trip', () => {
  it('has a value for each service line, by default 5, 10 and 50 million', () => {
    const usual = { BB: 5_000_000, SB: 10_000_000, GB: 50_000_000 };
    expect(fareLimitsFrom({})).toEqual(usual);
    expect(fareLimitsFrom({ FARE_LIMITS: '{"BB":1}' })).toEqual({ ...usual, BB: 1 });
  });

  it.each(['{"SB":0}', '{"SB":"1"}', '{"SB":1.5}', '{"SB":null,"GB":-1}'])('%s stops the start', (FARE_LIMITS) => {
    expect(() => fareLimitsFrom({ FARE_LIMITS })).toThrow('FARE_LIMITS must have whole rupiah for');
  });
});
