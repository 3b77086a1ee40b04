/**
 * A model of DynamoDB in memory with the semantics the project relies on: conditional writes that answer ALL_OLD,
 * transactions in two phases with conflicts, sparse indexes, pages. Any other command or expression is an error.
 */
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { cancelled, invalid } from './dynamo-errors.ts';
import { holds, type Item, updated } from './expressions.ts';
import { asksOld, keyOf, memoryRows, type Rows, type Written } from './memory-rows.ts';

const indexes: Readonly<
  Record<string, { readonly partition: string; readonly sort: string; readonly shows: readonly string[] }>
> = {
  due: { partition: 'dueShard', sort: 'dueAt', shows: ['pk', 'sk', 'dueShard', 'dueAt'] },
  asked: { partition: 'driverId', sort: 'claimedAt', shows: ['pk', 'sk', 'driverId', 'claimedAt'] },
  cell: { partition: 'cell', sort: 'reportedAt', shows: ['pk', 'sk', 'cell', 'lat', 'lng', 'reportedAt'] },
};

type Key = { readonly pk: string; readonly sk: string };
type PutInput = PutItemCommand['input'];
type TransactInput = TransactWriteItemsCommand['input'];

export type { Written } from './memory-rows.ts';

const order = (a: Item, b: Item, by: string): number => {
  const [x, y] = [a[by], b[by]];
  return x?.N === undefined
    ? Buffer.compare(Buffer.from(x?.S ?? ''), Buffer.from(y?.S ?? ''))
    : Number(x.N) - Number(y?.N);
};

const put = ({ guard, write }: Rows, input: PutInput): object => {
  const key = keyOf(input.Item);
  guard(input, key);
  write(input, key, input.Item);
  return {};
};
const update = ({ rows, guard, write }: Rows, input: UpdateItemCommand['input']): object => {
  const key = keyOf(input.Key);
  guard(input, key);
  const { item, names } = updated(
    rows(input).get(key) ?? { ...input.Key },
    input.UpdateExpression,
    input.ExpressionAttributeValues,
  );
  write(input, key, item);
  return input.ReturnValues === 'UPDATED_NEW'
    ? { Attributes: Object.fromEntries(names.map((name) => [name, item[name]])) }
    : {};
};
const remove = ({ rows, guard, write }: Rows, input: DeleteItemCommand['input']): object => {
  const key = keyOf(input.Key);
  guard(input, key);
  const old = rows(input).get(key);
  if (old) write(input, key, undefined);
  return old && input.ReturnValues === 'ALL_OLD' ? { Attributes: old } : {};
};
const query = ({ rows }: Rows, input: QueryCommand['input']): object => {
  const index = input.IndexName === undefined ? undefined : indexes[input.IndexName];
  if (input.IndexName !== undefined && !index)
    throw invalid(`The table does not have the specified index: ${input.IndexName}`);
  if (index && input.ConsistentRead) throw invalid('Consistent reads are not supported on global secondary indexes');
  const { partition, sort } = index ?? { partition: 'pk', sort: 'sk' };
  const found = [...rows(input).values()]
    .filter(
      (item) =>
        item[partition] && item[sort] && holds(item, input.KeyConditionExpression, input.ExpressionAttributeValues),
    )
    .sort(
      (a, b) => (input.ScanIndexForward === false ? -1 : 1) * (order(a, b, sort) || keyOf(a).localeCompare(keyOf(b))),
    );
  const after = input.ExclusiveStartKey
    ? found.findIndex((item) => keyOf(item) === keyOf(input.ExclusiveStartKey)) + 1
    : 0;
  const page = found.slice(after, after + (input.Limit ?? 1_000));
  const last = page.at(-1);
  const shown = index?.shows ?? input.ProjectionExpression?.split(',').map((name) => name.trim());
  const Items = page.map((item) =>
    shown ? Object.fromEntries(Object.entries(item).filter(([name]) => shown.includes(name))) : item,
  );
  return {
    Items,
    Count: Items.length,
    ...(last && after + page.length < found.length ? { LastEvaluatedKey: last } : {}),
  };
};
const batchWrite = ({ write }: Rows, { RequestItems = {} }: BatchWriteItemCommand['input']): object => {
  for (const [TableName, requests] of Object.entries(RequestItems)) {
    const keys = requests.map(({ PutRequest }) => keyOf(PutRequest?.Item));
    if (requests.length > 25) throw invalid('Too many items requested for the BatchWriteItem call');
    if (new Set(keys).size < keys.length) throw invalid('Provided list of item keys contains duplicates');
    for (const { PutRequest } of requests) write({ TableName }, keyOf(PutRequest?.Item), PutRequest?.Item);
  }
  return { UnprocessedItems: {} };
};

