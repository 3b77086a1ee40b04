/** Holds: an item that switches a flag off, or to one value, for everyone until an operator releases it. */
import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Instant, iso } from '../kernel/types.ts';
import { fromItem, toItem } from './dynamo.ts';
import type { FlagName } from './flags.ts';
import type { TablePorts } from './ports.ts';

const freshMs = 5_000;

const holdKey = (flag: string) => toItem({ pk: `FLAG#${flag}`, sk: 'HOLD' });

/** Why a flag is held, and since when (ISO 8601, UTC); `value`: what everyone gets, where a flag has more than two. */
export type Hold = { readonly reason: string; readonly at: string; readonly value?: string | undefined };

/** Every function sees a hold within 5 s. */
export const holds = ({ dynamo, now }: TablePorts, table: string) => {
  const seen = new Map<string, { readonly hold: Hold | undefined; readonly readAt: number }>();
  const read = async (flag: string): Promise<Hold | undefined> => {
    const { Item } = await dynamo.send(new GetItemCommand({ TableName: table, Key: holdKey(flag) }));
    return Item && fromItem<Hold>(Item);
  };
  const current = async (flag: string): Promise<Hold | undefined> => {
    const known = seen.get(flag);
    if (known && now() - known.readAt < freshMs) return known.hold;
    const hold = await read(flag);
    seen.set(flag, { hold, readAt: now() });
    return hold;
  };
  const isHeld = async (flag: FlagName): Promise<boolean> => (await current(flag)) !== undefined;
  const hold = async (flag: string, reason: string, at: Instant, value?: string): Promise<void> => {
    const item: Hold = { reason, at: iso(at), value };
    await dynamo.send(new PutItemCommand({ TableName: table, Item: { ...holdKey(flag), ...toItem(item) } }));
    seen.delete(flag);
  };
  const release = async (flag: string): Promise<void> => {
    await dynamo.send(new DeleteItemCommand({ TableName: table, Key: holdKey(flag) }));
    seen.delete(flag);
  };
  return { read, current, isHeld, hold, release };
};

export type Holds = ReturnType<typeof holds>;
