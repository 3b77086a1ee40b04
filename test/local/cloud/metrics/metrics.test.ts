/** Metrics from log lines, metric math, and alarms by CloudWatch's rules. */
import { describe, expect, it } from 'vitest';
import {
  type AlarmProperties,
  type AlarmRule,
  compileQueries,
} from '../../../../local/cloud/metrics/alarm-template.ts';
import { judge } from '../../../../local/cloud/metrics/alarms.ts';
import { compileTerms } from '../../../../local/cloud/metrics/lines.ts';
import { compileMath } from '../../../../local/cloud/metrics/math.ts';
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

const rule = (values: readonly (number | undefined)[], properties: Partial<AlarmProperties>): AlarmRule => {
  const whole = {
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    EvaluationPeriods: 1,
    TreatMissingData: 'missing',
    ...properties,
  } as AlarmProperties;
  const isLess = whole.ComparisonOperator === 'LessThanThreshold';
  return {
    name: 'alarm',
    arn: 'arn',
    properties: whole,
    periodMs: minute,
    needsWholeWindows: isLess,
    breaches: (value) => (isLess ? value < whole.Threshold : value > whole.Threshold),
    valueIn: ({ to }) => values[Math.round((start - to) / minute)],
    metrics: [],
  };
};
const longAgo = 0;
const state = (
  values: readonly (number | undefined)[],
  properties: Partial<AlarmProperties>,
  startedAt = longAgo,
): string => judge(rule(values, properties), start, startedAt).state;

describe('an alarm', () => {
  it('is raised when the threshold is crossed, and only then', () => {
    expect(state([1], {})).toBe('ALARM');
    expect(state([0], {})).toBe('OK');
  });

  it('needs M of N windows', () => {
    const threeOfFive = { EvaluationPeriods: 5, DatapointsToAlarm: 3 };
    expect(state([1, 0, 1, 0, 1], threeOfFive)).toBe('ALARM');
    expect(state([1, 0, 0, 0, 1], threeOfFive)).toBe('OK');
    expect(state([1, 1, 1], { EvaluationPeriods: 3 })).toBe('ALARM');
    expect(state([1, 1, 0], { EvaluationPeriods: 3 })).toBe('OK');
  });

  it.each([
    ['missing', 'INSUFFICIENT_DATA'],
    ['notBreaching', 'OK'],
    ['breaching', 'ALARM'],
    ['ignore', 'keep'],
  ] as const)('treats missing data as %s: %s', (TreatMissingData, expected) => {
    expect(state([undefined], { TreatMissingData })).toBe(expected);
  });

  it('is not raised by windows in which the stack did not run yet', () => {
    const silent = { ComparisonOperator: 'LessThanThreshold', Threshold: 1, TreatMissingData: 'breaching' } as const;
    expect(state([undefined], silent, start - minute / 2)).toBe('INSUFFICIENT_DATA');
    expect(state([0], silent, start - minute / 2)).toBe('INSUFFICIENT_DATA');
    expect(state([undefined], silent, start - 2 * minute)).toBe('ALARM');
  });
});

describe('a metric filter', () => {
  it('looks for its terms', () => {
    const matches = compileTerms('"Dispatch sent for DECLINED request"', 'Filter');
    expect(matches('{"message":"Dispatch sent for DECLINED request"}')).toBe(true);
    expect(matches('{"message":"Dispatch sent"}')).toBe(false);
    expect(compileTerms('ERROR -timeout', 'Filter')('ERROR timeout')).toBe(false);
    expect(compileTerms('?ERROR ?WARN', 'Filter')('WARN late')).toBe(true);
  });

  it('refuses JSON and column patterns', () => {
    expect(() => compileTerms('{ $.level = "ERROR" }', 'Filter')).toThrow('Filter: only terms are known here');
  });
});
