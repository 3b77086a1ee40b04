/** The feed: numbered without gaps, read in pages, resumed where a reader left it. */
import { DeleteItemCommand, type GetItemCommand, type QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import { type Cursor, idOf } from '../../functions/live/cursor.ts';
import type { Entry } from '../../functions/live/feed.store.ts';
import { clientOf, clientWith, memoryTable } from '../support/memory-table.ts';
import { scripted } from '../support/scripted.ts';
import { hour, liveWorld, noon, notice } from './world.ts';

const start: Cursor = { hour: '2026-11-21T05', sequence: 0 };
const numbersOf = (entries: readonly Entry[]): readonly number[] => entries.map(({ cursor }) => cursor.sequence);
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('the feed', () => {
  it('continues over the hours, and never goes back though a clock is behind', async () => {
    const { append, store, clock } = liveWorld();
    for (const [n, hours] of [0, 3, 2, 5].entries()) {
      clock.set(instant(noon + hours * hour));
      await append(notice(n));
    }
    expect((await store.after(start)).map(({ cursor }) => idOf(cursor))).toEqual([
      '2026-11-21T05-000000000001',
      '2026-11-21T08-000000000002',
      '2026-11-21T08-000000000003',
      '2026-11-21T10-000000000004',
    ]);
  });

  it('is read in pages', async () => {
    const { append, store } = liveWorld();
    await Promise.all(upTo(250).map((n) => append(notice(n))));
    const first = await store.after(start);
    const second = await store.after(first.at(-1)?.cursor as Cursor);
    const third = await store.after(second.at(-1)?.cursor as Cursor);
    expect([first.length, second.length, third.length]).toEqual([100, 100, 50]);
    expect(numbersOf([...first, ...second, ...third])).toEqual(upTo(250));
  });

  it('is read in pages over the hours too', async () => {
    const { append, store, clock } = liveWorld();
    await Promise.all(upTo(60).map((n) => append(notice(n))));
    clock.pass(hour);
    await Promise.all(upTo(60).map((n) => append(notice(60 + n))));
    const first = await store.after(start);
    expect(numbersOf(first)).toEqual(upTo(100));
    expect(numbersOf(await store.after(first.at(-1)?.cursor as Cursor))).toEqual(upTo(120).slice(100));
  });

  it('costs one small read while nothing happens', async () => {
    const table = memoryTable();
    const { client, sent } = scripted(table);
    const { append } = liveWorld(table);
    await append(notice(1));
    const reader = liveWorld(table, client).store;
    expect(await reader.after({ ...start, sequence: 1 })).toEqual([]);
    expect(await liveWorld(undefined, client).store.after(start)).toHaveLength(1);
    expect(sent).toEqual(['GetItem', 'GetItem', 'Query']);
  });

  it('is read consistently where a writer or a returning reader depends on it, else at half the cost', async () => {
    const table = memoryTable();
    const { append } = liveWorld(table);
    for (const n of [1, 2]) await append(notice(n));
    const consistent: unknown[] = [];
    const client = clientOf(table);
    const dynamo = clientWith((command) => {
      consistent.push((command as GetItemCommand | QueryCommand).input.ConsistentRead);
      return client.send(command as never);
    });
    const { store } = liveWorld(table, dynamo);
    await store.after({ ...start, sequence: 1 });
    await store.resume({ ...start, sequence: 1 });
    await store.head();
    expect(consistent).toEqual([false, false, true, true, true]);
  });

  it('shows nothing that follows an entry which cannot be seen yet', async () => {
    const { append, store, table } = liveWorld();
    for (const n of [1, 2, 3]) await append(notice(n));
    const hidden = { pk: { S: 'LIVE#2026-11-21T05' }, sk: { S: '000000000002' } };
    table.begin(new DeleteItemCommand({ TableName: 'State', Key: hidden }));
    expect(numbersOf(await store.after(start))).toEqual([1]);
  });

  it('keeps its entries for two days, and the marks of its events a day longer than dead letters', async () => {
    const { append, table } = liveWorld();
    await append(notice(1));
    const expiries = table.all('State').map(({ sk, expiresAt }) => [sk, expiresAt]);
    expect(Object.fromEntries(expiries)).toEqual({
      HEAD: undefined,
      SEEN: noon / 1_000 + 15 * 86_400,
      '000000000001': noon / 1_000 + 2 * 86_400,
    });
  });
});

describe('a reader comes back', () => {
  const two = async () => {
    const world = liveWorld();
    for (const n of [1, 2]) await world.append(notice(n));
    return world;
  };
  const head = { hour: '2026-11-21T05', sequence: 2 };

  it.each<[string, Cursor | undefined, number, object]>([
    ['for the first time, and begins now', undefined, 0, { missed: false, from: head }],
    [
      'after the first notice, and gets the second',
      { ...head, sequence: 1 },
      0,
      { missed: false, from: { sequence: 1 } },
    ],
    ['within a day, and gets it', { ...head, sequence: 1 }, 24, { missed: false, from: { sequence: 1 } }],
    ['later than a day, and has missed it', { ...head, sequence: 1 }, 25, { missed: true, from: head }],
    ['much later, having missed nothing', head, 30, { missed: false, from: head }],
    ['with an id that the feed never gave', { ...head, sequence: 9 }, 0, { missed: true, from: head }],
  ])('%s', async (_, cursor, hours, expected) => {
    const { store, clock } = await two();
    clock.pass(hours * hour);
    expect(await store.resume(cursor)).toMatchObject(expected);
  });

  it('to a feed in which nothing has happened yet', async () => {
    expect(await liveWorld().store.resume(undefined)).toEqual({ from: start, missed: false });
  });
});
