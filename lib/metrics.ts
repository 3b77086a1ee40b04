/** The metrics the functions emit, as alarms and the dashboard read them: in one namespace per stage, under the service that emits them. */
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { MetricName } from '../functions/kernel/metrics.ts';
import type { House } from './house.ts';

export type Service = 'dispatch' | 'notify' | 'platform' | 'ops' | 'ezpay' | 'live' | 'payments' | 'orders';

type Staged = Pick<House, 'stage'>;

export const namespaceOf = ({ stage }: Staged): string => `Tuntas/${stage.name}`;

/** Gives the function that makes the metrics of a stage: sums over 5 minutes, unless the options say otherwise. */
export const metricsOf =
  (house: Staged) =>
  (service: Service, metricName: MetricName, options: MetricOptions = {}): Metric =>
    new Metric({
      namespace: namespaceOf(house),
      metricName,
      dimensionsMap: { service },
      statistic: 'Sum',
      period: Duration.minutes(5),
      ...options,
    });
