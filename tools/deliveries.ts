/** Messages as SQS hands them to a function. */
import type { SQSEvent, SQSRecord } from 'aws-lambda';

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
