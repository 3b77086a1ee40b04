/** The state of an alarm by CloudWatch's rules. */
import { describe, expect, it } from 'vitest';
import type { AlarmProperties, AlarmRule } from '../../../../local/cloud/metrics/alarm-template.ts';
import { judge } from '../../../../local/cloud/metrics/alarms.ts';

const minute = 60_000;
const start = 1_000 * minute;

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
