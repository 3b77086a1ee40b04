/** Times, groups, metric units and the number of a car. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { batchesOf } from '../../functions/kernel/batches.ts';
import { carNumber } from '../../functions/kernel/car.ts';
import { metricNames, unitOf } from '../../functions/kernel/metrics.ts';
import { after, earlier, instant, iso } from '../../functions/kernel/types.ts';

describe('a time', () => {
  it('is moved and compared in milliseconds, and written in UTC', () => {
    const noon = instant(Date.UTC(2026, 10, 21, 12));
    expect(after(noon, 1_500) - noon).toBe(1_500);
    expect([earlier(instant(1), instant(2)), earlier(instant(2), instant(1))]).toEqual([1, 1]);
    expect(iso(noon)).toBe('2026-11-21T12:00:00.000Z');
  });
});

describe('groups', () => {
  it.each([
    [[], []],
    [[1, 2], [[1, 2]]],
    [
      [1, 2, 3],
      [[1, 2], [3]],
    ],
    [
      [1, 2, 3, 4],
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ])('of %j by two are %j', (items, groups) => {
    expect(batchesOf(items, 2)).toEqual(groups);
  });
});

describe('a metric', () => {
  it('is a count unless it is a duration', () => {
    expect([unitOf('RideAccepted'), unitOf('OutboxLag'), unitOf('PendingAge')]).toEqual([
      'Count',
      'Milliseconds',
      'Seconds',
    ]);
    expect(metricNames()).toEqual(expect.arrayContaining(['RideAccepted', 'OutboxLag']));
  });
});

describe('the number of a car', () => {
  it.each(['B1234XYZ', 'B-12', 'AB', 'ABCDEFGHIJKLMNOP'])('%s is taken', (text) => {
    expect(carNumber.parse(text)).toBe(text);
  });

  it.each(['B', 'ABCDEFGHIJKLMNOPQ', 'b1234xyz', 'B 1234', '', ' B1', 'B1\n'])('%j is refused', (text) => {
    expect(carNumber.safeParse(text).success).toBe(false);
  });

  it('is described with an example', () => {
    expect(z.globalRegistry.get(carNumber)).toMatchObject({ examples: ['B1234XYZ'] });
  });
});
