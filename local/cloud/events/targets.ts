/** Delivers to a rule's targets: queues and functions, with the rule's retry policy and its dead letters. */
import { AwsError } from '../../server/aws-json.ts';
import type { Needs } from '../parts.ts';
import { stringAttributes } from '../sqs/queues.ts';
import { number, text, z } from '../template/schema.ts';
import { compileInput } from './transform.ts';

const retryPolicy = z.strictObject({
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
  RetryPolicy: retryPolicy.prefault({}),
});

export type TargetProperties = z.infer<typeof targetSchema>;
export type Targets = ReturnType<typeof openTargets>;
type Rule = { readonly arn: string; readonly name: string };
type Options = Needs<'queues' | 'functions' | 'asyncInvokes' | 'monitor'> & {
  readonly retryDelayMs: (attempt: number) => number;
};

export const openTargets = ({ queues, functions, asyncInvokes, monitor, retryDelayMs }: Options) => {
  const injected = new Map<string, number>();
  let pending = 0;

  const senderTo = (arn: string, place: string): ((input: string) => void) => {
    const [, , service] = arn.split(':');
    if (service === 'sqs') {
      const queue = queues.find(arn);
      return (input) => void queue.send(input);
    }
    if (service !== 'lambda') throw new Error(`${place}.Arn: the local stack cannot deliver to ${arn}`);
    const target = functions.find(arn);
    return (input) => asyncInvokes.invoke(target, input);
  };

  const open = (target: TargetProperties, rule: Rule, place: string): ((event: unknown) => void) => {
    const makeInput = compileInput(target, place);
    const send = senderTo(target.Arn, place);
    const { MaximumEventAgeInSeconds: longestAge, MaximumRetryAttempts: mostAttempts } = target.RetryPolicy;
    const deadLetters = target.DeadLetterConfig && queues.find(target.DeadLetterConfig.Arn);

    const giveUp = (input: string, error: Error, attempts: number): void => {
      monitor.ruleFailed(rule.name);
      const attributes = {
        RULE_ARN: rule.arn,
        TARGET_ARN: target.Arn,
        ERROR_CODE: error.name,
        ERROR_MESSAGE: error.message,
        EXHAUSTED_RETRY_CONDITION: attempts >= mostAttempts ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds',
        RETRY_ATTEMPTS: String(attempts),
      };
      deadLetters?.send(input, stringAttributes(attributes));
    };

    const attempt = (input: string, since: number, attempts: number) => {
      try {
        const left = injected.get(rule.name) ?? 0;
        if (left > 0) {
          injected.set(rule.name, left - 1);
          throw new AwsError('SDK_CLIENT_ERROR', 'a test made this delivery fail');
        }
        send(input);
      } catch (error) {
        const failure = error instanceof Error ? error : new Error(String(error));
        if (Date.now() - since > longestAge * 1000 || attempts >= mostAttempts) return giveUp(input, failure, attempts);
        pending += 1;
        setTimeout(() => {
          pending -= 1;
          attempt(input, since, attempts + 1);
        }, retryDelayMs(attempts)).unref();
      }
    };
    return (event) => attempt(makeInput(event, rule), Date.now(), 0);
  };

  return {
    open,
    pending: (): number => pending,
    /** The next deliveries of a rule fail, for tests. */
    failNext: (ruleName: string, times: number): void => void injected.set(ruleName, times),
  };
};
