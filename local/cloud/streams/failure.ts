/** The message that Lambda sends to the on-failure destination of a stream: not the records, but where they are. */
import type { StreamRecord } from '../dynamodb/stream.ts';

export type GivenUp = {
  readonly requestId: string;
  readonly condition: 'RetryAttemptsExhausted' | 'EventAgeExceeded';
  readonly invokes: number;
  readonly functionError: boolean;
};
type Arns = { readonly stream: string; readonly target: string };

const arrivalOf = ({ dynamodb }: StreamRecord): string =>
  new Date(dynamodb.ApproximateCreationDateTime * 1000).toISOString();

export const failureMessage = (records: readonly StreamRecord[], givenUp: GivenUp, arns: Arns): string => {
  const { requestId, condition, invokes, functionError } = givenUp;
  const [first] = records;
  const last = records.at(-1);
  if (!first || !last) throw new Error('a batch that failed has records');
  return JSON.stringify({
    requestContext: { requestId, functionArn: arns.target, condition, approximateInvokeCount: invokes },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: functionError ? 'Unhandled' : null },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId: 'shardId-00000001-local',
      startSequenceNumber: first.dynamodb.SequenceNumber,
      endSequenceNumber: last.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrivalOf(first),
      approximateArrivalOfLastRecord: arrivalOf(last),
      batchSize: records.length,
      streamArn: arns.stream,
    },
  });
};
