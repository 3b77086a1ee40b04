/** A stream's reader: parks a record that cannot be read; throws when the batch fails, so that Lambda halves it. */
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { Invalid } from '../kernel/errors.ts';
import { log } from '../kernel/log.ts';
import { parseWith } from '../kernel/schema.ts';
import type { Item } from './dynamo.ts';
import type { Park } from './park.ts';

/** A change of an item: the events to publish, and its deadline. */
export type Change = {
  readonly pk: string;
  readonly sk: string;
  readonly events: readonly Published[];
  readonly dueAt: number | undefined;
};

const fields = { source: z.string(), type: z.string(), id: z.string(), version: z.int(), at: z.iso.datetime() };
const outbox = z.array(z.looseObject(fields));
/** An event in the outbox of its item. */
export type Published = Readonly<z.output<z.ZodMiniObject<typeof fields>>>;

/** @throws {Invalid} when the item is not one the store wrote */
export const changeFrom = (record: DynamoDBRecord): Change => {
  const image = (record.dynamodb?.NewImage ?? {}) as Item;
  const pk = image.pk?.S;
  const sk = image.sk?.S;
  if (!pk || !sk) throw new Invalid('a stream record without a key');
  const dueAt = image.dueAt?.N === undefined ? undefined : Number(image.dueAt.N);
  return { pk, sk, dueAt, events: image.outbox?.S === undefined ? [] : eventsIn(image.outbox.S) };
};

/** The store gives each event of a write its own id: of two with one id, the story and the bus would lose one. */
const eventsIn = (text: string): readonly Published[] => {
  const events = parseWith(outbox, text);
  if (new Set(events.map(({ id }) => id)).size < events.length)
    throw new Invalid('two events of one write have one id');
  return events;
};

/**
 * @param handle gets the changes of the batch in order; a rejection repeats them, bisected by the mapping
 * @param park for a record that no retry can help
 */
export const streamReader = (handle: (changes: readonly Change[]) => Promise<void>, park: Park) => {
  const readable = async (record: DynamoDBRecord): Promise<readonly Change[]> => {
    try {
      return [changeFrom(record)];
    } catch (error) {
      await park(JSON.stringify(record.dynamodb), (error as Error).message, record.eventSourceARN ?? 'stream');
      return [];
    }
  };
  return async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
    try {
      await handle((await Promise.all(Records.map(readable))).flat());
    } catch (error) {
      const first = Records[0]?.dynamodb?.SequenceNumber ?? '';
      log.error('Stream batch failed, left for a retry', error, { records: Records.length, first });
      // Only an error halves a batch: one that answers with a failed record is repeated whole, and given up whole.
      throw error;
    }
  };
};
