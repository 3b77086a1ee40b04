/** Delivers to a rule's targets: queues and functions, with the rule's retry policy and its dead letters. */

import type { AsyncInvokes } from '../lambda/async.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Queues } from '../sqs/queues.ts';
import { number, text, z } from '../template/schema.ts';
import { compileInput } from './transform.ts';

export const retryPolicy = z.strictObject({
  MaximumEventAgeInSeconds: number.default(86_400),
  MaximumRetryAttempts: number.default(185),
});

export const targetSchema = z.strictObject({
  Id: text,
  Arn: text,
  RoleArn: text.optional(),
  Input: text.optional(),
  InputPath: text.optional(),
  InputTransformer: z.strictObject({ InputPathsMap: z.record(text, text).optional(), InputTemplate: text }).optional(),
  DeadLetterConfig: z.strictObject({ Arn: text }).optional(),
  RetryPolicy: retryPolicy.optional(),
});

export type TargetProperties = z.infer<typeof targetSchema>;

export interface Rule {
  readonly arn: string;
  readonly name: string;
}

export interface TargetsOptions {
  readonly queues: Queues;
  readonly functions: Functions;
  readonly asyncInvokes: AsyncInvokes;
  readonly onFailed: (ruleName: string) => void;
  readonly retryDelayMs: (attempt: number) => number;
}

export type Deliver = (event: unknown) => void;

export interface Targets {
  readonly open: (target: TargetProperties, rule: Rule, place: string) => Deliver;
  readonly pending: () => number;
  /** The next deliveries of a rule fail, for tests. */
  readonly failNext: (ruleName: string, times: number) => void;
}

class TargetError extends Error {
  override readonly name: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = code;
  }
}

const attribute = (value: string): { DataType: string; StringValue: string } => ({
  DataType: 'String',
  StringValue: value,
});

export const openTargets = ({ queues, functions, asyncInvokes, onFailed, retryDelayMs }: TargetsOptions): Targets => {
  const injected = new Map<string, number>();
  let pending = 0;

  const sender = ({ Arn }: TargetProperties, place: string): ((input: string) => void) => {
    const [, , service] = Arn.split(':');
    if (service === 'sqs') {
      const queue = queues.find(Arn);
      return (input) => void queue.send(input);
    }
    if (service === 'lambda') {
      const target = functions.find(Arn);
      return (input) => asyncInvokes.invoke(target, input);
    }
    throw new Error(`${place}.Arn: the local stack cannot deliver to ${Arn}`);
  };

  const open: Targets['open'] = (target, rule, place) => {
    const makeInput = compileInput(target, place);
    const send = sender(target, place);
    const policy = target.RetryPolicy ?? retryPolicy.parse({});
    const deadLetters = target.DeadLetterConfig && queues.find(target.DeadLetterConfig.Arn);

    const giveUp = (input: string, error: Error, attempts: number): void => {
      onFailed(rule.name);
      deadLetters?.send(input, {
        RULE_ARN: attribute(rule.arn),
        TARGET_ARN: attribute(target.Arn),
        ERROR_CODE: attribute(error.name),
        ERROR_MESSAGE: attribute(error.message),
        EXHAUSTED_RETRY_CONDITION: attribute(
          attempts >= policy.MaximumRetryAttempts ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds',
        ),
        RETRY_ATTEMPTS: attribute(String(attempts)),
      });
    };

    const later = (again: () => void, ms: number): void => {
      pending += 1;
      setTimeout(() => {
        pending -= 1;
        again();
      }, ms).unref();
    };

    const attempt = (input: string, since: number, attempts: number): void => {
      try {
        const left = injected.get(rule.name) ?? 0;
        if (left > 0) {
          injected.set(rule.name, left - 1);
          throw new TargetError('SDK_CLIENT_ERROR', 'a test made this delivery fail');
        }
        send(input);
      } catch (error) {
        const failure = error instanceof Error ? error : new Error(String(error));
        const tooOld = Date.now() - since > policy.MaximumEventAgeInSeconds * 1000;
        if (tooOld || attempts >= policy.MaximumRetryAttempts) giveUp(input, failure, attempts);
        else later(() => attempt(input, since, attempts + 1), retryDelayMs(attempts));
      }
    };
    return (event) => attempt(makeInput(event, rule), Date.now(), 0);
  };

  return { open, pending: () => pending, failNext: (name, times) => void injected.set(name, times) };
};
