/** A stream as the event source of a function: in order, with filters, partial failures, bisecting, bounded retries. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type StreamRecord, sequenceOf, type TableStream } from '../dynamodb/stream.ts';
import type { Matcher } from '../events/pattern.ts';
import type { LambdaFunction } from '../lambda/functions.ts';
import { failedIds } from '../sqs/mapping.ts';
import { failureMessage, type GivenUp } from './failure.ts';

export type StreamMappingOptions = {
  readonly stream: TableStream;
  readonly target: LambdaFunction;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly bisect: boolean;
  /** Undefined for as often as it takes. */
  readonly maximumRetries: number | undefined;
  readonly maximumAgeMs: number | undefined;
  readonly partialFailures: boolean;
  readonly matches: Matcher | undefined;
  readonly onGivenUp: (message: string) => void;
  readonly onAge: (ms: number) => void;
  readonly startAfter: bigint;
  readonly checkpoint: (sequence: bigint) => void;
  readonly retryDelayMs: (attempt: number) => number;
};
export type StreamMapping = ReturnType<typeof startStreamMapping>;

const ageOf = (record: StreamRecord): number => Date.now() - record.dynamodb.ApproximateCreationDateTime * 1000;

/** @returns where the batch failed; nothing when it is done */
const invoke = async ({ target, partialFailures }: StreamMappingOptions, batch: readonly StreamRecord[]) => {
  const outcome = await target.invoke(JSON.stringify({ Records: batch }));
  const { requestId } = outcome;
  if (!outcome.ok) return { failedAt: 0, requestId, functionError: true };
  if (!partialFailures) return undefined;
  const failed = failedIds(outcome.payload);
  if (failed?.size === 0) return undefined;
  // The lowest number counts; an id that is not in the batch fails all of it.
  const places = [...(failed ?? [])].map((id) => batch.findIndex((record) => record.dynamodb.SequenceNumber === id));
  const failedAt = places.length === 0 ? 0 : Math.max(0, Math.min(...places));
  return { failedAt, requestId, functionError: false };
};

/** Delivers a batch until it is done or given up. */
const delivery = (options: StreamMappingOptions, pause: (ms: number) => Promise<void>, stopped: () => boolean) => {
  const { stream, target, maximumRetries, maximumAgeMs = Number.POSITIVE_INFINITY, bisect, retryDelayMs } = options;
  const giveUp = (batch: readonly StreamRecord[], givenUp: GivenUp): void =>
    options.onGivenUp(failureMessage(batch, givenUp, { stream: stream.arn, target: target.arn }));

  const deliver = async (whole: readonly StreamRecord[], attempt: number): Promise<void> => {
    if (stopped()) return;
    const keyOf = (record: StreamRecord) => (ageOf(record) > maximumAgeMs ? 'tooOld' : 'batch');
    const { tooOld = [], batch = [] } = Object.groupBy(whole, keyOf);
    const tooLate = { condition: 'EventAgeExceeded', invokes: attempt, functionError: false } as const;
    if (tooOld.length > 0) giveUp(tooOld, { requestId: randomUUID(), ...tooLate });
    if (batch.length === 0) return;
    const failure = await invoke(options, batch);
    if (!failure || stopped()) return;
    const { failedAt, requestId, functionError } = failure;
    if (failedAt > 0) return deliver(batch.slice(failedAt), 0);
    // As on Lambda only an error of the function halves a batch; one whose first record failed is repeated whole.
    if (bisect && functionError && batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      await deliver(batch.slice(0, middle), attempt);
      return deliver(batch.slice(middle), attempt);
    }
    if (maximumRetries !== undefined && attempt >= maximumRetries)
      return giveUp(batch, { requestId, condition: 'RetryAttemptsExhausted', invokes: attempt + 1, functionError });
    await pause(retryDelayMs(attempt));
    return deliver(batch, attempt + 1);
  };
  return deliver;
};

export const startStreamMapping = (options: StreamMappingOptions) => {
  const { stream, target, batchSize, windowMs, matches } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  /** Ended early by `stop`. */
  const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});
  let position = options.startAfter;
  let running: Promise<void> | undefined;
  let again = false;
  const deliver = delivery(options, pause, () => signal.aborted);

  const readAll = async (): Promise<void> => {
    while (!signal.aborted) {
      again = false;
      let read = await stream.after(position, batchSize);
      if (read.length > 0 && read.length < batchSize && windowMs > 0) {
        await pause(windowMs);
        read = await stream.after(position, batchSize);
      }
      const [first] = read;
      const last = read.at(-1);
      if (again && !last) continue;
      if (!first || !last) return;
      options.onAge(ageOf(first));
      await deliver(matches ? read.filter(matches) : read, 0);
      if (signal.aborted) return;
      position = sequenceOf(last);
      options.checkpoint(position);
    }
  };

  /** Reads until nothing new comes. */
  const catchUp = (): Promise<void> => {
    again = true;
    running ??= readAll()
      .catch((error: unknown) => {
        if (!signal.aborted) console.error(`stream of ${target.name}: ${String(error)}`);
      })
      .finally(() => {
        running = undefined;
        if (again && !signal.aborted) void catchUp();
      });
    return running;
  };

  stream.subscribe(() => void catchUp());
  void catchUp();

  return {
    name: `${stream.arn} → ${target.name}`,
    streamArn: stream.arn,
    idle: (): boolean => running === undefined,
    position: (): bigint => position,
    catchUp,
    stop: (): void => stopping.abort(),
  };
};
