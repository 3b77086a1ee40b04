/** CloudWatch's own API, as far as a reader of metrics and alarms needs it. */
import { AwsError, type AwsOperation } from '../../server/aws-json.ts';
import { flag, number, text, z } from '../template/schema.ts';
import { compileQueries } from './alarm-template.ts';
import type { Alarms } from './alarms.ts';
import type { MetricStore } from './store.ts';

const dimensions = z.array(z.object({ Name: text, Value: text })).default([]);
const query = z.object({
  Id: text,
  Label: text.optional(),
  Expression: text.optional(),
  Period: number.optional(),
  ReturnData: flag.default(true),
  MetricStat: z
    .object({
      Metric: z.object({ Namespace: text, MetricName: text, Dimensions: dimensions }),
      Period: number,
      Stat: text,
    })
    .optional(),
});
const dataInput = z.object({
  MetricDataQueries: z.array(query),
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

/** Whole periods between two moments, oldest first, each as `[start, end)` in milliseconds. */
const periods = (
  startSeconds: number,
  endSeconds: number,
  period: number,
): readonly { readonly from: number; readonly to: number }[] => {
  const first = Math.floor(startSeconds / period);
  const count = Math.max(0, Math.ceil(endSeconds / period) - first);
  return Array.from({ length: Math.min(count, 10_000) }, (_, index) => ({
    from: (first + index) * period * 1000,
    to: (first + index + 1) * period * 1000,
  }));
};

const record = (all: readonly { Name: string; Value: string }[]): Record<string, string> =>
  Object.fromEntries(all.map(({ Name, Value }) => [Name, Value]));

const operation =
  <Schema extends z.ZodType>(schema: Schema, run: (input: z.infer<Schema>) => unknown): AwsOperation =>
  (input) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw new AwsError('ValidationError', parsed.error.message);
    return run(parsed.data);
  };

const PREFIX = 'GraniteServiceVersion20100801';

export const cloudWatchOperations = (store: MetricStore, alarms: Alarms): Readonly<Record<string, AwsOperation>> => ({
  [`${PREFIX}.GetMetricData`]: operation(dataInput, ({ MetricDataQueries, StartTime, EndTime, ScanBy }) => {
    const compiled = compileQueries(MetricDataQueries, store, 'MetricDataQueries');
    const shortest = Math.min(
      ...MetricDataQueries.map(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? Number.POSITIVE_INFINITY),
    );
    const MetricDataResults = MetricDataQueries.filter(({ ReturnData }) => ReturnData).map(
      ({ Id, Label, MetricStat, Period }) => {
        const spans = periods(StartTime, EndTime, MetricStat?.Period ?? Period ?? shortest);
        const points = spans
          .map((span) => ({ at: span.from / 1000, value: compiled.get(Id)?.(span) }))
          .filter(({ value }) => value !== undefined);
        if (ScanBy === 'TimestampDescending') points.reverse();
        return {
          Id,
          Label: Label ?? Id,
          Timestamps: points.map(({ at }) => at),
          Values: points.map(({ value }) => value),
          StatusCode: 'Complete',
        };
      },
    );
    return { MetricDataResults, Messages: [] };
  }),
  [`${PREFIX}.GetMetricStatistics`]: operation(statisticsInput, (input) => {
    const metric = { namespace: input.Namespace, name: input.MetricName, dimensions: record(input.Dimensions) };
    const Datapoints = periods(input.StartTime, input.EndTime, input.Period)
      .filter((span) => store.read(metric, 'SampleCount', span) !== undefined)
      .map((span) => ({
        Timestamp: span.from / 1000,
        ...Object.fromEntries(input.Statistics.map((statistic) => [statistic, store.read(metric, statistic, span)])),
        ...(input.ExtendedStatistics.length > 0 && {
          ExtendedStatistics: Object.fromEntries(
            input.ExtendedStatistics.map((statistic) => [statistic, store.read(metric, statistic, span)]),
          ),
        }),
      }));
    return { Label: input.MetricName, Datapoints };
  }),
  [`${PREFIX}.ListMetrics`]: () => ({
    Metrics: store.list().map(({ namespace, name, dimensions: own }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(own).map(([Name, Value]) => ({ Name, Value })),
    })),
  }),
  [`${PREFIX}.PutMetricData`]: operation(putInput, ({ Namespace: namespace, MetricData }) => {
    for (const { MetricName: name, Dimensions, Value, Values, Timestamp } of MetricData) {
      for (const value of Values ?? [Value ?? 0])
        store.record(
          { namespace, name, dimensions: record(Dimensions) },
          value,
          Timestamp === undefined ? undefined : Timestamp * 1000,
        );
    }
  }),
  [`${PREFIX}.DescribeAlarms`]: operation(alarmsInput, ({ AlarmNames, AlarmNamePrefix = '', StateValue }) => ({
    CompositeAlarms: [],
    MetricAlarms: alarms
      .all()
      .filter(
        ({ rule: { name }, state }) =>
          (AlarmNames?.includes(name) ?? true) && name.startsWith(AlarmNamePrefix) && (StateValue ?? state) === state,
      )
      .map(({ rule: { name, arn, properties }, state, reason, since }) => ({
        ...properties,
        Tags: undefined,
        AlarmName: name,
        AlarmArn: arn,
        StateValue: state,
        StateReason: reason,
        StateUpdatedTimestamp: since.getTime() / 1000,
      })),
  })),
  [`${PREFIX}.SetAlarmState`]: operation(setInput, ({ AlarmName, StateValue, StateReason }) =>
    alarms.set(AlarmName, StateValue, StateReason),
  ),
});
