/** Order numbers in two levels: leased in blocks, handed out from memory. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import { type LeaseBlock, leaseFrom, orderNumbers } from '../../functions/platform/order-numbers.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';
import { scripted } from '../support/scripted.ts';

const lines = logLines();
const noon = instant(Date.parse('2026-11-21T05:00:00.000Z'));

/** A counter in memory that answers when the test lets it, or not at all. */
const counter = () => {
  let leased = 0;
  let calls = 0;
  let down = false;
  const lease: LeaseBlock = async (size) => {
    calls += 1;
    await Promise.resolve();
    if (down) throw new Error('the counter is down');
    leased += size;
    return leased - size;
  };
  const setDown = (now: boolean) => {
    down = now;
  };
  return { lease, calls: () => calls, breakDown: () => setDown(true), mend: () => setDown(false) };
};
const many = (next: ReturnType<typeof orderNumbers>['next'], n: number) =>
  Promise.all(Array.from({ length: n }, () => next(noon)));

describe('order numbers are handed out', () => {
  it('[IDS-1] rise one by one within a function, from block to block', async () => {
    const { next } = orderNumbers(counter().lease, 10);
    const issued: string[] = [];
    for (let i = 0; i < 25; i += 1) issued.push(await next(noon));
    expect(issued[0]).toBe('TNT-20261121-0000000');
    expect(issued[24]).toBe('TNT-20261121-000000R');
    expect([...issued].sort()).toEqual(issued);
  });

  it('[IDS-1] are unique under concurrency, also when many wait for one block', async () => {
    const { lease } = counter();
    const [one, two] = [orderNumbers(lease, 7), orderNumbers(lease, 7)];
    const issued = (await Promise.all([many(one.next, 100), many(two.next, 100)])).flat();
    expect(new Set(issued).size).toBe(200);
  });

  it('[IDS-1] are fetched once for all who wait', async () => {
    const { lease, calls } = counter();
    await many(orderNumbers(lease, 100).next, 50);
    expect(calls()).toBe(1);
  });

  it('[IDS-1] fetches the next block when a fifth is left, before anyone has to wait', async () => {
    const { lease, calls } = counter();
    const { next } = orderNumbers(lease, 10);
    for (let i = 0; i < 7; i += 1) await next(noon);
    expect(calls()).toBe(1);
    await next(noon);
    expect(calls()).toBe(2);
  });
});

describe('callers come while a block arrives', () => {
  const turns = async (n: number): Promise<void> => {
    for (let i = 0; i < n; i += 1) await Promise.resolve();
  };
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

  it('[IDS-1] uses a block up before the next one, at whichever turn they come', async () => {
    for (const leaseTakes of upTo(4))
      for (const three of upTo(8))
        for (const last of upTo(8)) {
          let leased = 0;
          const { next } = orderNumbers(async (size) => {
            await turns(leaseTakes);
            leased += size;
            return leased - size;
          }, 5);
          const numbers = [0, three, three, three, last].map((turn) => turns(turn).then(() => next(noon)));
          expect((await Promise.all(numbers)).map((number) => number.slice(-1)).sort()).toEqual([
            '0',
            '1',
            '2',
            '3',
            '4',
          ]);
        }
  });
});

describe('the counter is down', () => {
  it('[IDS-1] issues as long as a number is left, then fails, and recovers', async () => {
    const { lease, breakDown, mend } = counter();
    const { next } = orderNumbers(lease, 10);
    await next(noon);
    breakDown();
    for (let i = 0; i < 9; i += 1) expect(await next(noon)).toMatch(/^TNT-20261121-000000[1-9]$/);
    await expect(next(noon)).rejects.toThrow('the counter is down');
    mend();
    expect(await next(noon)).toBe('TNT-20261121-000000A');
  });

  it('[IDS-1] fails for every caller that waits', async () => {
    const { lease, breakDown } = counter();
    breakDown();
    const { next } = orderNumbers(lease, 10);
    expect((await Promise.allSettled([next(noon), next(noon), next(noon)])).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
    ]);
  });
});

describe('functions crash at any moment', () => {
  it('[IDS-1] never issues a number twice, and wastes two blocks per function at most', async () => {
    const size = 5;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ issues: fc.nat(30), leaseLost: fc.boolean() }), { minLength: 1, maxLength: 8 }),
        async (functions) => {
          const { lease } = counter();
          const issued: string[] = [];
          let leased = 0;
          for (const { issues, leaseLost } of functions) {
            if (leaseLost) leased += await lease(size).then(() => size);
            const numbers = orderNumbers(lease, size);
            issued.push(...(await many(numbers.next, issues)));
            await new Promise(setImmediate);
            leased += numbers.issued().leased;
            expect(numbers.issued().leased - numbers.issued().handedOut).toBeLessThanOrEqual(2 * size);
            expect(numbers.issued().handedOut).toBe(issues);
          }
          expect(new Set(issued).size).toBe(issued.length);
          expect(leased).toBe((await lease(0)) as number);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a block is leased from the table', () => {
  it('[IDS-1] is one atomic addition to the counter', async () => {
    const table = memoryTable();
    const { client, sent } = scripted(table);
    const lease = leaseFrom(client, 'State');
    expect([await lease(200), await lease(200), await lease(50)]).toEqual([0, 200, 400]);
    expect(table.read('State', { pk: 'SEQUENCE', sk: 'ORDER' })).toMatchObject({ leased: 450 });
    expect(sent).toEqual(['UpdateItem', 'UpdateItem', 'UpdateItem']);
  });

  it('[IDS-1] measures what is leased', async () => {
    const { next } = orderNumbers(leaseFrom(clientOf(memoryTable()), 'State'), 10);
    await many(next, 3);
    expect(lines.metric('IdsLeased')).toEqual([10]);
  });
});
