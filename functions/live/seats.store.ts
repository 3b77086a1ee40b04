/** How many streams are open at once: one item per seat, taken for the time of a stream and deleted when it ends. */
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { conditionHeld, ifUnchanged, queryAll, toItem } from '../platform/dynamo.ts';
import type { Clock, TablePorts } from '../platform/ports.ts';

/** Gives the seat back. */
export type Leave = () => Promise<void>;
/** @returns nothing when all seats are taken */
export type TakeSeat = (stream: string, until: number) => Promise<Leave | undefined>;
export type SeatsPorts = TablePorts & Pick<Clock, 'random'>;

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
  const take = (seat: Seat, before: Seat | undefined): Promise<boolean> => {
    const Item = toItem({ pk, ...seat, expiresAt: Math.ceil(seat.takenUntil / 1_000) });
    const put = new PutItemCommand({ TableName: table, Item, ...ifUnchanged('takenUntil', before?.takenUntil) });
    return conditionHeld(dynamo.send(put));
  };
  const leave = async ({ sk, stream }: Seat): Promise<void> => {
    const Key = toItem({ pk, sk });
    const remove = new DeleteItemCommand({ TableName: table, Key, ...ifUnchanged('stream', stream) });
    await conditionHeld(dynamo.send(remove));
  };

  return async (stream, until) => {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const items = await taken();
      const names = Array.from({ length: count }, (_, n) => nameOf(n));
      const free = names.filter((sk) => (items.get(sk)?.takenUntil ?? 0) <= now());
      // Streams that open at the same moment are spread over the free seats.
      const sk = free[Math.floor(random() * free.length)];
      if (!sk) return undefined;
      const seat = { sk, stream, takenUntil: until };
      if (await take(seat, items.get(sk))) return () => leave(seat);
    }
    return undefined;
  };
};
