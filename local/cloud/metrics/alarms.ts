/** Evaluates the alarms, remembers their state, and reports each change. */
import type { CloudEvent } from '../events/bus.ts';
import { type AlarmRule, byName } from './alarm-template.ts';
import { slotMs } from './store.ts';

type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type Alarm = {
  readonly rule: AlarmRule;
  readonly state: AlarmState;
  readonly reason: string;
  readonly since: Date;
};

export type AlarmChange = Alarm & { readonly previous: Omit<Alarm, 'rule'> };

export type Alarms = ReturnType<typeof openAlarms>;

type AlarmsOptions = {
  readonly rules: readonly AlarmRule[];
  readonly startedAt: number;
  readonly everyMs: number;
  readonly onChange: (change: AlarmChange) => void;
};

type Window = number | 'missing' | 'too early';

const windowsOf = (rule: AlarmRule, now: number, startedAt: number): readonly Window[] =>
  Array.from({ length: rule.properties.EvaluationPeriods }, (_, index): Window => {
    const to = now - index * rule.periodMs;
    const from = to - rule.periodMs;
    const value = rule.valueIn({ from: from + slotMs, to });
    if (from < startedAt && (rule.needsWholeWindows || value === undefined)) return 'too early';
    return value ?? 'missing';
  });

type Judgement = { readonly state: AlarmState | 'keep'; readonly reason: string };

/** The state by CloudWatch's rules: M of N windows, with missing ones treated as the alarm says. */
export const judge = (rule: AlarmRule, now: number, startedAt: number): Judgement => {
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, TreatMissingData } = rule.properties;
  const { Threshold, ComparisonOperator } = rule.properties;
  const windows = windowsOf(rule, now, startedAt);
  const values = windows.filter((window) => typeof window === 'number');
  const missing = windows.filter((window) => window === 'missing').length;
  const breaching =
    values.filter((value) => rule.breaches(value)).length + (TreatMissingData === 'breaching' ? missing : 0);
  if (breaching >= DatapointsToAlarm) {
    const shown = values.length > 0 ? values.map((value) => Number(value.toPrecision(4))).join(', ') : 'no data';
    const crossed = `Threshold Crossed: ${breaching} of ${EvaluationPeriods} datapoints`;
    return { state: 'ALARM', reason: `${crossed} [${shown}] were ${ComparisonOperator} ${Threshold}` };
  }
  if (values.length > 0 || TreatMissingData === 'notBreaching') return { state: 'OK', reason: 'Threshold not crossed' };
  if (TreatMissingData === 'ignore') return { state: 'keep', reason: '' };
  if (TreatMissingData === 'breaching' && missing > 0) return { state: 'OK', reason: 'Threshold not crossed yet' };
  return { state: 'INSUFFICIENT_DATA', reason: 'No data yet' };
};

export const openAlarms = ({ rules, startedAt, everyMs, onChange }: AlarmsOptions) => {
  const current = new Map<string, Alarm>(
    rules.map((rule) => [
      rule.name,
      { rule, state: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation', since: new Date(startedAt) },
    ]),
  );

  const change = (name: string, state: AlarmState, reason: string): void => {
    const before = current.get(name);
    if (!before) throw new Error(`there is no alarm ${name}`);
    if (before.state === state) return;
    const after: Alarm = { rule: before.rule, state, reason, since: new Date() };
    current.set(name, after);
    onChange({ ...after, previous: before });
  };

  const evaluate = (now = Date.now()): void => {
    for (const rule of rules) {
      const { state, reason } = judge(rule, now, startedAt);
      if (state !== 'keep') change(rule.name, state, reason);
    }
  };
  const timer = setInterval(() => evaluate(), everyMs);
  timer.unref();
  return {
    all: (): readonly Alarm[] => [...current.values()],
    /** Evaluates now; a test can move the clock. */
    evaluate,
    set: change,
    stop: (): void => clearInterval(timer),
  };
};

const stamp = (date: Date): string => date.toISOString().replace('Z', '+0000');

/** The event that CloudWatch puts on the default bus when an alarm changes its state. */
export const stateChangeEvent = ({ rule, state, reason, since, previous }: AlarmChange): CloudEvent => ({
  source: 'aws.cloudwatch',
  detailType: 'CloudWatch Alarm State Change',
  resources: [rule.arn],
  detail: {
    alarmName: rule.name,
    state: { value: state, reason, timestamp: stamp(since) },
    previousState: { value: previous.state, reason: previous.reason, timestamp: stamp(previous.since) },
    configuration: {
      ...(rule.properties.AlarmDescription !== undefined && { description: rule.properties.AlarmDescription }),
      metrics: rule.metrics.map(({ Id, Expression, MetricStat, ReturnData }) => ({
        id: Id,
        ...(Expression !== undefined && { expression: Expression }),
        ...(MetricStat && {
          metricStat: {
            metric: {
              namespace: MetricStat.Metric.Namespace,
              name: MetricStat.Metric.MetricName,
              dimensions: byName(MetricStat.Metric.Dimensions),
            },
            period: MetricStat.Period,
            stat: MetricStat.Stat,
          },
        }),
        returnData: ReturnData,
      })),
    },
  },
});
