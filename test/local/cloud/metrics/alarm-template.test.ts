/** Alarms of a template: what they compute, and which are refused at the start. */
import { describe, expect, it } from 'vitest';
import { readAlarms } from '../../../../local/cloud/metrics/alarm-template.ts';
import { openMetrics } from '../../../../local/cloud/metrics/store.ts';

const start = 60_000_000;
const span = { from: start, to: start + 60_000 };
const plain = {
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  Threshold: 5,
  EvaluationPeriods: 1,
  Namespace: 'Tuntas/local',
  MetricName: 'Failed',
  Period: 60,
  Statistic: 'Sum',
};
const query = (Id: string, MetricName: string, more: object = {}) => ({
  Id,
  MetricStat: { Metric: { Namespace: 'Tuntas/local', MetricName }, Period: 60, Stat: 'Sum' },
  ...more,
});
const alarmOf = (properties: object) => {
  const store = openMetrics(() => start);
  for (const [name, value] of Object.entries({ Failed: 5, Attempted: 20 }))
    store.record({ namespace: 'Tuntas/local', name, dimensions: {} }, value, start);
  const stack = {
    read: (_type: string, schema: { parse: (value: object) => unknown }) => [
      { id: 'Alarm', properties: schema.parse(properties) },
    ],
    identify: () => ({ ref: 'failures', attributes: {} }),
  };
  const [alarm] = readAlarms(stack as never, store);
  if (!alarm) throw new Error('no alarm');
  return alarm;
};
const { Namespace: _, MetricName: __, Period: ___, Statistic: ____, ...withoutMetric } = plain;

describe('an alarm', () => {
  it('on one metric reads its statistic and compares it', () => {
    const alarm = alarmOf(plain);
    expect([alarm.name, alarm.periodMs, alarm.valueIn(span)]).toEqual(['failures', 60_000, 5]);
    expect([4, 5].map(alarm.breaches)).toEqual([false, true]);
  });

  it.each([
    ['GreaterThanThreshold', [false, false, true], false],
    ['GreaterThanOrEqualToThreshold', [false, true, true], false],
    ['LessThanThreshold', [true, false, false], true],
    ['LessThanOrEqualToThreshold', [true, true, false], true],
  ])('%s breaches at 4, 5, 6: %j', (ComparisonOperator, expected, needsWholeWindows) => {
    const alarm = alarmOf({ ...plain, ComparisonOperator });
    expect([4, 5, 6].map(alarm.breaches)).toEqual(expected);
    expect(alarm.needsWholeWindows).toBe(needsWholeWindows);
  });

  it('on an expression computes it from the metrics it names', () => {
    const Metrics = [
      query('failed', 'Failed', { ReturnData: false }),
      query('all', 'Attempted', { ReturnData: false }),
      { Id: 'share', Expression: '100 * failed / all' },
    ];
    expect(alarmOf({ ...withoutMetric, Metrics }).valueIn(span)).toBe(25);
  });

  it.each([
    [
      'a metric that is not measured',
      { ...plain, Namespace: 'AWS/Lambda', MetricName: 'Deaths' },
      'neither measured here',
    ],
    ['a statistic', { ...plain, Statistic: 'TM(10%:90%)' }, 'the statistic TM(10%:90%) is not known here'],
    ['no metric', withoutMetric, 'the alarm names no whole metric'],
    ['two results', { ...withoutMetric, Metrics: [query('a', 'A'), query('b', 'B')] }, 'exactly one returns data'],
    ['no result', { ...withoutMetric, Metrics: [query('a', 'A', { ReturnData: false })] }, 'exactly one returns data'],
    ['no period', { ...withoutMetric, Metrics: [{ Id: 'a', Expression: '1' }] }, 'there is no period'],
  ])('with %s is refused', (_what, properties, reason) => {
    expect(() => alarmOf(properties)).toThrow(reason);
  });
});
