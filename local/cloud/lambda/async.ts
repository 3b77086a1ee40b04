/** Asynchronous invocations: Lambda accepts the event at once, tries it again on errors, then hands it to its destination. */
import type { Queues } from '../sqs/queues.ts';
import { number, text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';
import type { LambdaFunction, Outcome } from './functions.ts';

const destination = z.strictObject({ Destination: text });

const schema = z.strictObject({
  FunctionName: text,
  Qualifier: unused,
  MaximumRetryAttempts: number.default(2),
  MaximumEventAgeInSeconds: number.default(21_600),
  DestinationConfig: z
    .strictObject({ OnFailure: destination.optional(), OnSuccess: z.undefined().optional() })
    .optional(),
});

type Config = Pick<z.infer<typeof schema>, 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | 'DestinationConfig'>;

/** How long Lambda waits before its second and third attempt. */
export const ASYNC_RETRY_MS: readonly number[] = [60_000, 120_000];

export class AsyncInvokes {
  readonly #configs: ReadonlyMap<string, Config>;
  readonly #queues: Queues;
  readonly #delays: readonly number[];
  readonly #timers = new Set<NodeJS.Timeout>();
  #running = 0;

  constructor(stack: Stack, queues: Queues, delays: readonly number[] = ASYNC_RETRY_MS) {
    this.#configs = new Map(
      stack
        .read('AWS::Lambda::EventInvokeConfig', schema)
        .map(({ properties }) => [properties.FunctionName, properties]),
    );
    this.#queues = queues;
    this.#delays = delays;
  }

  /** Invocations that run or wait for another attempt. */
  pending(): number {
    return this.#running + this.#timers.size;
  }

  invoke(target: LambdaFunction, event: string): void {
    void this.#attempt(target, event, { since: Date.now(), count: 0 });
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  async #attempt(
    target: LambdaFunction,
    event: string,
    tries: { readonly since: number; readonly count: number },
  ): Promise<void> {
    this.#running += 1;
    const outcome = await target.invoke(event);
    this.#running -= 1;
    if (outcome.ok) return;
    const config = this.#configs.get(target.name) ?? this.#configs.get(target.arn);
    const maximum = config?.MaximumRetryAttempts ?? 2;
    const tooOld = Date.now() - tries.since > (config?.MaximumEventAgeInSeconds ?? 21_600) * 1000;
    if (tooOld || tries.count >= maximum) {
      this.#giveUp(target, event, { outcome, count: tries.count + 1, tooOld });
      return;
    }
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        void this.#attempt(target, event, { ...tries, count: tries.count + 1 });
      },
      this.#delays[tries.count] ?? this.#delays.at(-1) ?? 0,
    );
    this.#timers.add(timer);
  }

  #giveUp(
    target: LambdaFunction,
    event: string,
    last: { outcome: Extract<Outcome, { ok: false }>; count: number; tooOld: boolean },
  ): void {
    const { outcome, count, tooOld } = last;
    const onFailure = (this.#configs.get(target.name) ?? this.#configs.get(target.arn))?.DestinationConfig?.OnFailure
      ?.Destination;
    if (onFailure) {
      this.#queues.find(onFailure).send(
        JSON.stringify({
          version: '1.0',
          timestamp: new Date().toISOString(),
          requestContext: {
            requestId: outcome.requestId,
            functionArn: `${target.arn}:$LATEST`,
            condition: tooOld ? 'EventAgeExceeded' : 'RetriesExhausted',
            approximateInvokeCount: count,
          },
          requestPayload: JSON.parse(event),
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: outcome.error,
        }),
      );
    }
    if (!target.deadLetterArn) return;
    const attribute = (value: string): { DataType: string; StringValue: string } => ({
      DataType: 'String',
      StringValue: value,
    });
    this.#queues.find(target.deadLetterArn).send(event, {
      RequestID: attribute(outcome.requestId),
      ErrorCode: attribute('200'),
      ErrorMessage: attribute(outcome.error.errorMessage),
    });
  }
}
