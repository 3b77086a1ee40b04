/** An alarm is named for the promise that broke, and its text names the runbook heading to open. */
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { type House, named } from './house.ts';

/** A file of docs/runbooks and one of its headings. */
export type Runbook = `${string}.md#${string}`;

export type Broken = {
  readonly house: House;
  readonly promise: string;
  readonly says: string;
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
  /** The name as it is known beforehand: what refers to an alarm by name also works where alarms cannot be made, as in emulators. */
  readonly knownAs: string;

  constructor(
    scope: Construct,
    id: string,
    { house, promise, says, runbook, metric, above, below, periods = 1 }: Broken,
  ) {
    super(scope, id, {
      alarmName: named(house, promise),
      alarmDescription: `${says} Runbook: docs/runbooks/${runbook}`,
      metric,
      threshold: above ?? below ?? 0,
      comparisonOperator:
        below === undefined ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: below === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
    });
    this.knownAs = named(house, promise);
    this.addAlarmAction(new SnsAction(house.pager));
    this.addOkAction(new SnsAction(house.pager));
  }
}
