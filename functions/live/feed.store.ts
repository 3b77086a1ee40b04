/** The feed in the State table: a head that counts, entries by hour and number, and a mark per event so that none is appended twice. */
import {
  GetItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { fromItem, type Item, toItem } from '../platform/dynamo.ts';
import type { Clock, Dynamo } from '../platform/ports.ts';
import { type Cursor, expiryOf, hourOf, hoursBetween, oldestKept, padded } from './cursor.ts';
import type { Notice } from './notice.ts';

export type Entry = { readonly cursor: Cursor; readonly notice: Notice };
export type Feed = ReturnType<typeof feed>;
/** The newest entry: its hour and its number. Hours never go back, whatever the clocks of the writers say. */
export type Head = { readonly hour: string; readonly lastSequence: number };

/** Entries a reader gets at once. */
export const page = 100;
/** A day longer than dead letters are kept: what is sent back from there finds its mark. */
const markLifetime = 15 * 86_400;

const headKey = { pk: 'LIVE', sk: 'HEAD' };

/** @param table name of the State table */
export const feed = ({ dynamo, now }: { readonly dynamo: Dynamo } & Pick<Clock, 'now'>, table: string) => {
  const head = async (consistent: boolean): Promise<Head | undefined> => {
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName: table, Key: toItem(headKey), ConsistentRead: consistent }),
    );
    return Item && headFrom(Item);
  };

  const inHour = async (
    hour: string,
    sequence: number,
    limit: number,
    consistent: boolean,
  ): Promise<readonly Entry[]> => {
    const { Items = [] } = await dynamo.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk > :after',
        ExpressionAttributeValues: toItem({ ':pk': `LIVE#${hour}`, ':after': padded(sequence) }),
        Limit: limit,
        ConsistentRead: consistent,
      }),
    );
    return Items.map((item) => entryFrom(hour, item));
  };

  /** A page of what follows the cursor, without gaps: of a transaction that is just being written one entry may be seen before another. */
  const following = async (cursor: Cursor, to: Head, consistent: boolean): Promise<readonly Entry[]> => {
    const found: Entry[] = [];
    const oldest = oldestKept(now());
    for (const hour of hoursBetween(cursor.hour < oldest ? oldest : cursor.hour, to.hour)) {
      found.push(...(await inHour(hour, cursor.sequence, page - found.length, consistent)));
      if (found.length >= page) break;
    }
    return found.filter((entry, i) => entry.cursor.sequence === cursor.sequence + i + 1);
  };

  /** One small read while nothing happens. */
  const after = async (cursor: Cursor): Promise<readonly Entry[]> => {
    const newest = await head(false);
    return newest && newest.lastSequence > cursor.sequence ? following(cursor, newest, false) : [];
  };

  /** Whether all that follows the cursor is still there; without a cursor, and when it is not, the place to go on from. */
  const resume = async (cursor: Cursor | undefined): Promise<{ readonly from: Cursor; readonly missed: boolean }> => {
    const newest = (await head(true)) ?? { hour: hourOf(now()), lastSequence: 0 };
    const from = { hour: newest.hour, sequence: newest.lastSequence };
    if (!cursor || cursor.sequence === from.sequence) return { from, missed: false };
    const next = cursor.sequence < from.sequence ? await following(cursor, newest, true) : [];
    return next.length > 0 ? { from: cursor, missed: false } : { from, missed: true };
  };

  /** @throws the SDK's TransactionCanceledException when another writer was faster, or a notice is there already */
  const write = async (notices: readonly Notice[], read: Head | undefined): Promise<Head> => {
    const clock = hourOf(now());
    const hour = read && read.hour > clock ? read.hour : clock;
    const last = read?.lastSequence ?? 0;
    const next: Head = { hour, lastSequence: last + notices.length };
    const put = (item: Record<string, unknown>) => ({
      Put: { TableName: table, Item: toItem(item), ConditionExpression: 'attribute_not_exists(pk)' },
    });
    const counted = {
      Put: {
        TableName: table,
        Item: toItem({ ...headKey, ...next }),
        ...(read
          ? {
              ConditionExpression: 'lastSequence = :read',
              ExpressionAttributeValues: toItem({ ':read': read.lastSequence }),
            }
          : { ConditionExpression: 'attribute_not_exists(pk)' }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      },
    };
    const marks = notices.map(({ key }) =>
      put({ pk: `LIVE#SEEN#${key}`, sk: 'SEEN', expiresAt: Math.ceil(now() / 1_000) + markLifetime }),
    );
    const entries = notices.map((notice, i) =>
      put({ pk: `LIVE#${hour}`, sk: padded(last + i + 1), notice, expiresAt: expiryOf(hour) }),
    );
    await dynamo.send(new TransactWriteItemsCommand({ TransactItems: [counted, ...marks, ...entries] }));
    return next;
  };

  return { head: () => head(true), after, resume, write };
};

/** What a cancelled transaction said: where the head stands now, when it was the head, and which of the notices are there already. */
export const lostTo = (
  error: unknown,
  notices: readonly Notice[],
): { readonly head: Head | undefined; readonly known: readonly Notice[] } => {
  if (!(error instanceof TransactionCanceledException)) throw error;
  const [counted, ...others] = error.CancellationReasons ?? [];
  const known = notices.filter((_, i) => others[i]?.Code === 'ConditionalCheckFailed');
  const isRace = [counted, ...others].some(
    (reason) => reason?.Code === 'ConditionalCheckFailed' || reason?.Code === 'TransactionConflict',
  );
  if (!isRace) throw error;
  return { head: counted?.Item && headFrom(counted.Item), known };
};

const headFrom = (item: Item): Head => {
  const { hour, lastSequence } = fromItem<Head>(item);
  return { hour, lastSequence };
};

const entryFrom = (hour: string, item: Item): Entry => {
  const { sk, notice } = fromItem<{ sk: string; notice: Notice }>(item);
  return { cursor: { hour, sequence: Number(sk) }, notice };
};
