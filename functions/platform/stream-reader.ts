/** A stream's reader: parks a record that cannot be read, and names the records that must come again. */
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
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
  /** Of its record in the stream. */
  readonly sequence: string;
  /** When the table took it, epoch ms. */
  readonly writtenAt: number;
  readonly events: readonly Published[];
  readonly dueAt: number | undefined;
};

const fields = { source: z.string(), type: z.string(), id: z.string(), version: z.int(), at: z.iso.datetime() };
export const published = z.looseObject(fields);
const outbox = z.array(published);
/** An event in the outbox of its item. */
export type Published = Readonly<z.output<z.ZodMiniObject<typeof fields>>>;

/** @throws {Invalid} when the item is not one the store wrote */
export const changeFrom = ({ dynamodb = {} }: DynamoDBRecord): Change => {
  const image = (dynamodb.NewImage ?? {}) as Item;
  const pk = image.pk?.S;
  const sk = image.sk?.S;
  const { SequenceNumber: sequence = '', ApproximateCreationDateTime: seconds = 0 } = dynamodb;
  if (!pk || !sk) throw new Invalid('a stream record without a key');
  const dueAt = image.dueAt?.N === undefined ? undefined : Number(image.dueAt.N);
  const events = image.outbox?.S === undefined ? [] : eventsIn(image.outbox.S);
  return { pk, sk, sequence, writtenAt: seconds * 1_000, dueAt, events };
};

/** The store gives each event of a write its own id: of two with one id, the story and the bus would lose one. */
const eventsIn = (text: string): readonly Published[] => {
  const events = parseWith(outbox, text);
  if (new Set(events.map(({ id }) => id)).size < events.length)
    throw new Invalid('two events of one write have one id');
  return events;
};

/**
 * @param handle gets the changes of the batch in order, and returns those that must come again; an error repeats all of
 *   them, halved by the mapping
 * @param park for a record that no retry can help
 */
export const streamReader = (handle: (changes: readonly Change[]) => Promise<readonly Change[]>, park: Park) => {
  /** @returns whether the record is done with: parked */
  const isParked = async ({ dynamodb, eventSourceARN }: DynamoDBRecord, reason: string): Promise<boolean> => {
    try {
      await park(JSON.stringify(dynamodb), reason, eventSourceARN ?? 'stream');
      return true;
    } catch (error) {
      log.error('Record not parked, left for a retry', error, { first: dynamodb?.SequenceNumber, reason });
      return false;
    }
  };
  /** One record: its change, or its number when it must come again. */
  const read = async (record: DynamoDBRecord): Promise<Change | string | undefined> => {
    try {
      return changeFrom(record);
    } catch (error) {
      const isDone = await isParked(record, (error as Error).message);
      return isDone ? undefined : (record.dynamodb?.SequenceNumber ?? '');
    }
  };
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const found = await Promise.all(Records.map(read));
    const changes = found.filter((one) => typeof one === 'object');
    const unparked = found.filter((one) => typeof one === 'string');
    try {
      const again = [...unparked, ...(await handle(changes)).map(({ sequence }) => sequence)];
      if (again.length > 0) log.warn('Left for a retry', { records: again.length, first: again[0] });
      return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) };
    } catch (error) {
      const first = Records[0]?.dynamodb?.SequenceNumber ?? '';
      log.error('Stream batch failed, left for a retry', error, { records: Records.length, first });
      throw error;
    }
  };
};
