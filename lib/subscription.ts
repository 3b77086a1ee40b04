/** A rule that hands events to a target, with bounded retries and a place for what could not be delivered. */
import {
  type EventPattern,
  type IEventBus,
  type IRuleTarget,
  Rule,
  RuleTargetInput,
  Schedule,
} from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type House, named } from './house.ts';
import type { ServiceFunction } from './service-function.ts';

export type Undelivered = { readonly house: House; readonly undelivered: IQueue };

const attempts = 185;

/** The queue lets all rules of the stage in by one statement; the target's own way adds one per rule, and a policy holds 20. */
const orInto = (undelivered: IQueue, target: IRuleTarget): IRuleTarget => ({
  bind: (rule, id) => ({ ...target.bind(rule, id), deadLetterConfig: { arn: undelivered.queueArn } }),
});

export type SubscriptionProps = Undelivered & {
  readonly name: string;
  readonly bus: IEventBus;
  readonly pattern: EventPattern;
  readonly queue: IQueue;
};

/** Facts of the bus to a queue; the message is the event's detail. */
export const subscribe = (
  scope: Construct,
  id: string,
  { house, undelivered, name, bus, pattern, queue }: SubscriptionProps,
): Rule =>
  new Rule(scope, id, {
    ruleName: named(house, name),
    eventBus: bus,
    eventPattern: pattern,
    targets: [
      orInto(
        undelivered,
        new SqsQueue(queue, {
          message: RuleTargetInput.fromEventPath('$.detail'),
          retryAttempts: attempts,
          maxEventAge: Duration.hours(24),
        }),
      ),
    ],
  });

export type EveryProps = Undelivered & {
  readonly name: string;
  readonly interval: Duration;
  readonly runs: ServiceFunction;
};

/** A late run is worth nothing: the next one does its work. */
export const every = (scope: Construct, id: string, { house, undelivered, name, interval, runs }: EveryProps): Rule =>
  new Rule(scope, id, {
    ruleName: named(house, name),
    schedule: Schedule.rate(interval),
    targets: [
      orInto(undelivered, new LambdaFunction(runs.function, { retryAttempts: 2, maxEventAge: Duration.minutes(1) })),
    ],
  });

export type ReactionProps = Undelivered & {
  readonly name: string;
  readonly pattern: EventPattern;
  readonly runs: ServiceFunction;
};

/** What AWS itself reports on the default bus. */
export const react = (scope: Construct, id: string, { house, undelivered, name, pattern, runs }: ReactionProps): Rule =>
  new Rule(scope, id, {
    ruleName: named(house, name),
    eventPattern: pattern,
    targets: [
      orInto(
        undelivered,
        new LambdaFunction(runs.function, { retryAttempts: attempts, maxEventAge: Duration.hours(1) }),
      ),
    ],
  });
