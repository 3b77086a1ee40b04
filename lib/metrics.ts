/** The metrics of the functions, as alarms and the dashboard read them: one namespace per stage, by service. */
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { MetricName } from '../functions/kernel/metrics.ts';
import type { StageContext } from './stage-context.ts';

export type Service = 'dispatch' | 'notify' | 'platform' | 'ops' | 'ezpay' | 'live' | 'payments' | 'orders';

type Staged = Pick<StageContext, 'stage'>;

export const namespaceOf = ({ stage }: Staged): string => `Tuntas/${stage.name}`;

/** Gives the function that makes the metrics of a stage: sums over 5 minutes, unless the options say otherwise. */
export const metricsOf =
  (context: Staged) =>
  (service: Service, metricName: MetricName, options: MetricOptions = {}): Metric =>
    new Metric({
      namespace: namespaceOf(context),
      metricName,
      dimensionsMap: { service },
      statistic: 'Sum',
      period: Duration.minutes(5),
      ...options,
    });
