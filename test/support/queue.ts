/** Deliveries of a queue and of a stream, and dead letters that remember. */
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Park } from '../../functions/platform/park.ts';

export { delivered, queueArn } from '../../tools/deliveries.ts';

/**
 * Stream records with the sequence numbers 1, 2, 3 …; `undefined` is a record without a new image.
 * @param writtenAt epoch ms
 */
export const streamed = (
  images: readonly (Record<string, unknown> | undefined)[],
  writtenAt = Date.UTC(2026, 10, 21, 5),
): { readonly Records: DynamoDBRecord[] } => ({
  Records: images.map((image, i) => ({
    eventName: 'MODIFY',
    eventSourceARN: 'arn:aws:dynamodb:ap-southeast-3:000000000000:table/tuntas-test-state/stream/1',
    dynamodb: {
      SequenceNumber: String(i + 1),
      ApproximateCreationDateTime: writtenAt / 1_000,
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
