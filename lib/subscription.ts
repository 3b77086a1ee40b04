/** A rule that hands events to a target, with bounded retries and a place for what could not be delivered. */
import { type EventPattern, type IEventBus, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue, type TargetBaseProps } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type House, named } from './house.ts';
import type { ServiceFunction } from './service-function.ts';

export type Undelivered = { readonly house: House; readonly undelivered: IQueue };

const bounded = (undelivered: IQueue, maxEventAge: Duration): TargetBaseProps => ({
  deadLetterQueue: undelivered,
  retryAttempts: 185,
  maxEventAge,
});

export type SubscriptionProps = Undelivered & {
  readonly name: string;
  readonly bus: IEventBus;
  readonly pattern: EventPattern;
  readonly queue: IQueue;
};

/** Facts of the bus to a queue; the message is the event's detail. */
export const subscribe = (scope: Construct, id: string, { house, undelivered, name, bus, pattern, queue }: SubscriptionProps): Rule =>
  new Rule(scope, id, {
    ruleName: named(house, name),
    eventBus: bus,
    eventPattern: pattern,
    targets: [new SqsQueue(queue, { message: RuleTargetInput.fromEventPath('$.detail'), ...bounded(undelivered, Duration.hours(24)) })],
  });

export type EveryProps = Undelivered & { readonly name: string; readonly interval: Duration; readonly runs: ServiceFunction };

/** A late run is worth nothing: the next one does its work. */
export const every = (scope: Construct, id: string, { house, undelivered, name, interval, runs }: EveryProps): Rule =>
  new Rule(scope, id, {
    ruleName: named(house, name),
    schedule: Schedule.rate(interval),
    targets: [new LambdaFunction(runs.function, { deadLetterQueue: undelivered, retryAttempts: 2, maxEventAge: Duration.minutes(1) })],
  });

export type ReactionProps = Undelivered & { readonly name: string; readonly pattern: EventPattern; readonly runs: ServiceFunction };

/** What AWS itself reports on the default bus. */
export const react = (scope: Construct, id: string, { house, undelivered, name, pattern, runs }: ReactionProps): Rule =>
  new Rule(scope, id, {
    ruleName: named(house, name),
    eventPattern: pattern,
    targets: [new LambdaFunction(runs.function, bounded(undelivered, Duration.hours(1)))],
  });
