/** The retry budget (midtrans.md §6). */
import { describe, expect, it } from 'vitest';
import { chances } from '../../../local/gateway/chance.ts';
import { type Answered, isDelivered, nextGap, retryBudget, retryGaps } from '../../../local/gateway/retries.ts';

const minute = 60_000;

describe('how often a notification is sent again', () => {
  it.each<[Answered, number]>([
    [200, 0],
    [201, 0],
    [204, 0],
    [299, 0],
    [301, 0],
    [302, 0],
    [303, 0],
    [500, 1],
    [400, 2],
    [404, 2],
    [503, 4],
    [401, 5],
    [403, 5],
    [409, 5],
    [422, 5],
    [429, 5],
    [502, 5],
    [504, 5],
    ['timeout', 5],
    ['unreachable', 5],
    ['too-many-redirects', 5],
  ])('after %s is %s times', (answered, times) => {
    expect(retryBudget(answered)).toBe(times);
  });

  it.each([301, 302, 303])('does not make %s a success', (answered) => {
    expect(isDelivered(answered)).toBe(false);
  });
});

describe('when a notification is sent again', () => {
  const inTheMiddle = { ...chances(1)(''), fraction: () => 0.75 };

  it('is 2, 10, 30, 90 and 210 minutes after each failure, about', () => {
    const gaps = [1, 2, 3, 4, 5].map((attempts) => nextGap(502, attempts, retryGaps, inTheMiddle));
    expect(gaps).toEqual([2 * minute, 10 * minute, 30 * minute, 90 * minute, 210 * minute]);
  });

  it('is never again after the sixth attempt', () => {
    expect(nextGap(502, 6, retryGaps, inTheMiddle)).toBeUndefined();
  });

  it('can come as early as half a minute into a two-minute gap', () => {
    expect(nextGap(502, 1, retryGaps, { ...inTheMiddle, fraction: () => 0 })).toBe(30_000);
  });

  it('goes by the last answer: a 500 after two 503s ends it', () => {
    expect(nextGap(500, 3, retryGaps, inTheMiddle)).toBeUndefined();
  });
});
