/** A table's stream as the event source of a function: in order, with filters, partial failures, bisecting and bounded retries. */
import { randomUUID } from 'node:crypto';
import { type StreamRecord, sequenceOf, type TableStream } from '../dynamodb/stream.ts';
import type { Matcher } from '../events/pattern.ts';
import type { LambdaFunction } from '../lambda/functions.ts';
import { failedIds, type Mapping } from '../sqs/mapping.ts';

export interface StreamMappingOptions {
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
}

export interface StreamMapping extends Mapping {
  readonly position: () => bigint;
  /** Reads on until nothing new comes. */
  readonly catchUp: () => Promise<void>;
}

type Verdict =
  | { readonly done: true }
  | { readonly done: false; readonly failedAt: number; readonly requestId: string; readonly functionError: boolean };

const ageOf = (record: StreamRecord): number => Date.now() - record.dynamodb.ApproximateCreationDateTime * 1000;
const iso = (record: StreamRecord): string =>
  new Date(record.dynamodb.ApproximateCreationDateTime * 1000).toISOString();

interface GivenUp {
  readonly requestId: string;
  readonly condition: 'RetryAttemptsExhausted' | 'EventAgeExceeded';
  readonly invokes: number;
  readonly functionError: boolean;
}

/** The message that Lambda sends to an on-failure destination: not the records, but where they are. */
export const failureMessage = (
  records: readonly StreamRecord[],
  givenUp: GivenUp,
  arns: { readonly stream: string; readonly target: string },
): string => {
  const [first] = records;
  const last = records.at(-1);
  if (!first || !last) throw new Error('a batch that failed has records');
  return JSON.stringify({
    requestContext: {
      requestId: givenUp.requestId,
      functionArn: arns.target,
      condition: givenUp.condition,
      approximateInvokeCount: givenUp.invokes,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: givenUp.functionError ? 'Unhandled' : null,
    },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId: 'shardId-00000001-local',
      startSequenceNumber: first.dynamodb.SequenceNumber,
      endSequenceNumber: last.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: iso(first),
      approximateArrivalOfLastRecord: iso(last),
      batchSize: records.length,
      streamArn: arns.stream,
    },
  });
};

export const startStreamMapping = (options: StreamMappingOptions): StreamMapping => {
  const { stream, target } = options;
  let position = options.startAfter;
  let stopped = false;
  let running: Promise<void> | undefined;
  let again = false;
  let waitOver = (): void => {};

  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      waitOver = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const judge = async (batch: readonly StreamRecord[]): Promise<Verdict> => {
    const outcome = await target.invoke(JSON.stringify({ Records: batch }));
    const { requestId } = outcome;
    if (!outcome.ok) return { done: false, failedAt: 0, requestId, functionError: true };
    if (!options.partialFailures) return { done: true };
    const failed = failedIds(outcome.payload);
    if (failed?.size === 0) return { done: true };
    // The lowest number counts; a name that is not in the batch fails all of it.
    const places = [...(failed ?? [])].map((id) => batch.findIndex((record) => record.dynamodb.SequenceNumber === id));
    return {
      done: false,
      failedAt: places.length === 0 ? 0 : Math.max(0, Math.min(...places)),
      requestId,
      functionError: false,
    };
  };

  const giveUp = (batch: readonly StreamRecord[], givenUp: GivenUp): void =>
    options.onGivenUp(failureMessage(batch, givenUp, { stream: stream.arn, target: target.arn }));

  const deliver = async (whole: readonly StreamRecord[], attempt: number): Promise<void> => {
    if (stopped || whole.length === 0) return;
    const tooOld =
      options.maximumAgeMs === undefined ? [] : whole.filter((record) => ageOf(record) > (options.maximumAgeMs ?? 0));
    if (tooOld.length > 0)
      giveUp(tooOld, {
        requestId: randomUUID(),
        condition: 'EventAgeExceeded',
        invokes: attempt,
        functionError: false,
      });
    const batch = tooOld.length > 0 ? whole.filter((record) => !tooOld.includes(record)) : whole;
    if (batch.length === 0) return;
    const verdict = await judge(batch);
    if (verdict.done || stopped) return;
    const { failedAt, requestId, functionError } = verdict;
    if (failedAt > 0) return deliver(batch.slice(failedAt), 0);
    // As on Lambda only an error of the function halves a batch; one whose first record failed is repeated whole.
    if (options.bisect && functionError && batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      await deliver(batch.slice(0, middle), attempt);
      return deliver(batch.slice(middle), attempt);
    }
    if (options.maximumRetries !== undefined && attempt >= options.maximumRetries) {
      return giveUp(batch, { requestId, condition: 'RetryAttemptsExhausted', invokes: attempt + 1, functionError });
    }
    await wait(options.retryDelayMs(attempt));
    return deliver(batch, attempt + 1);
  };

  const readOn = async (): Promise<void> => {
    while (!stopped) {
      again = false;
      let read = await stream.after(position, options.batchSize);
      if (read.length > 0 && read.length < options.batchSize && options.windowMs > 0) {
        await wait(options.windowMs);
        read = await stream.after(position, options.batchSize);
      }
      const [first] = read;
      const last = read.at(-1);
      if (!first || !last) {
        if (again) continue;
        return;
      }
      options.onAge(ageOf(first));
      const { matches } = options;
      await deliver(matches ? read.filter(matches) : read, 0);
      if (stopped) return;
      position = sequenceOf(last);
      options.checkpoint(position);
    }
  };

  const pump = (): Promise<void> => {
    again = true;
    running ??= readOn()
      .catch((error: unknown) => {
        if (!stopped) console.error(`stream of ${target.name}: ${String(error)}`);
      })
      .finally(() => {
        running = undefined;
        if (again && !stopped) void pump();
      });
    return running;
  };

  stream.subscribe(() => void pump());
  void pump();

  return {
    name: `${stream.arn} → ${target.name}`,
    idle: () => running === undefined,
    position: () => position,
    catchUp: pump,
    stop: () => {
      stopped = true;
      waitOver();
    },
  };
};
