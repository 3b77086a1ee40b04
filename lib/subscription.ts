/** A rule that hands events to a target, with bounded retries and a place for what could not be delivered. */
import { type EventPattern, type IRuleTarget, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Platform } from './platform.ts';
import type { ServiceFunction } from './service-function.ts';
import { named, type StageContext } from './stage-context.ts';
import type { WorkQueue } from './work-queue.ts';

/** The platform has the bus, and the queue for what could not be delivered. */
export type RuleProps = { readonly context: StageContext; readonly platform: Platform; readonly name: string };

const attempts = 185;

/** One statement of the queue's policy admits all rules: the target would add one per rule, and a policy holds 20. */
const orInto = (undelivered: IQueue, target: IRuleTarget): IRuleTarget => ({
  bind: (rule, id) => ({ ...target.bind(rule, id), deadLetterConfig: { arn: undelivered.queueArn } }),
});

export type SubscriptionProps = RuleProps & {
  readonly pattern: EventPattern;
  readonly queue: WorkQueue;
};

/** Facts of the bus to a queue; the message is the event's detail. */
export const subscribe = (
  scope: Construct,
  id: string,
  { context, platform, name, pattern, queue }: SubscriptionProps,
): Rule =>
  new Rule(scope, id, {
    ruleName: named(context, name),
    eventBus: platform.bus,
    eventPattern: pattern,
    targets: [
      orInto(
        platform.undelivered,
        new SqsQueue(queue.queue, {
          message: RuleTargetInput.fromEventPath('$.detail'),
          retryAttempts: attempts,
          maxEventAge: Duration.hours(24),
        }),
      ),
    ],
  });

export type EveryProps = RuleProps & {
  readonly interval: Duration;
  readonly runs: ServiceFunction;
};

/** A late run is worth nothing: the next one does its work. */
export const every = (scope: Construct, id: string, { context, platform, name, interval, runs }: EveryProps): Rule =>
  new Rule(scope, id, {
    ruleName: named(context, name),
    schedule: Schedule.rate(interval),
    targets: [
      orInto(
        platform.undelivered,
        new LambdaFunction(runs.function, { retryAttempts: 2, maxEventAge: Duration.minutes(1) }),
      ),
    ],
  });

export type ReactionProps = RuleProps & {
  readonly pattern: EventPattern;
  readonly runs: ServiceFunction;
};

/** What AWS itself reports on the default bus. */
export const react = (scope: Construct, id: string, { context, platform, name, pattern, runs }: ReactionProps): Rule =>
  new Rule(scope, id, {
    ruleName: named(context, name),
    eventPattern: pattern,
    targets: [
      orInto(
        platform.undelivered,
        new LambdaFunction(runs.function, { retryAttempts: attempts, maxEventAge: Duration.hours(1) }),
      ),
    ],
  });
