/** Reads the alarms of the template into one form: a value per window, a threshold, and when it counts. */
import { flag, number, text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';
import { checkKnown } from './known.ts';
import { compileMath } from './math.ts';
import { type Dimensions, type MetricName, type MetricStore, type Span, statisticOf } from './store.ts';

export const dimensions = z.array(z.strictObject({ Name: text, Value: text })).default([]);
export const metricQuery = z.strictObject({
  Id: text,
  Label: text.optional(),
  Expression: text.optional(),
  Period: number.optional(),
  ReturnData: flag.default(true),
  MetricStat: z
    .strictObject({
      Metric: z.strictObject({ Namespace: text, MetricName: text, Dimensions: dimensions }),
      Period: number,
      Stat: text,
      ...unused('Unit'),
    })
    .optional(),
});

const schema = z.strictObject({
  AlarmName: text.optional(),
  AlarmDescription: text.optional(),
  ActionsEnabled: flag.default(true),
  AlarmActions: z.array(text).default([]),
  OKActions: z.array(text).default([]),
  InsufficientDataActions: z.array(text).default([]),
  ComparisonOperator: z.enum([
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  Threshold: number,
  EvaluationPeriods: number,
  DatapointsToAlarm: number.optional(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
  Namespace: text.optional(),
  MetricName: text.optional(),
  Dimensions: dimensions,
  Period: number.optional(),
  Statistic: text.optional(),
  ExtendedStatistic: text.optional(),
  Metrics: z.array(metricQuery).optional(),
  ...unused('Unit', 'Tags'),
});

export type AlarmProperties = z.infer<typeof schema>;
export type MetricQuery = z.infer<typeof metricQuery>;

type ValueIn = (span: Span) => number | undefined;

export type AlarmRule = ReturnType<typeof readAlarms>[number];

type Comparison = (value: number, threshold: number) => boolean;
const comparisons: Readonly<Record<AlarmProperties['ComparisonOperator'], Comparison>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Dimensions as AWS lists them, by name. */
export const byName = (all: z.infer<typeof dimensions>): Dimensions =>
  Object.fromEntries(all.map(({ Name, Value }) => [Name, Value]));

const nameOf = ({ Metric }: NonNullable<MetricQuery['MetricStat']>): MetricName => ({
  namespace: Metric.Namespace,
  name: Metric.MetricName,
  dimensions: byName(Metric.Dimensions),
});

/** A plain alarm is a metric query with one member. */
const queriesOf = (id: string, properties: AlarmProperties): readonly MetricQuery[] => {
  if (properties.Metrics) return properties.Metrics;
  const { Namespace, MetricName, Dimensions, Period, Statistic, ExtendedStatistic } = properties;
  const Stat = Statistic ?? ExtendedStatistic;
  if (Namespace === undefined || MetricName === undefined || Period === undefined || Stat === undefined)
    throw new Error(`${id}: the alarm names no whole metric`);
  return [{ Id: 'm1', ReturnData: true, MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat } }];
};

export const compileQueries = (queries: readonly MetricQuery[], store: MetricStore, place: string) => {
  const compiled = new Map<string, ValueIn>();
  for (const { Id, Expression, MetricStat } of queries) {
    if (MetricStat) {
      if (!statisticOf(MetricStat.Stat))
        throw new Error(`${place}.${Id}: the statistic ${MetricStat.Stat} is not known here`);
      const metric = nameOf(MetricStat);
      compiled.set(Id, (span) => store.read(metric, MetricStat.Stat, span));
    } else if (Expression !== undefined) {
      const compute = compileMath(Expression, `${place}.${Id}`);
      compiled.set(Id, (span) => compute((id) => compiled.get(id)?.(span)));
    } else throw new Error(`${place}.${Id}: neither a metric nor an expression`);
  }
  return compiled;
};

export const readAlarms = (stack: Stack, store: MetricStore) =>
  stack.read('AWS::CloudWatch::Alarm', schema).map(({ id, properties }) => {
    const { ref: name, attributes } = stack.identify(id);
    const metrics = queriesOf(id, properties);
    for (const { MetricStat } of metrics) if (MetricStat) checkKnown(nameOf(MetricStat), id);
    const [only, ...others] = metrics.filter(({ ReturnData }) => ReturnData);
    if (!only || others.length > 0) throw new Error(`${id}: Properties.Metrics: exactly one returns data`);
    const valueIn = compileQueries(metrics, store, `${id}.Properties.Metrics`).get(only.Id);
    const period = only.MetricStat?.Period ?? metrics.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period;
    if (!valueIn || period === undefined) throw new Error(`${id}: Properties.Metrics: there is no period`);
    const compare = comparisons[properties.ComparisonOperator];
    return {
      name,
      arn: attributes.Arn ?? name,
      properties,
      periodMs: period * 1000,
      breaches: (value: number): boolean => compare(value, properties.Threshold),
      /** For a threshold from below, a window that is not whole yet would breach without a cause. */
      needsWholeWindows: properties.ComparisonOperator.startsWith('Less'),
      valueIn,
      metrics,
    };
  });
