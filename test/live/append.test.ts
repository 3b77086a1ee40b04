/** Appending to the feed: what comes at the same moment in one transaction, and each notice once. */
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { lost } from '../support/interleaving.ts';
import { cancelled, clientWith, memoryTable } from '../support/memory-table.ts';
import { answerLost, failsWith, passes, scripted } from '../support/scripted.ts';
import { liveWorld, notice } from './world.ts';

const start = { hour: '2026-11-21T05', sequence: 0 };
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);
const lostRace = cancelled([{ Code: 'TransactionConflict' }]);

describe('notices that come at the same moment', () => {
  it('are one transaction', async () => {
    const table = memoryTable();
    const { client, sent } = scripted(table);
    const { append, store } = liveWorld(table, client);
    await Promise.all(upTo(10).map((n) => append(notice(n))));
    expect(sent).toEqual(['GetItem', 'TransactWriteItems']);
    expect(await store.after(start)).toHaveLength(10);
  });

  it('are several where one transaction cannot take them, and the head is read once', async () => {
    const table = memoryTable();
    const { client, sent } = scripted(table);
    const sizes: (number | undefined)[] = [];
    const sizing = clientWith((command) => {
      if (command instanceof TransactWriteItemsCommand) sizes.push(command.input.TransactItems?.length);
      return client.send(command as never);
    });
    const { append } = liveWorld(table, sizing);
    await Promise.all(upTo(41).map((n) => append(notice(n))));
    expect(sent).toEqual(['GetItem', 'TransactWriteItems', 'TransactWriteItems']);
    // The head, and a mark and an entry for each of 40.
    expect(sizes).toEqual([81, 3]);
  });
});

describe('a notice that is present', () => {
  it('costs one write that fails', async () => {
    const table = memoryTable();
    await liveWorld(table).append(notice(1));
    const { client, sent } = scripted(table);
    expect(await liveWorld(table, client).append(notice(1))).toBe('present');
    expect(sent).toEqual(['GetItem', 'TransactWriteItems']);
  });
});

describe('a race is lost', () => {
  it('and the notice is appended after the entries that won', async () => {
    const table = memoryTable();
    const other = liveWorld(table);
    const { client, sent } = scripted(table, passes, { before: () => other.append(notice(1)).then(() => undefined) });
    const { append, store } = liveWorld(table, client);
    expect(await append(notice(2))).toBe('appended');
    expect(sent).toEqual(['GetItem', 'TransactWriteItems', 'TransactWriteItems']);
    expect((await store.after(start)).map(({ notice: { key } }) => key)).toEqual([notice(1).key, notice(2).key]);
  });

  it('and of two notices the one that is present is left out', async () => {
    const table = memoryTable();
    await liveWorld(table).append(notice(1));
    const { append } = liveWorld(table);
    expect(await Promise.all([append(notice(1)), append(notice(2))])).toEqual(['present', 'appended']);
  });

  it('twelve times, and it gives up', async () => {
    const table = memoryTable();
    const { client, sent } = scripted(table, passes, ...upTo(30).map((n) => (n % 2 ? failsWith(lostRace) : passes)));
    const { append, clock } = liveWorld(table, client);
    const before = clock.now();
    await expect(append(notice(1))).rejects.toThrow('lost the race 12 times');
    // At a chance of one half: 5 ms after the first time, 10 ms after the second, and so on.
    expect(clock.now() - before).toBe(5 * 78);
    expect(sent.filter((name) => name === 'TransactWriteItems')).toHaveLength(12);
  });
});

describe('a write whose answer is lost', () => {
  it('fails, and the repetition finds its notice in the feed', async () => {
    const table = memoryTable();
    const { client } = scripted(table, passes, answerLost(lost()));
    const { append, store } = liveWorld(table, client);
    await expect(append(notice(1))).rejects.toThrow('socket timed out');
    expect(await append(notice(1))).toBe('present');
    expect(await store.after(start)).toHaveLength(1);
  });
});

it('fails at once for an error that is not a lost race', async () => {
  const { client } = scripted(memoryTable(), passes, failsWith(new Error('the table is away')));
  await expect(liveWorld(undefined, client).append(notice(1))).rejects.toThrow('the table is away');
});
