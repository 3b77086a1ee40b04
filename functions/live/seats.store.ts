/** How many streams are open at once: one item per seat, taken for the time of a stream, free again when it is over. */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { fromItem, toItem } from '../platform/dynamo.ts';
import type { Clock, Dynamo } from '../platform/ports.ts';

/** Gives the seat back. */
export type Leave = () => Promise<void>;
/** @returns nothing when all seats are taken */
export type TakeSeat = (stream: string, until: number) => Promise<Leave | undefined>;

type Seat = { readonly sk: string; readonly stream: string; readonly takenUntil: number };
const partition = 'LIVE#SEATS';
const attempts = 4;
const nameOf = (n: number): string => `SEAT#${String(n).padStart(3, '0')}`;

/**
 * A function that was ended in the middle leaves its seat taken until its time is over.
 * @param table name of the State table
 * @param random spreads those who come at once over the free seats
 */
export const seats =
  (
    { dynamo, now, random }: { readonly dynamo: Dynamo } & Pick<Clock, 'now' | 'random'>,
    table: string,
    count: number,
  ): TakeSeat =>
  async (stream, until) => {
    const taken = async (): Promise<readonly Seat[]> => {
      const { Items = [] } = await dynamo.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: toItem({ ':pk': partition }),
          ConsistentRead: true,
        }),
      );
      return Items.map((item) => fromItem<Seat>(item));
    };
    const take = async (sk: string, before: Seat | undefined): Promise<boolean> => {
      try {
        await dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: toItem({ pk: partition, sk, stream, takenUntil: until, expiresAt: Math.ceil(until / 1_000) }),
            ...(before
              ? {
                  ConditionExpression: 'takenUntil = :before',
                  ExpressionAttributeValues: toItem({ ':before': before.takenUntil }),
                }
              : { ConditionExpression: 'attribute_not_exists(pk)' }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    };
    const leave = async (sk: string): Promise<void> => {
      try {
        await dynamo.send(
          new DeleteItemCommand({
            TableName: table,
            Key: toItem({ pk: partition, sk }),
            ConditionExpression: 'stream = :stream',
            ExpressionAttributeValues: toItem({ ':stream': stream }),
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    };
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const items = new Map((await taken()).map((seat) => [seat.sk, seat]));
      const free = Array.from({ length: count }, (_, n) => nameOf(n)).filter(
        (sk) => (items.get(sk)?.takenUntil ?? 0) <= now(),
      );
      const sk = free[Math.floor(random() * free.length)];
      if (!sk) return undefined;
      if (await take(sk, items.get(sk))) return () => leave(sk);
    }
    return undefined;
  };
