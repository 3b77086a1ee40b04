/** Chance that repeats with its seed. */
import { describe, expect, it } from 'vitest';
import { chances } from '../../../local/gateway/chance.ts';

describe('chance', () => {
  it('repeats for the same seed and the same purpose', () => {
    expect(chances('a')('order-1').digits(20)).toBe(chances('a')('order-1').digits(20));
  });

  it('differs between seeds and between purposes', () => {
    const drawn = [chances('a')('order-1'), chances('b')('order-1'), chances('a')('order-2')].map((chance) =>
      chance.digits(20),
    );
    expect(new Set(drawn).size).toBe(3);
  });

  it('makes ids in the form of a UUID', () => {
    expect(chances(1)('id').uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('stays within the ends of a range, both included', () => {
    const chance = chances(1)('range');
    const drawn = new Set(Array.from({ length: 200 }, () => chance.integer(1, 3)));
    expect([...drawn].sort()).toEqual([1, 2, 3]);
  });

  it('shuffles without losing anything', () => {
    expect(
      chances(1)('cards')
        .shuffled([1, 2, 3, 4, 5])
        .toSorted((a, b) => a - b),
    ).toEqual([1, 2, 3, 4, 5]);
  });
});
