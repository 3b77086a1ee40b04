/** A queue never comes alone: queue, dead letters, worker and alarms are one construct. */
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { consuming, sending } from './access.ts';
import { DeadLetters } from './dead-letters.ts';
import { PromiseAlarm, type Runbook } from './promise-alarm.ts';
import type { ServiceFunction } from './service-function.ts';
import { named, removal, type StageContext } from './stage-context.ts';

export type WorkQueueProps = {
  readonly context: StageContext;
  readonly name: string;
  readonly worker: ServiceFunction;
  /** Six times the worker's time-out, so that throttled deliveries do not use up the receives. */
  readonly visibility: Duration;
  /** Four days, unless it says otherwise. */
  readonly retention?: Duration;
  /**
   * Receives before a message is given up. SQS counts those of a worker that was killed as well: twelve survive eleven
   * kills, and the pauses between them make an hour.
   */
  readonly receives?: number;
  /** The oldest message may wait this long before it is an alarm. */
  readonly maxAge: Duration;
  readonly runbook?: { readonly deadLetters: Runbook; readonly slow: Runbook };
};

const commonRunbook: Required<WorkQueueProps>['runbook'] = {
  deadLetters: 'queues.md#messages-were-given-up',
  slow: 'queues.md#a-queue-does-not-keep-up',
};

export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const { context, name, worker, visibility, maxAge, receives = 12, runbook = commonRunbook } = props;
    this.deadLetters = new DeadLetters(this, 'Dead', { context, of: name, runbook: runbook.deadLetters });
    this.queue = new Queue(this, 'Queue', {
      queueName: named(context, name),
      visibilityTimeout: visibility,
      retentionPeriod: props.retention ?? Duration.days(4),
      receiveMessageWaitTime: Duration.seconds(20),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: receives },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: removal(context),
    });
    worker.uses(consuming(this.queue), sending('DEAD_LETTER_URL', this.deadLetters));
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: worker.function,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      maxConcurrency: context.stage.workers,
      reportBatchItemFailures: true,
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'A mapping of a queue has no destination for failures: the queue itself gives up into its dead letters',
    });
    new PromiseAlarm(this, 'Slow', {
      context,
      promise: `${name}-queue-keeps-up`,
      description: `The oldest message of ${named(context, name)} has waited more than ${maxAge.toSeconds()} s.`,
      runbook: runbook.slow,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' }),
      above: maxAge.toSeconds(),
      periods: 3,
    });
  }
}
