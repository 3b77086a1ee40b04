/** The queues of the running stack from outside: when one is empty, and what was parked. */
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { eventually, type Person, type Phone, rideBody, stack } from './stack.ts';

const withQueues = async <T>(work: (client: SQSClient) => Promise<T>): Promise<T> => {
  const client = new SQSClient({
    endpoint: stack().sqs,
    region: 'ap-southeast-3',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
};

/** Waits until every message of the queue is handled, delayed ones included. */
export const drained = (QueueUrl: string, timeoutMs = 20_000): Promise<void> =>
  withQueues((client) =>
    eventually(async () => {
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: [
            'ApproximateNumberOfMessages',
            'ApproximateNumberOfMessagesNotVisible',
            'ApproximateNumberOfMessagesDelayed',
          ],
        }),
      );
      return Object.values(Attributes).every((count) => count === '0');
    }, timeoutMs),
  );

/** The messages of a dead-letter queue whose text contains the marker, with why each was parked. */
export const parkedWith = (QueueUrl: string, marker: string, count: number) =>
  withQueues(async (client) => {
    const found = new Map<string, { readonly body: string; readonly reason: string | undefined }>();
    await eventually(async () => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 10,
          MessageAttributeNames: ['All'],
        }),
      );
      for (const { MessageId = '', Body = '', MessageAttributes = {} } of Messages)
        if (Body.includes(marker)) found.set(MessageId, { body: Body, reason: MessageAttributes.reason?.StringValue });
      return found.size >= count;
    });
    return [...found.values()];
  });

/** A later offer has arrived at each of the drivers: whatever was sent to them before has arrived, too. */
export const fence = async (rider: Person, ...drivers: readonly Phone[]): Promise<void> => {
  await drained(stack().queues.dispatch);
  await Promise.all(
    drivers.map(async (driver) => {
      const { body: ride } = await rider.call('POST', '/rides', rideBody([driver]));
      await eventually(() => requestsFor(driver, ride.rideId).length === 1);
    }),
  );
};

/** How a driver's app was shown one ride. */
export const requestsFor = (driver: Phone, rideId: string) =>
  driver.requests().filter((request) => request.rideId === rideId);
