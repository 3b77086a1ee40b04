/** The DynamoDB client, with the time-outs of the retry budget (docs/architecture.md), and item marshalling. */
import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { canonicalJson } from './canonical-json.ts';

export type Item = Record<string, AttributeValue>;

export const dynamo = (): DynamoDBClient =>
  new DynamoDBClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 500, requestTimeout: 1_500 } });

export const toItem = (value: Record<string, unknown>): Item => marshall(value, { removeUndefinedValues: true });
export const fromItem = <T = Record<string, unknown>>(item: Item): T => unmarshall(item) as T;

/** Equal in value, whatever the order of keys. (node:util has this, and costs 1.5 ms of every cold start.) */
export const sameItem = (a: Item, b: Item): boolean => canonicalJson(fromItem(a)) === canonicalJson(fromItem(b));
