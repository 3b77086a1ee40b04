/** Reads whether a breaker is open. */
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Key } from '../kernel/keys.ts';
import { fromItem, toItem } from './dynamo.ts';
import type { Dynamo } from './ports.ts';

/** From `retryAt` (epoch ms) on, a trial call is allowed. */
export type Open = { readonly retryAt: number };

export const breakerKey = (target: string): Key => ({ pk: `BREAKER#${target}`, sk: 'BREAKER' });

/** @returns nothing while it is closed */
export const readBreaker = async (dynamo: Dynamo, table: string, target: string): Promise<Open | undefined> => {
  const { Item } = await dynamo.send(new GetItemCommand({ TableName: table, Key: toItem(breakerKey(target)) }));
  return Item && fromItem<Open>(Item);
};
