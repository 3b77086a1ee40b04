/** What pages about the platform: facts that do not reach the bus in time, tables that are throttled. */
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { metricsOf } from './metrics.ts';
import { PromiseAlarm, promiseAlarms } from './promise-alarm.ts';
import { named, type StageContext } from './stage-context.ts';

export const publisherAlarms = (scope: Construct, context: StageContext): void => {
  const metric = metricsOf(context);
  promiseAlarms(scope, context, {
    Kept: {
      promise: 'facts-reach-the-bus',
      description: 'The bus did not take facts for 10 minutes. They are kept, and published when it takes them again.',
      runbook: 'outbox.md#facts-are-kept',
      metric: metric('platform', 'FactKept'),
      above: 0,
    },
    Lag: {
      promise: 'facts-are-published-in-time',
      description: 'The slowest 1 % of the facts took more than 10 s from the write to the bus, for 5 minutes.',
      runbook: 'outbox.md#facts-are-published-late',
      metric: metric('platform', 'OutboxLag', { statistic: 'p99' }),
      above: 10_000,
    },
  });
};

/** A throttled index throttles the writes of its table. */
export const tableAlarms = (
  scope: Construct,
  context: StageContext,
  tables: Readonly<Record<string, readonly [table: Table, ...indexes: string[]]>>,
): void => {
  for (const [id, [table, ...indexes]] of Object.entries(tables)) {
    const throttles = [undefined, ...indexes].flatMap((index) =>
      ['ReadThrottleEvents', 'WriteThrottleEvents'].map(
        (metricName) =>
          new Metric({
            namespace: 'AWS/DynamoDB',
            metricName,
            dimensionsMap: { TableName: table.tableName, ...(index ? { GlobalSecondaryIndexName: index } : {}) },
            statistic: 'Sum',
            period: Duration.minutes(5),
          }),
      ),
    );
    const using = Object.fromEntries(throttles.map((metric, i) => [`m${i}`, metric]));
    new PromiseAlarm(scope, `${id}Throttled`, {
      context,
      promise: `${id.toLowerCase()}-table-is-not-throttled`,
      description:
        `DynamoDB throttled more than 10 requests to ${named(context, id.toLowerCase())} ` +
        'or its indexes in 5 minutes.',
      runbook: 'tables.md#a-table-is-throttled',
      metric: new MathExpression({
        expression: `SUM([${Object.keys(using).join(', ')}])`,
        usingMetrics: using,
        period: Duration.minutes(5),
      }),
      above: 10,
    });
  }
};
