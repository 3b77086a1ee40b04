/** Metric math of alarms, and what of it is refused. */
import { describe, expect, it } from 'vitest';
import { compileQueries } from '../../../../local/cloud/metrics/alarm-template.ts';
import { compileMath } from '../../../../local/cloud/metrics/math.ts';
import { openMetrics } from '../../../../local/cloud/metrics/store.ts';

describe('metric math', () => {
  const values = new Map([
    ['failed', 3],
    ['attempted', 200],
    ['none', undefined],
    ['zero', 0],
  ]);
  const compute = (expression: string): number | undefined => compileMath(expression, 'Alarm')((id) => values.get(id));

  it.each([
    ['100 * failed / attempted', 1.5],
    ['100 * (failed + 1) / attempted - 1', 1],
    ['-failed + 2 ^ 3', 5],
    ['failed / zero', undefined],
    ['none + failed', undefined],
    ['FILL(none, 0) + failed', 3],
    ['IF(attempted > 100 AND failed >= 3, 1, 0)', 1],
    ['MAX([failed, attempted, none])', 200],
    ['SUM([failed, attempted])', 203],
  ])('%s is %s', (expression, expected) => {
    expect(compute(expression)).toBe(expected);
  });

  it('refuses what it does not know', () => {
    expect(() => compute('ANOMALY_DETECTION_BAND(failed)')).toThrow(
      'Alarm: the function ANOMALY_DETECTION_BAND is not known here',
    );
    expect(() => compute('failed +')).toThrow('the end comes too early');
    expect(() =>
      compileQueries(
        [
          {
            Id: 'm',
            ReturnData: true,
            MetricStat: {
              Metric: { Namespace: 'n', MetricName: 'm', Dimensions: [] },
              Period: 60,
              Stat: 'TM(10%:90%)',
            },
          },
        ],
        openMetrics(),
        'Alarm',
      ),
    ).toThrow('the statistic TM(10%:90%) is not known here');
  });
});
