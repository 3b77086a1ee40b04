/** Statistics of a metric over a span of time. */
import { describe, expect, it } from 'vitest';
import { openMetrics } from '../../../../local/cloud/metrics/store.ts';

const minute = 60_000;
const start = 1_000 * minute;
const metric = { namespace: 'Tuntas/local', name: 'DispatchFailed', dimensions: { service: 'dispatch' } };

describe('a metric', () => {
  const store = openMetrics(() => start);
  for (let value = 1; value <= 100; value++) store.record(metric, value, start + value * 500);

  it.each([
    ['Sum', 5050],
    ['SampleCount', 100],
    ['Average', 50.5],
    ['Minimum', 1],
    ['Maximum', 100],
    ['p50', 50],
    ['p99', 99],
    ['p100', 100],
  ])('%s over a minute is %d', (statistic, expected) => {
    expect(store.read(metric, statistic, { from: start, to: start + minute })).toBe(expected);
  });

  it('has no value where nothing came, and none under other dimensions', () => {
    expect(store.read(metric, 'Sum', { from: start + 2 * minute, to: start + 3 * minute })).toBeUndefined();
    expect(store.read({ ...metric, dimensions: {} }, 'Sum', { from: start, to: start + minute })).toBeUndefined();
  });
});
