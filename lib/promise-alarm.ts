/** An alarm is named for the promise that broke, and its text names the runbook heading to open. */
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { named, type StageContext } from './stage-context.ts';

/** A file of docs/runbooks and one of its headings. */
export type Runbook = `${string}.md#${string}`;

export type Broken = {
  readonly context: StageContext;
  readonly promise: string;
  readonly description: string;
  readonly runbook: Runbook;
  readonly metric: IMetric;
  /** Broken when the metric is above it. */
  readonly above?: number;
  /** Broken when the metric is below it; silence counts as broken. */
  readonly below?: number;
  /** Periods in a row. */
  readonly periods?: number;
};

export class PromiseAlarm extends Alarm {
  /** The name before deployment: a reference by name works in emulators too, which make no alarms. */
  readonly knownAs: string;

  constructor(
    scope: Construct,
    id: string,
    { context, promise, description, runbook, metric, above, below, periods = 1 }: Broken,
  ) {
    super(scope, id, {
      alarmName: named(context, promise),
      alarmDescription: `${description} Runbook: docs/runbooks/${runbook}`,
      metric,
      threshold: above ?? below ?? 0,
      comparisonOperator:
        below === undefined ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: below === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
    });
    this.knownAs = named(context, promise);
    this.addAlarmAction(new SnsAction(context.pager));
    this.addOkAction(new SnsAction(context.pager));
  }
}

/** Several alarms of one context, by the ids of their constructs. */
export const promiseAlarms = (
  scope: Construct,
  context: StageContext,
  alarms: Readonly<Record<string, Omit<Broken, 'context'>>>,
): void => {
  for (const [id, broken] of Object.entries(alarms)) new PromiseAlarm(scope, id, { context, ...broken });
};
