/** The item of an aggregate: what it shows, when it is due, and the events it promises. */
import { describe, expect, it } from 'vitest';
import { happened } from '../../functions/kernel/decision.ts';
import { fromItem, toItem } from '../../functions/platform/dynamo.ts';
import { dueShards, itemOf, onVersion, stored } from '../../functions/platform/item.ts';
import { countOn, meterCounted, meterOf, noon, startMeter } from '../support/meter.ts';

const item = (id: string, ...[decision, version = 1]: [ReturnType<typeof startMeter>, number?]) =>
  fromItem(itemOf(meterOf(id), decision, version));

describe('a decision becomes an item', () => {
  it('has its key, version, state, deadline and events', () => {
    expect(item('m', startMeter(), 4)).toEqual({
      pk: 'METER#m',
      sk: 'METER',
      version: 4,
      state: { count: 1 },
      dueShard: 'due#5',
      dueAt: 1_001,
      outbox: JSON.stringify([
        {
          source: 'tuntas.test',
          type: 'meter.started',
          id: 'm/METER/4',
          version: 4,
          at: '2026-11-21T05:00:00.000Z',
        },
      ]),
    });
  });

  it('is on no index when it has no deadline, and has no outbox without a fact', () => {
    expect(Object.keys(item('m', happened({ count: 3 }, noon)))).toEqual(['pk', 'sk', 'version', 'state']);
    expect(item('m', countOn({ count: 1 }))).toMatchObject({ cell: 'two', reportedAt: 7 });
  });

  it.each([
    // 97 × 31 + 98 = 3105 = 8 × 388 + 1
    ['ab', 'due#1'],
    // 3105 × 31 + 99 = 96354 = 8 × 12044 + 2
    ['abc', 'due#2'],
  ])('is due in the shard of its id: %s in %s', (id, shard) => {
    expect(item(id, startMeter()).dueShard).toBe(shard);
  });

  it('spreads deadlines over all shards, each id always on the same', () => {
    const shards = Array.from({ length: 200 }, (_, i) => item(`m-${i}`, startMeter()).dueShard);
    expect(new Set(shards)).toEqual(new Set(dueShards));
    expect(shards).toEqual(Array.from({ length: 200 }, (_, i) => item(`m-${i}`, startMeter()).dueShard));
  });

  it('[GNT-6] is refused when two facts of one write have one name', () => {
    const twice = happened({ count: 1 }, noon, meterCounted(1), { ...meterCounted(2), per: 'a' }, meterCounted(3));
    expect(() => itemOf(meterOf('m'), twice, 1)).toThrow(
      'two facts of one write have one name: meter.counted, meter.counted/a, meter.counted',
    );
  });
});

describe('an item is read and written', () => {
  it('is its state and version, or nothing at version 0', () => {
    expect(stored({}, toItem({ pk: 'a', sk: 'b', version: 3, state: { count: 2 } }))).toEqual({
      state: { count: 2 },
      version: 3,
    });
    expect(stored({}, undefined)).toEqual({ state: undefined, version: 0 });
  });

  const carriedOver = { schema: 2, upgrade: (was: unknown, schema: number) => ({ was, schema }) };

  it('in an older shape is carried over, and in the present one left as it is', () => {
    const item = { pk: 'a', sk: 'b', version: 3, state: { count: 2 } };
    expect(stored(carriedOver, toItem(item)).state).toEqual({ was: { count: 2 }, schema: 1 });
    expect(stored(carriedOver, toItem({ ...item, schema: 2 })).state).toEqual({ count: 2 });
  });

  it('names the shape it is written in, from the second on', () => {
    const { aggregate, id } = meterOf('m');
    const written = happened({ count: 1 }, noon);
    expect(itemOf({ aggregate: { ...aggregate, schema: 2 }, id }, written, 1).schema).toEqual({ N: '2' });
    expect(itemOf({ aggregate, id }, written, 1)).not.toHaveProperty('schema');
  });

  it('is written where there is none, or over the version that was read', () => {
    expect(onVersion(0)).toEqual({ ConditionExpression: 'attribute_not_exists(pk)' });
    expect(onVersion(3)).toEqual({
      ConditionExpression: 'version = :read',
      ExpressionAttributeValues: { ':read': { N: '3' } },
    });
  });
});
