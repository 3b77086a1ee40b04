/** The rows of the tables in memory: their locks, their conditions, and who sees a write. */
import type { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { conditionFailed, invalid, transactionConflict } from './dynamo-errors.ts';
import { holds, type Item } from './expressions.ts';

export type Named = { readonly TableName?: string | undefined };
type Guarded = Pick<PutItemCommand['input'], 'TableName' | 'ConditionExpression' | 'ExpressionAttributeValues'> & {
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
};

/** A write as the table took it. */
export type Written = {
  readonly table: string;
  readonly key: string;
  readonly item: Item | undefined;
  readonly before: Item | undefined;
};

export const keyOf = (item: Item | undefined): string => {
  if (!item?.pk?.S || !item.sk?.S)
    throw invalid('One or more parameter values were invalid: Missing the key pk or sk in the item');
  return `${item.pk.S} ${item.sk.S}`;
};
export const asksOld = ({
  ReturnValuesOnConditionCheckFailure,
}: {
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
}) => ReturnValuesOnConditionCheckFailure === 'ALL_OLD';

/** @param onWrite sees every write in the order the table took them */
export const memoryRows = (onWrite: (written: Written) => void) => {
  const tables = new Map<string, Map<string, Item>>();
  const locked = new Set<string>();

  const rows = ({ TableName = '' }: Named): Map<string, Item> => {
    const found = tables.get(TableName) ?? new Map<string, Item>();
    tables.set(TableName, found);
    return found;
  };
  const lockOf = (named: Named, key: string): string => `${named.TableName} ${key}`;
  const write = (named: Named, key: string, item: Item | undefined): void => {
    const before = rows(named).get(key);
    if (item) rows(named).set(key, item);
    else rows(named).delete(key);
    onWrite({ table: named.TableName ?? '', key, item, before });
  };
  /** @throws as DynamoDB does when the item is part of a running transaction or the condition does not hold */
  const guard = (input: Guarded, key: string): void => {
    if (locked.has(lockOf(input, key))) throw transactionConflict();
    const found = rows(input).get(key);
    if (!holds(found, input.ConditionExpression, input.ExpressionAttributeValues))
      throw conditionFailed(asksOld(input) ? found : undefined);
  };
  return { rows, locked, lockOf, write, guard };
};
export type Rows = ReturnType<typeof memoryRows>;
