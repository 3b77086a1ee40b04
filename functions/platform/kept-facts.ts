/** Facts that the bus did not take in time, each with its body, until a deadline publishes it. */
import { BatchWriteItemCommand, DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { batchesOf } from '../kernel/batches.ts';
import { Unavailable } from '../kernel/errors.ts';
import type { Key } from '../kernel/keys.ts';
import { parseWith } from '../kernel/schema.ts';
import { fromItem, toItem } from './dynamo.ts';
import { shardOf } from './item.ts';
import type { TablePorts } from './ports.ts';
import { type Published, published } from './stream-reader.ts';

export type KeptFacts = ReturnType<typeof keptFacts>;

/** Not those of other deadlines: a day's facts are not read to find what is due behind them. */
export const factShards = ['fact#0', 'fact#1', 'fact#2', 'fact#3'] as const;

const prefix = 'FACT#';
const sk = 'FACT';
const keyOf = (eventId: string): Key => ({ pk: `${prefix}${eventId}`, sk });

export const isKeptFact = (key: Key): boolean => key.sk === sk;
export const eventIdOf = ({ pk }: Key): string => pk.slice(prefix.length);

/** @param table name of the State table */
export const keptFacts = ({ dynamo, now }: TablePorts, table: string) => ({
  /**
   * Each once; keeping it again writes the same.
   * @throws {Unavailable} when the table did not take all of them
   */
  keep: async (events: readonly Published[]): Promise<void> => {
    const byId = new Map(events.map((event) => [event.id, event]));
    const items = [...byId.values()].map((event) =>
      toItem({
        ...keyOf(event.id),
        fact: JSON.stringify(event),
        dueShard: shardOf(event.id, factShards),
        dueAt: now(),
      }),
    );
    await Promise.all(
      batchesOf(items, 25).map(async (batch) => {
        const { UnprocessedItems } = await dynamo.send(
          new BatchWriteItemCommand({ RequestItems: { [table]: batch.map((Item) => ({ PutRequest: { Item } })) } }),
        );
        const left = UnprocessedItems?.[table]?.length ?? 0;
        if (left > 0) throw new Unavailable(`${left} facts were not kept`);
      }),
    );
  },
  load: async (key: Key): Promise<Published | undefined> => {
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName: table, Key: toItem(key), ConsistentRead: true }),
    );
    return Item && parseWith(published, fromItem<{ fact: string }>(Item).fact);
  },
  remove: async (key: Key): Promise<void> => {
    await dynamo.send(new DeleteItemCommand({ TableName: table, Key: toItem(key) }));
  },
});
