/** CloudWatch's API, as far as a reader of metrics and alarms needs it. */
import { type AwsOperations, operation } from '../../server/aws-json.ts';
import { number, text, z } from '../template/schema.ts';
import { byName, compileQueries, dimensions, type MetricQuery, metricQuery } from './alarm-template.ts';
import type { Alarm, Alarms } from './alarms.ts';
import type { MetricStore, Span } from './store.ts';

const dataInput = z.object({
  MetricDataQueries: z.array(z.object(metricQuery.shape)),
  StartTime: number,
  EndTime: number,
  ScanBy: text.default('TimestampDescending'),
});
const statisticsInput = z.object({
  Namespace: text,
  MetricName: text,
  Dimensions: dimensions,
  StartTime: number,
  EndTime: number,
  Period: number,
  Statistics: z.array(text).default([]),
  ExtendedStatistics: z.array(text).default([]),
});
const alarmsInput = z.object({
  AlarmNames: z.array(text).optional(),
  AlarmNamePrefix: text.optional(),
  StateValue: text.optional(),
});
const setInput = z.object({
  AlarmName: text,
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  StateReason: text,
});
const putInput = z.object({
  Namespace: text,
  MetricData: z.array(
    z.object({
      MetricName: text,
      Dimensions: dimensions,
      Value: number.optional(),
      Values: z.array(number).optional(),
      Timestamp: number.optional(),
    }),
  ),
});

/** Whole periods between two moments, oldest first. */
const periods = (startSeconds: number, endSeconds: number, period: number): readonly Span[] => {
  const first = Math.floor(startSeconds / period);
  const count = Math.max(0, Math.ceil(endSeconds / period) - first);
  return Array.from({ length: Math.min(count, 10_000) }, (_, index) => ({
    from: (first + index) * period * 1000,
    to: (first + index + 1) * period * 1000,
  }));
};

const metricData = (store: MetricStore, input: z.infer<typeof dataInput>) => {
  const { MetricDataQueries, StartTime, EndTime, ScanBy } = input;
  const compiled = compileQueries(MetricDataQueries, store, 'MetricDataQueries');
  const periodOf = ({ MetricStat, Period }: MetricQuery) => MetricStat?.Period ?? Period;
  const shortest = Math.min(...MetricDataQueries.map((query) => periodOf(query) ?? Number.POSITIVE_INFINITY));
  return MetricDataQueries.filter(({ ReturnData }) => ReturnData).map((query) => {
    const points = periods(StartTime, EndTime, periodOf(query) ?? shortest)
      .map((span) => ({ at: span.from / 1000, value: compiled.get(query.Id)?.(span) }))
      .filter(({ value }) => value !== undefined);
    if (ScanBy === 'TimestampDescending') points.reverse();
    return {
      Id: query.Id,
      Label: query.Label ?? query.Id,
      Timestamps: points.map(({ at }) => at),
      Values: points.map(({ value }) => value),
      StatusCode: 'Complete',
    };
  });
};

const metricStatistics = (store: MetricStore, input: z.infer<typeof statisticsInput>) => {
  const metric = { namespace: input.Namespace, name: input.MetricName, dimensions: byName(input.Dimensions) };
  const values = (statistics: readonly string[], span: Span) =>
    Object.fromEntries(statistics.map((statistic) => [statistic, store.read(metric, statistic, span)]));
  return periods(input.StartTime, input.EndTime, input.Period)
    .filter((span) => store.read(metric, 'SampleCount', span) !== undefined)
    .map((span) => ({
      Timestamp: span.from / 1000,
      ...values(input.Statistics, span),
      ...(input.ExtendedStatistics.length > 0 && { ExtendedStatistics: values(input.ExtendedStatistics, span) }),
    }));
};

const alarmView = ({ rule: { name, arn, properties }, state, reason, since }: Alarm) => ({
  ...properties,
  Tags: undefined,
  AlarmName: name,
  AlarmArn: arn,
  StateValue: state,
  StateReason: reason,
  StateUpdatedTimestamp: since.getTime() / 1000,
});

/** Operations of CloudWatch by their target. */
const targets = (operations: AwsOperations): AwsOperations =>
  Object.fromEntries(Object.entries(operations).map(([name, run]) => [`GraniteServiceVersion20100801.${name}`, run]));
const code = 'ValidationError';

export const cloudWatchOperations = (store: MetricStore, alarms: Pick<Alarms, 'all' | 'set'>): AwsOperations =>
  targets({
    GetMetricData: operation(code, dataInput, (input) => ({
      MetricDataResults: metricData(store, input),
      Messages: [],
    })),
    GetMetricStatistics: operation(code, statisticsInput, (input) => ({
      Label: input.MetricName,
      Datapoints: metricStatistics(store, input),
    })),
    ListMetrics: () => ({
      Metrics: store.list().map(({ namespace, name, dimensions: own }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(own).map(([Name, Value]) => ({ Name, Value })),
      })),
    }),
    PutMetricData: operation(code, putInput, ({ Namespace: namespace, MetricData }) => {
      for (const { MetricName: name, Dimensions, Value = 0, Values = [Value], Timestamp } of MetricData) {
        const at = Timestamp === undefined ? undefined : Timestamp * 1000;
        for (const value of Values) store.record({ namespace, name, dimensions: byName(Dimensions) }, value, at);
      }
    }),
    DescribeAlarms: operation(code, alarmsInput, ({ AlarmNames, AlarmNamePrefix = '', StateValue }) => ({
      CompositeAlarms: [],
      MetricAlarms: alarms
        .all()
        .filter(
          ({ rule: { name }, state }) =>
            (AlarmNames?.includes(name) ?? true) && name.startsWith(AlarmNamePrefix) && (StateValue ?? state) === state,
        )
        .map(alarmView),
    })),
    SetAlarmState: operation(code, setInput, ({ AlarmName, StateValue, StateReason }) =>
      alarms.set(AlarmName, StateValue, StateReason),
    ),
  });
