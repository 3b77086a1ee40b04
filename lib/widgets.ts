/** What the dashboard is made of: graphs of counts and of percentiles, and objectives against their target. */
import {
  GraphWidget,
  type IMetric,
  type IWidget,
  type MathExpression,
  Row,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../functions/kernel/metrics.ts';
import { metricsOf, type Service } from './metrics.ts';
import type { StageContext } from './stage-context.ts';

const size = { width: 8, height: 6 };

export const graph = (title: string, left: IMetric[]): GraphWidget =>
  new GraphWidget({ title, left, ...size, leftYAxis: { min: 0 } });

/** A share from 0 to 1, against the line at which its alarm rings. */
export const shareGraph = (title: string, left: IMetric[], limit: number): GraphWidget =>
  new GraphWidget({
    title,
    left,
    leftAnnotations: [{ value: limit, label: `${limit * 100} %` }],
    leftYAxis: { min: 0, max: 1 },
    ...size,
  });

export const objective = (title: string, share: MathExpression, target: number): IWidget =>
  new Row(
    new SingleValueWidget({
      title: `SLO ${target} %: ${title}`,
      metrics: [share],
      setPeriodToTimeRange: true,
      ...size,
    }),
    new GraphWidget({
      title: `${title}, target ${target} %`,
      left: [share],
      leftAnnotations: [{ value: target, label: `${target} %` }],
      leftYAxis: { min: 99, max: 100 },
      width: 16,
      height: size.height,
    }),
  );

/** The same metrics in the namespace of one stage, labelled by their names. */
export const labelled = (context: StageContext) => {
  const metric = metricsOf(context);
  return {
    metric,
    counts: (service: Service, ...names: readonly MetricName[]): IMetric[] =>
      names.map((name) => metric(service, name, { label: name })),
    shares: (service: Service, ...names: readonly MetricName[]): IMetric[] =>
      names.map((name) => metric(service, name, { statistic: 'Average', label: name })),
    percentiles: (service: Service, name: MetricName, ...statistics: readonly string[]): IMetric[] =>
      (statistics.length > 0 ? statistics : ['p50', 'p99']).map((statistic) =>
        metric(service, name, { statistic, label: `${service} ${name} ${statistic}` }),
      ),
  };
};
export type Labelled = ReturnType<typeof labelled>;
