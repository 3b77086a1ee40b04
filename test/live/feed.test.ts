/** The feed of live notices: appended once each, numbered without gaps, under concurrency and redelivery. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendTo } from '../../functions/live/append.ts';
import { type Cursor, cursorFrom, idOf } from '../../functions/live/cursor.ts';
import { type Entry, feed } from '../../functions/live/feed.store.ts';
import { feedWorker } from '../../functions/live/feed.worker.ts';
import { liveEvent, type Notice, noticeOf } from '../../functions/live/notice.ts';
import { queueWorker } from '../../functions/platform/queue-worker.ts';
import { interleave, lost } from '../support/interleaving.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';
import { deadLetters, delivered } from '../support/queue.ts';
import { hour, noon, settled } from './support.ts';

const lines = logLines();
const table = 'State';
const noPause = async (): Promise<void> => undefined;
const start: Cursor = { hour: '2026-11-21T05', sequence: 0 };

const notice = (n: number): Notice => noticeOf(settled(n));

const keysOf = (entries: readonly Entry[]): readonly string[] => entries.map(({ notice }) => notice.key);
const numbersOf = (entries: readonly Entry[]): readonly number[] => entries.map(({ cursor }) => cursor.sequence);

describe('an event of the money', () => {
  it('becomes a notice without personal data', () => {
    expect(noticeOf(settled(7))).toEqual({
      key: 'payment.settled/TNT-20261121-0000007-1795232640/PAYMENT/3',
      type: 'payment.settled',
      orderId: 'TNT-20261121-0000007',
      paymentRef: 'TNT-20261121-0000007-1795232640',
      amount: 120_000,
      method: 'qris',
      at: '2026-11-21T05:00:00.000Z',
    });
  });

  it.each<[string, object, object]>([
    [
      'a payment that is held shows what differs',
      { type: 'payment.held', what: 'amount', expected: '1', said: '2' },
      { what: 'amount', amount: 120_000 },
    ],
    [
      'a reversal shows what is gone',
      { type: 'payment.reversed', transactionId: 't', reversed: 90_000 },
      { amount: 90_000 },
    ],
    [
      'a refund shows what went back with it',
      { type: 'refund.changed', refunds: [], refunded: 20_000, refundedTotal: 50_000, full: false },
      { amount: 20_000 },
    ],
    [
      'a chargeback shows what was taken with it',
      { type: 'chargeback.recorded', chargedBack: 30_000, chargedBackTotal: 30_000, full: false },
      { amount: 30_000 },
    ],
    [
      'a chargeback without an amount shows what its notification claims',
      { type: 'chargeback.held', claimed: 30_000 },
      { amount: 30_000 },
    ],
    ['or all of it, when nothing is claimed', { type: 'chargeback.held' }, { amount: 120_000 }],
  ])('%s', (_, change, shown) => {
    expect(noticeOf(liveEvent.parse({ ...settled(7), ...change }))).toMatchObject(shown);
  });

  it('goes into the feed once, however often it is delivered', async () => {
    const memory = memoryTable();
    const store = feed(clientOf(memory), table, () => noon);
    const worker = queueWorker(liveEvent, feedWorker({ append: appendTo(store, noPause), now: () => noon + 250 }), {
      ...deadLetters(),
      delay: async () => undefined,
    });
    expect(await worker(delivered([settled(1), settled(2), settled(1)]))).toEqual({ batchItemFailures: [] });
    expect(await worker(delivered([settled(2)], 2))).toEqual({ batchItemFailures: [] });
    expect(keysOf(await store.after(start))).toEqual([notice(1).key, notice(2).key]);
    expect(lines.metric('LiveLatency')).toEqual([250, 250, 250]);
    expect(lines.named('Live notice').map(({ outcome }) => outcome)).toEqual([
      'appended',
      'appended',
      'appended',
      'there-before',
    ]);
  });

  it('is parked when it is not an event of the money', async () => {
    const dead = deadLetters();
    const store = feed(clientOf(memoryTable()), table, () => noon);
    const worker = queueWorker(liveEvent, feedWorker({ append: appendTo(store, noPause), now: () => noon }), {
      ...dead,
      delay: noPause,
    });
    await worker(delivered([{ ...settled(1), type: 'payment.teleported' }]));
    expect(dead.parked).toHaveLength(1);
  });
});

describe('the feed', () => {
  it('takes what comes at the same moment in one transaction', async () => {
    const memory = memoryTable();
    let writes = 0;
    const store = feed(clientOf(memory), table, () => noon);
    const append = appendTo(
      {
        ...store,
        write: (...given) => {
          writes += 1;
          return store.write(...given);
        },
      },
      noPause,
    );
    await Promise.all(Array.from({ length: 10 }, (_, n) => append(notice(n))));
    expect([writes, (await store.after(start)).length]).toEqual([1, 10]);
  });

  it('goes on over the hours, and never back though a clock is behind', async () => {
    let now = noon;
    const store = feed(clientOf(memoryTable()), table, () => now);
    const append = appendTo(store, noPause);
    for (const [n, at] of [noon, noon + 3 * hour, noon + 2 * hour, noon + 5 * hour].entries()) {
      now = at;
      await append(notice(n));
    }
    const entries = await store.after(start);
    expect(entries.map(({ cursor }) => idOf(cursor))).toEqual([
      '2026-11-21T05-000000000001',
      '2026-11-21T08-000000000002',
      '2026-11-21T08-000000000003',
      '2026-11-21T10-000000000004',
    ]);
  });

  it('is read in pages', async () => {
    const store = feed(clientOf(memoryTable()), table, () => noon);
    const append = appendTo(store, noPause);
    await Promise.all(Array.from({ length: 250 }, (_, n) => append(notice(n))));
    const first = await store.after(start);
    const second = await store.after(first.at(-1)?.cursor as Cursor);
    const third = await store.after(second.at(-1)?.cursor as Cursor);
    expect([first.length, second.length, third.length]).toEqual([100, 100, 50]);
    expect(numbersOf([...first, ...second, ...third])).toEqual(Array.from({ length: 250 }, (_, n) => n + 1));
  });

  it('costs one small read while nothing happens', async () => {
    const sent: string[] = [];
    const real = clientOf(memoryTable());
    const counting = Object.assign(Object.create(Object.getPrototypeOf(real)), {
      send: (command: object) => {
        sent.push(command.constructor.name);
        return real.send(command as never);
      },
    });
    await feed(counting, table, () => noon).after(start);
    expect(sent).toEqual(['GetItemCommand']);
  });

  it('shows nothing behind an entry that is not to be seen yet', async () => {
    const memory = memoryTable();
    const store = feed(clientOf(memory), table, () => noon);
    const append = appendTo(store, noPause);
    for (const n of [1, 2, 3]) await append(notice(n));
    const hidden = { pk: 'LIVE#2026-11-21T05', sk: '000000000002' };
    const { DeleteItemCommand } = await import('@aws-sdk/client-dynamodb');
    memory.begin(new DeleteItemCommand({ TableName: table, Key: { pk: { S: hidden.pk }, sk: { S: hidden.sk } } }));
    expect(numbersOf(await store.after(start))).toEqual([1]);
  });

  it('says to whom it cannot give everything that was missed', async () => {
    let now = noon;
    const store = feed(clientOf(memoryTable()), table, () => now);
    const append = appendTo(store, noPause);
    for (const n of [1, 2]) await append(notice(n));
    const head = { hour: '2026-11-21T05', sequence: 2 };
    expect(await store.resume({ hour: '2026-11-21T05', sequence: 1 })).toMatchObject({
      missed: false,
      from: { sequence: 1 },
    });
    expect(await store.resume({ hour: '2026-11-21T05', sequence: 9 })).toEqual({ missed: true, from: head });
    now = noon + 30 * hour;
    expect(await store.resume(head)).toEqual({ missed: false, from: head });
    expect(await store.resume({ hour: '2026-11-21T05', sequence: 1 })).toEqual({ missed: true, from: head });
    expect(await feed(clientOf(memoryTable()), table, () => noon).resume(undefined)).toEqual({
      from: start,
      missed: false,
    });
  });
});

describe('writers of the feed meet', () => {
  it('in any order, losing answers or crashing: every notice is in it once, numbers have no gap, order is kept', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 5 }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.infiniteStream(fc.nat()),
        fc.infiniteStream(
          fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 'lose' as const, 'crash' as const),
        ),
        async (batches, choices, faults) => {
          const memory = memoryTable();
          const next = <T>(from: Iterator<T>): T => from.next().value as T;
          const actors = batches.map((batch, i) => async (client: ReturnType<typeof clientOf>) => {
            const append = appendTo(
              feed(client, table, () => noon + (i % 2) * hour),
              noPause,
            );
            await Promise.all(batch.map((n) => append(notice(n))));
          });
          const ended = await interleave(actors, memory, {
            choose: (n) => next(choices) % n,
            faults: () => next(faults),
          });
          // What failed or crashed is delivered again.
          const again = appendTo(
            feed(clientOf(memory), table, () => noon),
            noPause,
          );
          await Promise.all(
            batches
              .filter((_, i) => ended[i]?.status !== 'fulfilled')
              .flatMap((batch) => batch.map((n) => again(notice(n)))),
          );
          const entries = await feed(clientOf(memory), table, () => noon).after(start);
          expect(numbersOf(entries)).toEqual(entries.map((_, i) => i + 1));
          expect(keysOf(entries).toSorted()).toEqual([...new Set(batches.flat())].map((n) => notice(n).key).toSorted());
        },
      ),
      { numRuns: 150 },
    );
  });

  it('and one whose answer was lost finds its notice in the feed', async () => {
    const memory = memoryTable();
    const store = feed(clientOf(memory), table, () => noon);
    let failing = true;
    const append = appendTo(
      {
        ...store,
        write: async (...given) => {
          const head = await store.write(...given);
          if (failing) throw lost();
          return head;
        },
      },
      noPause,
    );
    await expect(append(notice(1))).rejects.toThrow('socket timed out');
    failing = false;
    expect(await append(notice(1))).toBe('there-before');
    expect(numbersOf(await store.after(start))).toEqual([1]);
  });
});

describe('the id of an entry', () => {
  it('is read back as it was written', () => {
    const cursor = { hour: '2026-11-21T05', sequence: 42 };
    expect(cursorFrom(idOf(cursor))).toEqual(cursor);
  });

  it.each([
    '',
    '42',
    '2026-11-21T05-42',
    '2026-13-41T99-000000000001',
    '2026-11-21T05-000000000001 ',
    `${'9'.repeat(500)}`,
  ])('%j is none', (text) => expect(cursorFrom(text)).toBeUndefined());
});
