/** The DynamoDB client, with the time-outs of the retry budget (docs/architecture.md), and item marshalling. */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { canonicalJson } from './canonical-json.ts';
import type { Dynamo } from './ports.ts';

export type Item = Record<string, AttributeValue>;

export const dynamo = (): DynamoDBClient =>
  new DynamoDBClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 500, requestTimeout: 1_500 } });

export const toItem = (value: Record<string, unknown>): Item => marshall(value, { removeUndefinedValues: true });
export const fromItem = <T = Record<string, unknown>>(item: Item): T => unmarshall(item) as T;

/** Equal in value, whatever the order of keys. (node:util has this, and costs 1.5 ms of every cold start.) */
export const sameItem = (a: Item, b: Item): boolean => canonicalJson(fromItem(a)) === canonicalJson(fromItem(b));

/** @returns whether the condition of a write held */
export const conditionHeld = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

/** The condition of a write: the item is as it was read, which this field tells; without a value there is no item. */
export const ifUnchanged = (field: string, read: string | number | undefined) =>
  read === undefined
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: `${field} = :read`, ExpressionAttributeValues: toItem({ ':read': read }) };

/** Every page of a query. */
export async function* queryPages(dynamo: Dynamo, query: QueryCommandInput): AsyncGenerator<readonly Item[]> {
  let from: QueryCommandInput = query;
  for (;;) {
    const { Items = [], LastEvaluatedKey } = await dynamo.send(new QueryCommand(from));
    yield Items;
    if (!LastEvaluatedKey) return;
    from = { ...query, ExclusiveStartKey: LastEvaluatedKey };
  }
}

/** All items of a query whose answer is known to be small. */
export const queryAll = async <T>(dynamo: Dynamo, query: QueryCommandInput): Promise<readonly T[]> =>
  (await Array.fromAsync(queryPages(dynamo, query))).flat().map((item) => fromItem<T>(item));
