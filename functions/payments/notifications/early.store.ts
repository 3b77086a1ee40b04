/** Notifications that came before their payment: parked in the order's partition until the payment or a timer joins them. */
import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { after, type Instant } from '../../kernel/types.ts';
import { fromItem, toItem } from '../../platform/dynamo.ts';
import { dueShards } from '../../platform/item.ts';
import type { Dynamo } from '../../platform/ports.ts';
import { orderIdOf, type PaymentRef, secondsOf } from '../payment.ts';

/** A notification with the name of its delivery, so that two copies are two. */
export type Notice = {
  readonly ref: PaymentRef;
  readonly body: string;
  readonly receivedAt: Instant;
  readonly id: string;
  readonly sender?: string | undefined;
};
/** `attempts`: how often its payment was looked for. An orphan has no deadline any more; its payment, should it come, still joins it. */
export type Early = Notice & { readonly attempts: number; readonly dueAt?: Instant | undefined };
export type EarlyKey = { readonly pk: string; readonly sk: string };
export type EarlyStore = ReturnType<typeof earlyStore>;

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
/** Growing: an early notification is nearly always early by less than a second. */
const gaps = [second, 3 * second, 10 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute, 2 * hour, 6 * hour];
const keptDays = 90;

/** Longer than its worker may take to park an orphan: only a worker that ended before it was done is followed by another. */
export const orphanMs = minute;

/** @param chance from 0 to 1: copies that came together do not come back together. @returns nothing when it was looked for long enough */
export const nextLook = (attempts: number, at: Instant, chance: number): Instant | undefined => {
  const gap = gaps[attempts - 1];
  return gap === undefined ? undefined : after(at, Math.ceil(gap * (0.5 + chance)));
};

const hashOf = ({ id, body }: Notice): string =>
  createHash('sha256').update(`${id}\n${body}`).digest('hex').slice(0, 24);
const prefixOf = (ref: PaymentRef): string => `EARLY#${secondsOf(ref)}#`;
const shardOf = (hash: string): string => dueShards[Number.parseInt(hash.slice(0, 4), 16) % dueShards.length] as string;

export const earlyKey = (notice: Notice): EarlyKey => ({
  pk: `ORDER#${orderIdOf(notice.ref)}`,
  sk: prefixOf(notice.ref) + hashOf(notice),
});

/** @param table name of the State table */
export const earlyStore = (dynamo: Dynamo, table: string) => {
  const itemOf = ({ dueAt, ...early }: Early) =>
    toItem({
      ...earlyKey(early),
      ...early,
      ...(dueAt === undefined ? {} : { dueAt, dueShard: shardOf(hashOf(early)) }),
      expiresAt: Math.ceil(early.receivedAt / 1_000) + keptDays * 86_400,
    });
  return {
    park: async (early: Early): Promise<void> => {
      await dynamo.send(new PutItemCommand({ TableName: table, Item: itemOf(early) }));
    },
    /** Parks it again after a look in vain, unless it was joined meanwhile. @returns whether it still waits */
    parkAgain: async (early: Early, before: Early): Promise<boolean> => {
      try {
        await dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: itemOf(early),
            ConditionExpression: 'attempts = :before',
            ExpressionAttributeValues: toItem({ ':before': before.attempts }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    load: async (key: EarlyKey): Promise<Early | undefined> => {
      const { Item } = await dynamo.send(
        new GetItemCommand({ TableName: table, Key: toItem(key), ConsistentRead: true }),
      );
      return Item && fromItem<Early>(Item);
    },
    /** Those that wait for this payment, as they came. */
    waitingFor: async (ref: PaymentRef): Promise<readonly Early[]> => {
      const { Items = [] } = await dynamo.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: toItem({ ':pk': `ORDER#${orderIdOf(ref)}`, ':prefix': prefixOf(ref) }),
          ConsistentRead: true,
        }),
      );
      return Items.map((item) => fromItem<Early>(item)).sort((a, b) => a.receivedAt - b.receivedAt);
    },
    /** @returns whether it was still there */
    remove: async (notice: Notice): Promise<boolean> => {
      const { Attributes } = await dynamo.send(
        new DeleteItemCommand({ TableName: table, Key: toItem(earlyKey(notice)), ReturnValues: 'ALL_OLD' }),
      );
      return Attributes !== undefined;
    },
  };
};
