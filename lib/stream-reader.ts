/** A reader of the State stream: it gives no record up, and parks what can never be read or written itself. */
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { EventSourceMapping, FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { reading, sending } from './access.ts';
import { DeadLetters } from './dead-letters.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import type { ServiceFunction } from './service-function.ts';
import type { StageContext } from './stage-context.ts';

/** `exists` only works on a leaf, and in a stream record the leaf is below the attribute's type. */
const has = (attribute: string, type: 'S' | 'N') =>
  FilterCriteria.filter({ dynamodb: { NewImage: { [attribute]: { [type]: [{ exists: true }] } } } });

/** The record carries events for the bus. */
export const hasEvents = has('outbox', 'S');
/** The record carries a deadline. */
export const hasDeadline = has('dueAt', 'N');

export type StreamReaderProps = {
  readonly context: StageContext;
  readonly name: string;
  readonly streamArn: string;
  readonly reader: ServiceFunction;
  /** A record is read when one of them fits. */
  readonly filters: readonly (typeof hasEvents)[];
};

export class StreamReader extends Construct {
  readonly deadLetters: DeadLetters;
  readonly age: Metric;

  constructor(scope: Construct, id: string, { context, name, streamArn, reader, filters }: StreamReaderProps) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'Dead', {
      context,
      of: name,
      runbook: 'outbox.md#records-or-events-were-parked',
    });
    reader.uses(reading(streamArn), sending('DEAD_LETTER_URL', this.deadLetters));
    new EventSourceMapping(this, 'Mapping', {
      target: reader.function,
      eventSourceArn: streamArn,
      // Nothing written between the table's creation and the mapping's is skipped.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      reportBatchItemFailures: true,
      // For a call that ends without an answer: only an error halves a batch.
      bisectBatchOnError: true,
      // Until the stream itself drops a record, after 24 h: a bound would lose facts in any longer outage. What can
      // never be done the function parks with its body, so nothing holds the stream up for ever.
      retryAttempts: -1,
      // Lambda's own dead letter names a record without its body; nothing reaches it while retries are unlimited.
      filters: [...filters],
      onFailure: new SqsDlq(this.deadLetters),
    });
    this.age = reader.function.metric('IteratorAge', { period: Duration.minutes(1), statistic: 'Maximum' });
    new PromiseAlarm(this, 'Behind', {
      context,
      promise: `${name}-keeps-up`,
      description: `The ${name} reads the stream more than 30 s behind.`,
      runbook: 'outbox.md#the-stream-is-read-late',
      metric: this.age,
      above: 30_000,
      periods: 3,
    });
  }
}
