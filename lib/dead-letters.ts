/** The end of the line for what could not be done: kept 14 days, and never unnoticed. */
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { PromiseAlarm, type Runbook } from './promise-alarm.ts';
import { named, removal, type StageContext } from './stage-context.ts';

export type DeadLettersProps = {
  readonly context: StageContext;
  /** Of what: `dispatch` gives the queue `tuntas-<stage>-dispatch-dead`. */
  readonly of: string;
  readonly runbook: Runbook;
};

export class DeadLetters extends Queue {
  constructor(scope: Construct, id: string, { context, of, runbook }: DeadLettersProps) {
    super(scope, id, {
      queueName: named(context, `${of}-dead`),
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: removal(context),
    });
    for (const id of ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'])
      Validations.of(this).acknowledge({
        id,
        reason:
          'This queue is itself the dead letters of a queue, a stream mapping or a rule; an alarm watches its depth',
      });
    new PromiseAlarm(this, 'Alarm', {
      context,
      promise: `${of}-leaves-no-dead-letters`,
      description: `Messages of ${of} were given up and wait in ${named(context, `${of}-dead`)}.`,
      runbook,
      metric: this.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' }),
      above: 0,
    });
  }
}
