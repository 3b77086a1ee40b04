/** Asynchronous invocations: accepted at once, tried again on errors, then sent to their destination. */
import type { Needs } from '../parts.ts';
import { stringAttributes } from '../sqs/queues.ts';
import { number, text, unused, z } from '../template/schema.ts';
import type { LambdaFunction, Outcome } from './functions.ts';

const schema = z.strictObject({
  FunctionName: text,
  MaximumRetryAttempts: number.default(2),
  MaximumEventAgeInSeconds: number.default(21_600),
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: text }).optional(), OnSuccess: z.undefined().optional() })
    .default({}),
  ...unused('Qualifier'),
});
const defaults = schema.parse({ FunctionName: '' });

export type AsyncInvokes = ReturnType<typeof openAsyncInvokes>;
type Invocation = {
  readonly target: LambdaFunction;
  readonly event: string;
  readonly since: number;
  /** Attempts before this one. */
  readonly count: number;
};
type Failure = Invocation & { readonly outcome: Extract<Outcome, { ok: false }>; readonly isTooOld: boolean };

const failureMessage = ({ target, event, count, outcome, isTooOld }: Failure): string =>
  JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: outcome.requestId,
      functionArn: `${target.arn}:$LATEST`,
      condition: isTooOld ? 'EventAgeExceeded' : 'RetriesExhausted',
      approximateInvokeCount: count + 1,
    },
    requestPayload: JSON.parse(event),
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: outcome.error,
  });

/** @param delays before the second and the third attempt */
export const openAsyncInvokes = ({ stack, queues }: Needs<'stack' | 'queues'>, delays: readonly number[]) => {
  const configs = new Map(
    stack.read('AWS::Lambda::EventInvokeConfig', schema).map(({ properties }) => [properties.FunctionName, properties]),
  );
  const configOf = ({ name, arn }: LambdaFunction) => configs.get(name) ?? configs.get(arn) ?? defaults;
  const timers = new Set<NodeJS.Timeout>();
  let running = 0;

  const giveUp = (failure: Failure): void => {
    const { target, event, outcome } = failure;
    const { OnFailure: destination } = configOf(target).DestinationConfig;
    if (destination) queues.find(destination.Destination).send(failureMessage(failure));
    if (!target.deadLetterArn) return;
    const { requestId: RequestID, error } = outcome;
    const attributes = { RequestID, ErrorCode: '200', ErrorMessage: error.errorMessage };
    queues.find(target.deadLetterArn).send(event, stringAttributes(attributes));
  };

  const attempt = async (invocation: Invocation): Promise<void> => {
    const { target, event, since, count } = invocation;
    running += 1;
    const outcome = await target.invoke(event);
    running -= 1;
    if (outcome.ok) return;
    const { MaximumRetryAttempts: mostRetries, MaximumEventAgeInSeconds: longestAge } = configOf(target);
    const isTooOld = Date.now() - since > longestAge * 1000;
    if (isTooOld || count >= mostRetries) return giveUp({ ...invocation, outcome, isTooOld });
    const retry = (): void => {
      timers.delete(timer);
      void attempt({ ...invocation, count: count + 1 });
    };
    const timer = setTimeout(retry, delays[count] ?? delays.at(-1));
    timers.add(timer);
  };

  return {
    /** Invocations that run or wait for another attempt. */
    pending: (): number => running + timers.size,
    invoke: (target: LambdaFunction, event: string): void =>
      void attempt({ target, event, since: Date.now(), count: 0 }),
    stop: (): void => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
};
