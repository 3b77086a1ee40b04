/** Writes the story: each event once, in the partition of its order. A repetition writes the same line. */
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { batchesOf } from '../kernel/batches.ts';
import { Unavailable } from '../kernel/errors.ts';
import { fromItem, type Item, toItem } from './dynamo.ts';
import type { Park } from './park.ts';
import type { Dynamo } from './ports.ts';
import type { Change, Published } from './stream-reader.ts';

type StoryDeps = { readonly dynamo: Dynamo; readonly park: Park };

/** Requests to a worker are not part of the story: what the worker did is. */
const leftOut = new Set(['dispatch.requested']);

/** The number of a fact in its write, `.2` and up; the first one has none. */
const numberOf = (id: string): string => /\.\d+$/.exec(id)?.[0] ?? '';

/** A partition can hold several aggregates of one kind (the payments of an order): their lines carry their ids. */
const keyOf = (pk: string, { type, version, id }: Published): string => {
  const aggregate = id.split('/')[0] as string;
  const key = `EVENT#${type.split('.')[0]}#${String(version).padStart(6, '0')}${numberOf(id)}`;
  return pk.endsWith(`#${aggregate}`) ? key : `${key}#${aggregate}`;
};

export const lineOf = (pk: string, event: Published): Item => {
  const { source: _, ...line } = event;
  return toItem({ pk, sk: keyOf(pk, event), kind: 'event', ...line });
};

/**
 * @param park for a line that the table will never take
 * @throws {Unavailable} when the table did not take all of them
 */
export const story = ({ dynamo, park }: StoryDeps, table: string) => {
  const write = async (lines: readonly Item[]): Promise<void> => {
    const { UnprocessedItems } = await dynamo.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: lines.map((Item) => ({ PutRequest: { Item } })) } }),
    );
    const left = UnprocessedItems?.[table]?.length ?? 0;
    if (left > 0) throw new Unavailable(`${left} lines of the story were not taken`);
  };
  /** A batch is refused as a whole for one of its lines. */
  const writeOrPark = async (lines: readonly Item[]): Promise<void> => {
    try {
      await write(lines);
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== 'ValidationException') throw error;
      if (lines.length === 1) return park(JSON.stringify(fromItem(lines[0] as Item)), message, table);
      await Promise.all(lines.map((line) => writeOrPark([line])));
    }
  };
  return async (changes: readonly Change[]): Promise<readonly Change[]> => {
    const all = changes.flatMap(({ pk, events }) =>
      events.filter(({ type }) => !leftOut.has(type)).map((event) => lineOf(pk, event)),
    );
    // A batch must not name a line twice, and a record may come twice in one batch.
    const lines = [...new Map(all.map((line) => [`${line.pk?.S} ${line.sk?.S}`, line])).values()];
    await Promise.all(batchesOf(lines, 25).map(writeOrPark));
    return [];
  };
};
