/** The metrics the functions emit, as alarms and the dashboard read them. */
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';

export const namespace = 'Tuntas';
export type Service = 'dispatch' | 'notify' | 'platform' | 'ops' | 'ezpay' | 'live' | 'payments' | 'orders';

export const metric = (service: Service, metricName: string, options: MetricOptions = {}): Metric =>
  new Metric({ namespace, metricName, dimensionsMap: { service }, statistic: 'Sum', period: Duration.minutes(5), ...options });
