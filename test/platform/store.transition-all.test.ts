/** A transition of two aggregates that must agree: both are written, or neither. */
import { describe, expect, it } from 'vitest';
import { nothing, refused } from '../../functions/kernel/decision.ts';
import { Conflict } from '../../functions/kernel/errors.ts';
import { cancelled, clientOf, memoryTable } from '../support/memory-table.ts';
import { countOn, countUp, type Meter, meterOf, storeOn } from '../support/meter.ts';
import { failsWith, outrunBy, passes, scripted } from '../support/scripted.ts';

const both = [meterOf('a'), meterOf('b')] as const;
const countBoth = ([a, b]: readonly (Meter | undefined)[]) => [countUp()(a), countUp()(b)] as const;
const count = (table: ReturnType<typeof memoryTable>, id: string) =>
  table.read('State', { pk: `METER#${id}`, sk: 'METER' })?.version ?? 0;

describe('two aggregates change together', () => {
  it('[DSP-13] writes both in one transaction', async () => {
    const table = memoryTable();
    const { client, sent } = scripted(table);
    const [a, b] = await storeOn(client).transitionAll(both, countBoth);
    expect([a, b]).toMatchObject([
      { state: { count: 1 }, version: 1 },
      { state: { count: 1 }, version: 1 },
    ]);
    expect([count(table, 'a'), count(table, 'b')]).toEqual([1, 1]);
    expect(sent).toEqual(['GetItem', 'GetItem', 'TransactWriteItems']);
  });

  it('[DSP-13] writes neither when the second refuses', async () => {
    const table = memoryTable();
    const busy = refused({ code: 'BUSY', message: 'Busy.' });
    const [a, b] = await storeOn(clientOf(table)).transitionAll(both, ([a]) => [countUp()(a), busy]);
    expect(a.decision.outcome).toBe('happened');
    expect(b.decision).toBe(busy);
    expect([count(table, 'a'), count(table, 'b')]).toEqual([0, 0]);
  });

  it('writes neither when there is nothing to do for the first', async () => {
    const table = memoryTable();
    const { client, sent } = scripted(table);
    await storeOn(client).transitionAll(both, ([_, b]) => [nothing('so already'), countUp()(b)]);
    expect([count(table, 'a'), count(table, 'b')]).toEqual([0, 0]);
    expect(sent).toEqual(['GetItem', 'GetItem']);
  });

  it('leaves the second alone when there is nothing to do for it', async () => {
    const table = memoryTable();
    await storeOn(clientOf(table)).transitionAll(both, ([a]) => [countUp()(a), nothing('so already')]);
    expect([count(table, 'a'), count(table, 'b')]).toEqual([1, 0]);
  });
});

describe('a transaction meets another', () => {
  it.each([
    ['the first item was faster', cancelled([{ Code: 'ConditionalCheckFailed' }, { Code: 'None' }])],
    ['the second item was faster', cancelled([{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }])],
    ['another transaction runs', cancelled([{ Code: 'TransactionConflict' }, { Code: 'None' }])],
  ])('[DSP-1] reads and decides again when %s', async (_, error) => {
    const { client, sent } = scripted(memoryTable(), passes, passes, failsWith(error));
    const [a] = await storeOn(client).transitionAll(both, countBoth);
    expect(a.version).toBe(1);
    expect(sent).toEqual(['GetItem', 'GetItem', 'TransactWriteItems', 'GetItem', 'GetItem', 'TransactWriteItems']);
  });

  it('[DSP-13] writes neither as long as one of them is faster, and gives up as a conflict', async () => {
    const table = memoryTable();
    const faster = outrunBy(async () => void (await storeOn(clientOf(table)).transition(meterOf('b'), countOn)));
    const { client, sent } = scripted(table, ...Array.from({ length: 40 }, (_, i) => (i % 3 === 2 ? faster : passes)));
    await expect(storeOn(client).transitionAll(both, ([a, b]) => [countOn(a), countOn(b)])).rejects.toBeInstanceOf(
      Conflict,
    );
    expect(count(table, 'a')).toBe(0);
    expect(sent.filter((name) => name === 'TransactWriteItems')).toHaveLength(8);
  });
});
