/** Notifications that came before their payment: parked next to it until the payment or a timer joins them. */
import { createHash } from 'node:crypto';
import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Key, orderPartition } from '../../kernel/keys.ts';
import { after, type Instant } from '../../kernel/types.ts';
import { conditionHeld, fromItem, queryAll, toItem } from '../../platform/dynamo.ts';
import { dueShards } from '../../platform/item.ts';
import type { Dynamo } from '../../platform/ports.ts';
import { orderIdOf, type PaymentRef, secondsOf } from '../payment.ts';

/** A notification as its queue delivered it. */
export type Notice = {
  readonly ref: PaymentRef;
  /** As received. */
  readonly body: string;
  readonly receivedAt: Instant;
  /** The name of its delivery, so that two copies are two. */
  readonly id: string;
  /** The IP address it came from. */
  readonly sender?: string | undefined;
};
/** `attempts`: looks for its payment so far. An orphan has no deadline; its payment, should it come, still joins it. */
export type Early = Notice & { readonly attempts: number; readonly dueAt?: Instant | undefined };
export type EarlyStore = ReturnType<typeof earlyStore>;

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
/** Growing: an early notification is nearly always early by less than a second. */
const gaps = [second, 3 * second, 10 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute, 2 * hour, 6 * hour];
const keptDays = 90;

/** Longer than a worker may take to park an orphan: only one that ended before is followed by another. */
export const orphanMs = minute;

/**
 * @param chance from 0 to 1: copies that came together do not come back together
 * @returns nothing after the last look
 */
export const nextLook = (attempts: number, at: Instant, chance: number): Instant | undefined => {
  const gap = gaps[attempts - 1];
  return gap === undefined ? undefined : after(at, Math.ceil(gap * (0.5 + chance)));
};

const earlyPrefix = 'EARLY#';
export const isEarlyKey = ({ sk }: Key): boolean => sk.startsWith(earlyPrefix);
const prefixOf = (ref: PaymentRef): string => `${earlyPrefix}${secondsOf(ref)}#`;
const hashOf = ({ id, body }: Notice): string =>
  createHash('sha256').update(`${id}\n${body}`).digest('hex').slice(0, 24);
const shardOf = (hash: string): string => dueShards[Number.parseInt(hash.slice(0, 4), 16) % dueShards.length] as string;

export const earlyKey = (notice: Notice): Key => ({
  pk: orderPartition(orderIdOf(notice.ref)),
  sk: prefixOf(notice.ref) + hashOf(notice),
});

/** @param table name of the State table */
export const earlyStore = (dynamo: Dynamo, table: string) => {
  const put = ({ dueAt, ...early }: Early) => ({
    TableName: table,
    Item: toItem({
      ...earlyKey(early),
      ...early,
      ...(dueAt === undefined ? {} : { dueAt, dueShard: shardOf(hashOf(early)) }),
      expiresAt: Math.ceil(early.receivedAt / 1_000) + keptDays * 86_400,
    }),
  });
  return {
    park: async (early: Early): Promise<void> => {
      await dynamo.send(new PutItemCommand(put(early)));
    },
    /** Parks it again after a look without success, unless it was joined meanwhile. @returns whether it still waits */
    parkAgain: (early: Early, before: Early): Promise<boolean> => {
      const values = { ExpressionAttributeValues: toItem({ ':before': before.attempts }) };
      const input = { ...put(early), ConditionExpression: 'attempts = :before', ...values };
      return conditionHeld(dynamo.send(new PutItemCommand(input)));
    },
    load: async (key: Key): Promise<Early | undefined> => {
      const { Item } = await dynamo.send(
        new GetItemCommand({ TableName: table, Key: toItem(key), ConsistentRead: true }),
      );
      return Item && fromItem<Early>(Item);
    },
    /** Those that wait for this payment, as they came. */
    waitingFor: async (ref: PaymentRef): Promise<readonly Early[]> => {
      const waiting = await queryAll<Early>(dynamo, {
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: toItem({ ':pk': orderPartition(orderIdOf(ref)), ':prefix': prefixOf(ref) }),
        ConsistentRead: true,
      });
      return waiting.toSorted((a, b) => a.receivedAt - b.receivedAt);
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
