/** How batches of a stream end: partial failures, bisecting, bounded retries, what is given up. */
import { describe, expect, it } from 'vitest';
import type { StreamRecord, TableStream } from '../../../../local/cloud/dynamodb/stream.ts';
import type { LambdaFunction, Outcome } from '../../../../local/cloud/lambda/functions.ts';
import { type StreamMappingOptions, startStreamMapping } from '../../../../local/cloud/streams/mapping.ts';

const record = (sequence: number, ageSeconds = 0): StreamRecord => ({
  eventID: String(sequence),
  eventName: 'INSERT',
  dynamodb: { SequenceNumber: String(sequence), ApproximateCreationDateTime: Date.now() / 1000 - ageSeconds },
});

const streamOf = (records: readonly StreamRecord[]): TableStream => ({
  arn: 'arn:stream',
  after: async (sequence, limit) =>
    records.filter(({ dynamodb }) => BigInt(dynamodb.SequenceNumber) > sequence).slice(0, limit),
  latest: async () => 0n,
  subscribe: () => {},
  wake: () => {},
  stop: () => {},
});

const ok: Outcome = { ok: true, requestId: 'r', payload: 'null' };
const broken: Outcome = {
  ok: false,
  requestId: 'r',
  throttled: false,
  error: { errorType: 'Error', errorMessage: 'no' },
};
const failedAt = (id: number): Outcome => ({
  ok: true,
  requestId: 'r',
  payload: JSON.stringify({ batchItemFailures: [{ itemIdentifier: String(id) }] }),
});

const play = async (
  records: readonly StreamRecord[],
  answer: (ids: readonly number[]) => Outcome,
  more: Partial<StreamMappingOptions> = {},
) => {
  const calls: number[][] = [];
  const givenUp: {
    requestContext: { condition: string; approximateInvokeCount: number };
    DDBStreamBatchInfo: Record<string, unknown>;
  }[] = [];
  let position = -1n;
  const invoke: LambdaFunction['invoke'] = async (event) => {
    const ids = JSON.parse(event).Records.map(({ dynamodb }: StreamRecord) => Number(dynamodb.SequenceNumber));
    calls.push(ids);
    return answer(ids);
  };
  const mapping = startStreamMapping({
    stream: streamOf(records),
    target: { name: 'f', arn: 'arn:f', deadLetterArn: undefined, invoke },
    batchSize: 100,
    windowMs: 0,
    bisect: true,
    maximumRetries: 2,
    maximumAgeMs: undefined,
    partialFailures: true,
    matches: undefined,
    onGivenUp: (message) => givenUp.push(JSON.parse(message)),
    onAge: () => {},
    startAfter: -1n,
    checkpoint: (sequence) => {
      position = sequence;
    },
    retryDelayMs: () => 0,
    ...more,
  });
  await mapping.catchUp();
  mapping.stop();
  return { calls, givenUp, position };
};

describe('a batch of a stream', () => {
  const four = [1, 2, 3, 4].map((sequence) => record(sequence));

  it('is read in order and remembered', async () => {
    const { calls, position } = await play(four, () => ok, { batchSize: 3 });
    expect(calls).toEqual([[1, 2, 3], [4]]);
    expect(position).toBe(4n);
  });

  it('continues from the lowest failed number', async () => {
    let first = true;
    const { calls } = await play(four, () => {
      const outcome = first ? failedAt(3) : ok;
      first = false;
      return outcome;
    });
    expect(calls).toEqual([
      [1, 2, 3, 4],
      [3, 4],
    ]);
  });

  it('is halved until the bad record is alone, which is tried and given up; the next is not delayed', async () => {
    const { calls, givenUp, position } = await play(four, (ids) => (ids.includes(2) ? broken : ok));
    expect(calls).toEqual([[1, 2, 3, 4], [1, 2], [1], [2], [2], [2], [3, 4]]);
    expect(position).toBe(4n);
    expect(givenUp).toHaveLength(1);
    expect(givenUp[0]).toMatchObject({
      requestContext: {
        requestId: 'r',
        functionArn: 'arn:f',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      DDBStreamBatchInfo: { startSequenceNumber: '2', endSequenceNumber: '2', batchSize: 1, streamArn: 'arn:stream' },
    });
  });

  it('is not halved when it answers with its first record as failed: it is given up as a whole', async () => {
    const { calls, givenUp } = await play(four, ([first = 0]) => failedAt(first), { maximumRetries: 1 });
    expect(calls).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
    expect(givenUp).toMatchObject([{ responseContext: { functionError: null }, DDBStreamBatchInfo: { batchSize: 4 } }]);
  });

  it('without bisecting is given up as a whole', async () => {
    const { calls, givenUp } = await play(four, () => broken, { bisect: false, maximumRetries: 1 });
    expect(calls).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
    expect(givenUp[0]?.DDBStreamBatchInfo).toMatchObject({
      startSequenceNumber: '1',
      endSequenceNumber: '4',
      batchSize: 4,
    });
  });

  it('gives up what is too old before it is tried', async () => {
    const { calls, givenUp } = await play([record(1, 100), record(2)], () => ok, { maximumAgeMs: 60_000 });
    expect(calls).toEqual([[2]]);
    expect(givenUp[0]?.requestContext.condition).toBe('EventAgeExceeded');
  });

  it('passes over what the filters do not want', async () => {
    const { calls, position } = await play(four, () => ok, { matches: (one) => (one as StreamRecord).eventID === '2' });
    expect(calls).toEqual([[2]]);
    expect(position).toBe(4n);
  });
});
