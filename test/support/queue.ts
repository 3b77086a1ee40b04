/** Deliveries of a queue and of a stream, and dead letters that remember. */
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Park } from '../../functions/platform/park.ts';

export const queueArn = 'arn:aws:sqs:ap-southeast-3:000000000000:tuntas-test-dispatch';

const record = (body: string, i: number, receives: number): SQSRecord => ({
  messageId: `message-${i + 1}`,
  receiptHandle: `receipt-${i + 1}`,
  body,
  attributes: {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: '0',
    SenderId: 'test',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: 'ap-southeast-3',
});

/** Messages are named `message-1`, `message-2` and so on; what is not text is sent as JSON. */
export const delivered = (bodies: readonly unknown[], receives = 1): SQSEvent => ({
  Records: bodies.map((body, i) => record(typeof body === 'string' ? body : JSON.stringify(body), i, receives)),
});

/** Stream records with the sequence numbers 1, 2, 3 …; `undefined` is a record without a new image. */
export const streamed = (
  images: readonly (Record<string, unknown> | undefined)[],
): { readonly Records: DynamoDBRecord[] } => ({
  Records: images.map((image, i) => ({
    eventName: 'MODIFY',
    eventSourceARN: 'arn:aws:dynamodb:ap-southeast-3:000000000000:table/tuntas-test-state/stream/1',
    dynamodb: {
      SequenceNumber: String(i + 1),
      ...(image
        ? {
            NewImage: marshall(image, { removeUndefinedValues: true }) as NonNullable<
              DynamoDBRecord['dynamodb']
            >['NewImage'] &
              object,
          }
        : {}),
    },
  })),
});

export type Parked = { readonly body: string; readonly reason: string; readonly source: string };
export const deadLetters = (): { readonly park: Park; readonly parked: readonly Parked[] } => {
  const parked: Parked[] = [];
  return { parked, park: async (body, reason, source) => void parked.push({ body, reason, source }) };
};
