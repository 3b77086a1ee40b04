/** The model of the table answers as a real one does, command by command. */
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toItem } from '../../functions/platform/dynamo.ts';
import { realTables } from './dynamo.ts';
import { clientOf, memoryTable } from './memory-table.ts';

const { client, state } = realTables();
type Command = Parameters<DynamoDBClient['send']>[0];

/** What a caller can see of an answer: the output, or the error with the item it names. */
const seen = async (run: DynamoDBClient, command: Command): Promise<unknown> => {
  try {
    const {
      $metadata: _,
      ConsumedCapacity: __,
      ScannedCount: ___,
      ...output
    } = (await run.send(command as never)) as unknown as Record<string, unknown>;
    if (!('Item' in output) && !('Items' in output) && !('Attributes' in output)) return 'done';
    return 'LastEvaluatedKey' in output ? { ...output, LastEvaluatedKey: 'there is more' } : output;
  } catch (error) {
    const { name, Item, CancellationReasons } = error as {
      name: string;
      Item?: unknown;
      CancellationReasons?: { Code: string; Item?: unknown }[];
    };
    return { name, Item, reasons: CancellationReasons?.map((reason) => ({ Code: reason.Code, Item: reason.Item })) };
  }
};

const sk = 'ITEM';
const version = fc.integer({ min: 0, max: 3 });
const name = fc.constantFrom('a', 'b', 'c');
const old = fc.constantFrom('ALL_OLD' as const, 'NONE' as const);
const condition = fc.oneof(
  fc.constant({}),
  fc.constant({ ConditionExpression: 'attribute_not_exists(pk)' }),
  version.map((read) => ({
    ConditionExpression: 'version = :read',
    ExpressionAttributeValues: toItem({ ':read': read }),
  })),
);

/** Commands on three items, so that they meet; `prefix` stands for the play. */
const commandsIn = (prefix: string) => {
  const key = (of: string) => toItem({ pk: `${prefix}${of}`, sk });
  const item = fc.tuple(name, version, fc.boolean(), fc.boolean()).map(([of, at, due, listed]) => ({
    ...key(of),
    ...toItem({
      version: at,
      ...(due ? { dueShard: prefix, dueAt: at } : {}),
      ...(listed ? { cell: prefix, reportedAt: at, lat: 1, lng: 2, secret: 3 } : {}),
    }),
  }));
  const put = fc.tuple(item, condition, old).map(([Item, wanted, ReturnValuesOnConditionCheckFailure]) => ({
    TableName: state,
    Item,
    ...wanted,
    ReturnValuesOnConditionCheckFailure,
  }));
  const query = (input: object) => fc.constant(() => new QueryCommand({ TableName: state, ...input }));
  const under = (index: string, partition: string, operator: string) =>
    version.map(
      (limit) => () =>
        new QueryCommand({
          TableName: state,
          IndexName: index,
          KeyConditionExpression: `${partition} = :p AND ${operator} :v`,
          ExpressionAttributeValues: toItem({ ':p': prefix, ':v': limit }),
          ScanIndexForward: limit % 2 === 0,
        }),
    );
  return fc.oneof(
    put.map((input) => () => new PutItemCommand(input)),
    put.map((input) => () => new PutItemCommand(input)),
    fc.tuple(put, put).map(
      ([a, b]) =>
        () =>
          new TransactWriteItemsCommand({ TransactItems: [{ Put: a }, { Put: b }] }),
    ),
    fc.tuple(name, condition).map(
      ([of, wanted]) =>
        () =>
          new DeleteItemCommand({ TableName: state, Key: key(of), ...wanted }),
    ),
    fc.tuple(name, version).map(
      ([of, by]) =>
        () =>
          new UpdateItemCommand({
            TableName: state,
            Key: key(of),
            UpdateExpression: 'ADD leased :by',
            ExpressionAttributeValues: toItem({ ':by': by }),
            ReturnValues: 'UPDATED_NEW',
          }),
    ),
    fc.tuple(name, version).map(
      ([of, read]) =>
        () =>
          new UpdateItemCommand({
            TableName: state,
            Key: key(of),
            UpdateExpression: 'SET sentAt = :at, channel = :read',
            ConditionExpression: 'version = :read AND attribute_not_exists(sentAt)',
            ExpressionAttributeValues: toItem({ ':at': 'now', ':read': read }),
          }),
    ),
    fc
      .uniqueArray(item, { selector: ({ pk }) => pk?.S, minLength: 1 })
      .map(
        (items) => () =>
          new BatchWriteItemCommand({ RequestItems: { [state]: items.map((Item) => ({ PutRequest: { Item } })) } }),
      ),
    name.map((of) => () => new GetItemCommand({ TableName: state, Key: key(of), ConsistentRead: true })),
    query({
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: toItem({ ':pk': `${prefix}a` }),
      ProjectionExpression: 'sk',
    }),
    under('due', 'dueShard', 'dueAt <='),
    under('cell', 'cell', 'reportedAt >'),
  );
};

/** Rows of equal sort key come in an order nobody promised. */
const unordered = (answer: unknown): unknown => {
  const { Items, ...rest } = (answer ?? {}) as { Items?: { dueAt?: { N?: string }; reportedAt?: { N?: string } }[] };
  if (!Items) return answer;
  const sorts = Items.map(({ dueAt, reportedAt }) => dueAt?.N ?? reportedAt?.N);
  return { ...rest, sorts, Items: Items.map((item) => JSON.stringify(Object.entries(item).toSorted())).toSorted() };
};

describe('the same commands are sent to the model and to a table', () => {
  it('are answered alike, with the same errors, reasons and old items', async () => {
    let plays = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(commandsIn('?'), { minLength: 5, maxLength: 40 }), async (makers) => {
        const model = clientOf(memoryTable());
        plays += 1;
        const prefix = `play-${plays}-`;
        for (const make of makers) {
          const command = make() as { input: object };
          const own = JSON.parse(JSON.stringify(command.input).replaceAll('"?', `"${prefix}`)) as never;
          const again = () => new (command.constructor as new (input: never) => Command)(own);
          const [expected, answer] = [await seen(client(), again()), await seen(model, again())];
          expect(unordered(answer), JSON.stringify(own)).toEqual(unordered(expected));
        }
      }),
      { numRuns: 60 },
    );
  });
});
