/** The rides a driver was offered lately. */
import { describe, expect, it } from 'vitest';
import { offersByDriver } from '../../functions/dispatch/offers-by-driver.store.ts';
import { toItem } from '../../functions/platform/dynamo.ts';
import { at, d1 } from '../support/dispatch.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';

/** One line of the dispatch log for each ride, a second apart. */
const setUp = (rides: readonly string[]) => {
  const table = memoryTable();
  rides.forEach((rideId, i) => {
    const line = { pk: `ORDER#${rideId}`, sk: `DISPATCH#driver-1#${i}`, kind: 'dispatch', driverId: d1 };
    table.put('Story', toItem({ ...line, claimedAt: at(i) }));
  });
  return offersByDriver(clientOf(table), 'Story');
};

describe('the offers of a driver', () => {
  it('are found with the newest first, each ride once', async () => {
    const [first, second] = ['TNT-20261121-0000001', 'TNT-20261121-0000002'] as const;
    const find = setUp([first, second, first, second]);
    expect(await find(d1, at(-1))).toEqual(['TNT-20261121-0000002', 'TNT-20261121-0000001']);
    expect(await find(d1, at(2))).toEqual(['TNT-20261121-0000002']);
  });

  it('are the thirty newest of any number', async () => {
    const find = setUp(Array.from({ length: 31 }, (_, i) => `TNT-20261121-00000${i + 10}`));
    const found = await find(d1, at(-1));
    expect([found.length, found[0], found.at(-1)]).toEqual([30, 'TNT-20261121-0000040', 'TNT-20261121-0000011']);
  });

  it('leave out what belongs to no order', async () => {
    expect(await setUp(['42'])(d1, at(-1))).toEqual([]);
  });
});
