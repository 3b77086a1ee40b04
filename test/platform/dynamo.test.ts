/** Reads and writes of items: equality, the condition of a write, and the pages of a query. */
import type { QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { conditionHeld, ifUnchanged, queryAll, queryPages, sameItem, toItem } from '../../functions/platform/dynamo.ts';
import { clientWith, conditionFailed } from '../support/memory-table.ts';

describe('a write has a condition', () => {
  it('held when the write is done', async () => {
    expect(await conditionHeld(Promise.resolve({}))).toBe(true);
  });

  it('did not hold when the table says so', async () => {
    expect(await conditionHeld(Promise.reject(conditionFailed()))).toBe(false);
  });

  it('is not known when the table cannot be reached', async () => {
    const outage = new Error('connect ECONNREFUSED');
    await expect(conditionHeld(Promise.reject(outage))).rejects.toBe(outage);
  });

  it('asks for the value that was read, or for no item', () => {
    expect(ifUnchanged('retryAt', undefined)).toEqual({ ConditionExpression: 'attribute_not_exists(pk)' });
    expect(ifUnchanged('id', 'order-1')).toEqual({
      ConditionExpression: 'id = :read',
      ExpressionAttributeValues: { ':read': { S: 'order-1' } },
    });
  });
});

describe('two items are compared', () => {
  it.each([
    [
      'in whatever order their fields are',
      { a: 1, b: { c: [1, 2], d: null } },
      { b: { d: null, c: [1, 2] }, a: 1 },
      true,
    ],
    ['not in the order of a list', { a: [1, 2] }, { a: [2, 1] }, false],
    ['by the values of their fields', { a: { b: 1 } }, { a: { b: 2 } }, false],
  ])('%s', (_, a, b, expected) => {
    expect(sameItem(toItem(a), toItem(b))).toBe(expected);
  });
});

describe('a query is read', () => {
  /** Two pages, the second of which has no items, and what is asked. */
  const setUp = () => {
    const asked: unknown[] = [];
    const client = clientWith(async (command) => {
      asked.push((command as QueryCommand).input);
      return asked.length === 1 ? { Items: [toItem({ id: 'a' })], LastEvaluatedKey: toItem({ pk: 'a' }) } : {};
    });
    return { asked, client };
  };

  it('to its last page', async () => {
    const { asked, client } = setUp();
    expect(await Array.fromAsync(queryPages(client, { TableName: 'State' }))).toEqual([[{ id: { S: 'a' } }], []]);
    expect(asked).toEqual([{ TableName: 'State' }, { TableName: 'State', ExclusiveStartKey: { pk: { S: 'a' } } }]);
  });

  it('all at once, as values', async () => {
    expect(await queryAll(setUp().client, { TableName: 'State' })).toEqual([{ id: 'a' }]);
  });
});