/** First phase: conflicts and conditions of all items, then the locks. @throws with one reason per item */
const prepare = ({ rows, locked, lockOf, write }: Rows, { TransactItems = [] }: TransactInput): (() => object) => {
  const puts = TransactItems.map(({ Put }) => {
    if (!Put) throw new Error('the model of the table knows only Put in transactions');
    return { ...Put, key: keyOf(Put.Item), lock: lockOf(Put, keyOf(Put.Item)) };
  });
  if (new Set(puts.map(({ lock }) => lock)).size < puts.length)
    throw invalid('Transaction request cannot include multiple operations on one item');
  const reasons = puts.map((input) => {
    if (locked.has(input.lock)) return { Code: 'TransactionConflict' };
    const found = rows(input).get(input.key);
    if (holds(found, input.ConditionExpression, input.ExpressionAttributeValues)) return { Code: 'None' };
    return { Code: 'ConditionalCheckFailed', ...(found && asksOld(input) ? { Item: found } : {}) };
  });
  if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
  for (const { lock } of puts) locked.add(lock);
  return () => {
    for (const input of puts) {
      locked.delete(input.lock);
      write(input, input.key, input.Item);
    }
    return {};
  };
};

/** @param onWrite sees every write in the order the table took them */
export const memoryTable = (onWrite: (written: Written) => void = () => undefined) => {
  const all = memoryRows(onWrite);

  /** Carries out one command at once; a transaction prepares here and commits when the answer's `commit` is called. */
  const begin = (command: unknown): { readonly output: object } | { readonly commit: () => object } => {
    if (command instanceof GetItemCommand) {
      const Item = all.rows(command.input).get(keyOf(command.input.Key));
      return { output: Item ? { Item } : {} };
    }
    if (command instanceof PutItemCommand) return { output: put(all, command.input) };
    if (command instanceof UpdateItemCommand) return { output: update(all, command.input) };
    if (command instanceof DeleteItemCommand) return { output: remove(all, command.input) };
    if (command instanceof QueryCommand) return { output: query(all, command.input) };
    if (command instanceof BatchWriteItemCommand) return { output: batchWrite(all, command.input) };
    if (command instanceof TransactWriteItemsCommand) return { commit: prepare(all, command.input) };
    throw new Error(`the model of the table does not know ${command?.constructor?.name}`);
  };

  return {
    begin,
    /** What is stored under a key, as plain values. */
    read: (TableName: string, { pk, sk }: Key): Record<string, unknown> | undefined => {
      const item = all.rows({ TableName }).get(`${pk} ${sk}`);
      return item && unmarshall(item);
    },
    all: (TableName: string): readonly Record<string, unknown>[] =>
      [...all.rows({ TableName }).values()].map((item) => unmarshall(item)),
    put: (TableName: string, item: Item): void => all.write({ TableName }, keyOf(item), item),
  };
};
export type MemoryTable = ReturnType<typeof memoryTable>;

/** A client whose commands `send` answers; the SDK's paginators take it for a real one. */
export const clientWith = (send: (command: unknown) => Promise<unknown>): DynamoDBClient =>
  Object.assign(Object.create(DynamoDBClient.prototype) as DynamoDBClient, { send });

/** A client of the table whose every command is carried out at once and in one piece. */
export const clientOf = (table: MemoryTable): DynamoDBClient =>
  clientWith(async (command) => {
    const begun = table.begin(command);
    return 'commit' in begun ? begun.commit() : begun.output;
  });
