/** Writes the story: each event once, in the partition of its order. Writing it again writes the same line. */
import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { batchesOf } from './batches.ts';
import { type Item, toItem } from './dynamo.ts';
import { Unavailable } from './errors.ts';
import type { Change, Published } from './stream.ts';

/** Orders to a worker are not part of the story: what the worker did is. */
const untold = new Set(['dispatch.requested']);

export const lineOf = (pk: string, { source: _, ...event }: Published): Item =>
  toItem({ pk, sk: `EVENT#${event.type.split('.')[0]}#${String(event.version).padStart(6, '0')}`, kind: 'event', ...event });

/** @throws {Unavailable} when the table did not take all of them */
export const story =
  (client: DynamoDBClient, table: string) =>
  async (changes: readonly Change[]): Promise<void> => {
    const told = changes.flatMap(({ pk, events }) => events.filter(({ type }) => !untold.has(type)).map((event) => lineOf(pk, event)));
    // A batch must not name a line twice, and a record may come twice in one batch.
    const lines = [...new Map(told.map((line) => [`${line.pk?.S} ${line.sk?.S}`, line])).values()];
    await Promise.all(
      batchesOf(lines, 25).map(async (batch) => {
        const { UnprocessedItems } = await client.send(
          new BatchWriteItemCommand({ RequestItems: { [table]: batch.map((Item) => ({ PutRequest: { Item } })) } }),
        );
        const left = UnprocessedItems?.[table]?.length ?? 0;
        if (left > 0) throw new Unavailable(`${left} lines of the story were not taken`);
      }),
    );
  };
