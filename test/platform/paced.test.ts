/** Reading whole tables at a bounded rate: every page of every segment, and a pause for what it cost. */
import type { ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { paced } from '../../functions/platform/paced.ts';
import { clientWith } from '../support/memory-table.ts';
import { testPorts } from '../support/ports.ts';

/** Four segments of two pages; each page holds one item, was filtered from three, and costs 10 read units. */
const setUp = (rate: number, pageMs = 0) => {
  const { ports, clock } = testPorts();
  const pauses: number[] = [];
  const asked: ScanCommand['input'][] = [];
  const dynamo = clientWith(async (command) => {
    const { input } = command as ScanCommand;
    asked.push(input);
    clock.pass(pageMs);
    const page = input.ExclusiveStartKey ? 2 : 1;
    const Items = [{ pk: { S: `segment-${input.Segment}` }, sk: { N: String(page) } }];
    const answer = { Items, ScannedCount: 3, ConsumedCapacity: { CapacityUnits: 10 } };
    return page === 1 ? { ...answer, LastEvaluatedKey: Items[0] } : answer;
  });
  const pause = async (ms: number): Promise<void> => void pauses.push(ms);
  return { asked, pauses, reading: paced({ ...ports, dynamo, pause }, rate) };
};
const read = async (reading: ReturnType<typeof paced>): Promise<readonly string[]> => {
  const found: string[] = [];
  await reading.scan({ TableName: 'Story' }, ({ pk, sk }) => void found.push(`${pk?.S} ${sk?.N}`));
  return found.toSorted();
};

describe('a table is read at a bounded rate', () => {
  it('whole: every page of every segment', async () => {
    const { asked, reading } = setUp(1_000_000);
    expect(await read(reading)).toEqual(
      [0, 1, 2, 3].flatMap((segment) => [`segment-${segment} 1`, `segment-${segment} 2`]),
    );
    expect(asked).toHaveLength(8);
    expect(asked[0]).toMatchObject({ TableName: 'Story', TotalSegments: 4, ReturnConsumedCapacity: 'TOTAL' });
  });

  it('at the cost of what was scanned, not of what was found', async () => {
    const { reading } = setUp(1_000_000);
    await read(reading);
    expect(reading.cost()).toEqual({ items: 24, readUnits: 80 });
  });

  it('and pauses until the rate allows the next page', async () => {
    const { pauses, reading } = setUp(20);
    await read(reading);
    // 80 read units at 20 per second.
    expect(Math.max(...pauses)).toBe(4_000);
  });

  it('and does not pause while it is slower than the rate', async () => {
    const { pauses, reading } = setUp(20, 500);
    await read(reading);
    expect(pauses).toEqual([]);
  });

  it('and what was read otherwise counts too', async () => {
    const { pauses, reading } = setUp(20);
    await reading.paid(1, { CapacityUnits: 2 });
    await reading.paid(0);
    expect([pauses, reading.cost()]).toEqual([[100, 100], { items: 1, readUnits: 2 }]);
  });
});
