/** A queue never comes alone: queue, dead letters, worker and alarms are one construct. */
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { consuming, sending } from './access.ts';
import { DeadLetters } from './dead-letters.ts';
import { type House, named, removal } from './house.ts';
import { PromiseAlarm, type Runbook } from './promise-alarm.ts';
import type { ServiceFunction } from './service-function.ts';

export type WorkQueueProps = {
  readonly house: House;
  readonly name: string;
  readonly worker: ServiceFunction;
  /** Six times the worker's time-out, so that throttled deliveries do not use up the receives. */
  readonly visibility: Duration;
  readonly retention: Duration;
  /**
   * Receives before a message is given up. SQS counts those of a worker that was killed as well: twelve survive eleven
   * kills, and the pauses between them make an hour.
   */
  readonly receives: number;
  /** The oldest message may wait this long before it is an alarm. */
  readonly patience: Duration;
  readonly runbook: { readonly deadLetters: Runbook; readonly slow: Runbook };
};

export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetters;

  constructor(
    scope: Construct,
    id: string,
    { house, name, worker, visibility, retention, receives, patience, runbook }: WorkQueueProps,
  ) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'Dead', { house, of: name, runbook: runbook.deadLetters });
    this.queue = new Queue(this, 'Queue', {
      queueName: named(house, name),
      visibilityTimeout: visibility,
      retentionPeriod: retention,
      receiveMessageWaitTime: Duration.seconds(20),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: receives },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: removal(house),
    });
    worker.uses(consuming(this.queue), sending('DEAD_LETTER_URL', this.deadLetters));
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: worker.function,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      maxConcurrency: house.stage.workers,
      reportBatchItemFailures: true,
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'A mapping of a queue has no destination for failures: the queue itself gives up into its dead letters',
    });
    new PromiseAlarm(this, 'Slow', {
      house,
      promise: `${name}-queue-keeps-up`,
      says: `The oldest message of ${named(house, name)} has waited more than ${patience.toSeconds()} s.`,
      runbook: runbook.slow,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' }),
      above: patience.toSeconds(),
      periods: 3,
    });
  }
}
