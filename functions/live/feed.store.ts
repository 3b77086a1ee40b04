/** The feed in the State table: a head with the last number, entries by hour and number, a mark per event. */
import {
  GetItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { fromItem, ifUnchanged, toItem } from '../platform/dynamo.ts';
import type { TablePorts } from '../platform/ports.ts';
import { type Cursor, expiryOf, hourOf, hoursBetween, oldestKept, padded } from './cursor.ts';
import type { Notice } from './notice.ts';

export type Entry = { readonly cursor: Cursor; readonly notice: Notice };
/** `lost`: another writer was faster, or notices were `present` already; `head`: as it is now, if that is known. */
export type Written =
  | { readonly outcome: 'written'; readonly head: Cursor }
  | { readonly outcome: 'lost'; readonly head: Cursor | undefined; readonly present: readonly Notice[] };
export type Feed = ReturnType<typeof feed>;

/** Entries a reader gets at once. */
export const page = 100;
/** A day longer than dead letters are kept: an event that is redriven finds its mark. */
const markLifetime = 15 * 86_400;

const headKey = { pk: 'LIVE', sk: 'HEAD' };
type StoredHead = { readonly hour: string; readonly lastSequence: number };
const headFrom = ({ hour, lastSequence }: StoredHead): Cursor => ({ hour, sequence: lastSequence });

/** @param table name of the State table */
export const feed = ({ dynamo, now }: TablePorts, table: string) => {
  const head = async (ConsistentRead = true): Promise<Cursor | undefined> => {
    const { Item } = await dynamo.send(new GetItemCommand({ TableName: table, Key: toItem(headKey), ConsistentRead }));
    return Item && headFrom(fromItem(Item));
  };

  /** A page of what follows the cursor, without gaps: a transaction in progress may show one entry before another. */
  const following = async (cursor: Cursor, to: Cursor, ConsistentRead: boolean): Promise<readonly Entry[]> => {
    const found: Entry[] = [];
    const oldest = oldestKept(now());
    for (const hour of hoursBetween(cursor.hour < oldest ? oldest : cursor.hour, to.hour)) {
      const { Items = [] } = await dynamo.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: toItem({ ':pk': `LIVE#${hour}`, ':after': padded(cursor.sequence) }),
          Limit: page - found.length,
          ConsistentRead,
        }),
      );
      for (const item of Items) {
        const { sk, notice } = fromItem<{ sk: string; notice: Notice }>(item);
        found.push({ cursor: { hour, sequence: Number(sk) }, notice });
      }
      if (found.length >= page) break;
    }
    return found.filter((entry, i) => entry.cursor.sequence === cursor.sequence + i + 1);
  };

  /** One small read while nothing happens. */
  const after = async (cursor: Cursor): Promise<readonly Entry[]> => {
    const newest = await head(false);
    return newest && newest.sequence > cursor.sequence ? following(cursor, newest, false) : [];
  };

  /** Where a reader continues: at its cursor, or at the head when it has none or what followed is no longer kept. */
  const resume = async (cursor: Cursor | undefined): Promise<{ readonly from: Cursor; readonly missed: boolean }> => {
    const from = (await head()) ?? { hour: hourOf(now()), sequence: 0 };
    if (!cursor || cursor.sequence === from.sequence) return { from, missed: false };
    const next = cursor.sequence < from.sequence ? await following(cursor, from, true) : [];
    return next.length > 0 ? { from: cursor, missed: false } : { from, missed: true };
  };

  const put = (item: Record<string, unknown>) => ({
    Put: { TableName: table, Item: toItem(item), ConditionExpression: 'attribute_not_exists(pk)' },
  });
  const putHead = ({ hour, sequence }: Cursor, read: Cursor | undefined) => ({
    Put: {
      ...put({ ...headKey, hour, lastSequence: sequence }).Put,
      ...ifUnchanged('lastSequence', read?.sequence),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    },
  });

  /** Hours never go back, whatever the clocks of the writers say. @throws the SDK's error when no race was the cause */
  const write = async (notices: readonly Notice[], read: Cursor | undefined): Promise<Written> => {
    const clock = hourOf(now());
    const hour = read && read.hour > clock ? read.hour : clock;
    const last = read?.sequence ?? 0;
    const next = { hour, sequence: last + notices.length };
    const expiresAt = Math.ceil(now() / 1_000) + markLifetime;
    const marks = notices.map(({ key }) => put({ pk: `LIVE#SEEN#${key}`, sk: 'SEEN', expiresAt }));
    const entries = notices.map((notice, i) =>
      put({ pk: `LIVE#${hour}`, sk: padded(last + i + 1), notice, expiresAt: expiryOf(hour) }),
    );
    try {
      await dynamo.send(new TransactWriteItemsCommand({ TransactItems: [putHead(next, read), ...marks, ...entries] }));
      return { outcome: 'written', head: next };
    } catch (error) {
      return lostTo(error, notices);
    }
  };

  return { head, after, resume, write };
};

const raceCodes = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/** What a cancelled transaction shows: the head as it is now, and which of the notices are present. */
const lostTo = (error: unknown, notices: readonly Notice[]): Written => {
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  if (!reasons.some(({ Code = '' }) => raceCodes.has(Code))) throw error;
  const [counted, ...marks] = reasons;
  return {
    outcome: 'lost',
    head: counted?.Item && headFrom(fromItem(counted.Item)),
    present: notices.filter((_, i) => marks[i]?.Code === 'ConditionalCheckFailed'),
  };
};
