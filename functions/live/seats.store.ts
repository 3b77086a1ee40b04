/** How many streams are open at once: one item per seat, taken for the time of a stream and deleted when it ends. */
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { conditionHeld, queryAll, toItem } from '../platform/dynamo.ts';
import type { Clock, Dynamo } from '../platform/ports.ts';

/** Gives the seat back. */
export type Leave = () => Promise<void>;
/** @returns nothing when all seats are taken */
export type TakeSeat = (stream: string, until: number) => Promise<Leave | undefined>;
export type SeatsPorts = { readonly dynamo: Dynamo } & Pick<Clock, 'now' | 'random'>;

type Seat = { readonly sk: string; readonly stream: string; readonly takenUntil: number };
const pk = 'LIVE#SEATS';
const attempts = 4;
const nameOf = (n: number): string => `SEAT#${String(n).padStart(3, '0')}`;

/**
 * A function that was ended in the middle leaves its seat taken until its time is over.
 * @param table name of the State table
 */
export const seats = ({ dynamo, now, random }: SeatsPorts, table: string, count: number): TakeSeat => {
  const taken = async (): Promise<ReadonlyMap<string, Seat>> => {
    const items = await queryAll<Seat>(dynamo, {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: toItem({ ':pk': pk }),
      ConsistentRead: true,
    });
    return new Map(items.map((seat) => [seat.sk, seat]));
  };
  const take = (seat: Seat, before: Seat | undefined): Promise<boolean> =>
    conditionHeld(
      dynamo.send(
        new PutItemCommand({
          TableName: table,
          Item: toItem({ pk, ...seat, expiresAt: Math.ceil(seat.takenUntil / 1_000) }),
          ...(before
            ? {
                ConditionExpression: 'takenUntil = :before',
                ExpressionAttributeValues: toItem({ ':before': before.takenUntil }),
              }
            : { ConditionExpression: 'attribute_not_exists(pk)' }),
        }),
      ),
    );
  const leave = async ({ sk, stream }: Seat): Promise<void> => {
    await conditionHeld(
      dynamo.send(
        new DeleteItemCommand({
          TableName: table,
          Key: toItem({ pk, sk }),
          ConditionExpression: 'stream = :stream',
          ExpressionAttributeValues: toItem({ ':stream': stream }),
        }),
      ),
    );
  };

  return async (stream, until) => {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const items = await taken();
      const free = Array.from({ length: count }, (_, n) => nameOf(n)).filter(
        (sk) => (items.get(sk)?.takenUntil ?? 0) <= now(),
      );
      // Streams that open at the same moment are spread over the free seats.
      const sk = free[Math.floor(random() * free.length)];
      if (!sk) return undefined;
      const seat = { sk, stream, takenUntil: until };
      if (await take(seat, items.get(sk))) return () => leave(seat);
    }
    return undefined;
  };
};
