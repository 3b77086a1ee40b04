/** Operators see what happens to the money, as it happens, on the running stack. */
import { describe, expect, it } from 'vitest';
import { publish, settledEvent, someOrder } from './support/bus.ts';
import { watch } from './support/live.ts';
import { eventually } from './support/stack.ts';

/** Other tests' orders may be told of as well. */
const only = (all: readonly string[], mine: readonly string[]): readonly string[] => all.filter((order) => mine.includes(order));

describe('an operator watches', () => {
  it('a settlement is seen without anyone asking, once, though its event comes twice', async () => {
    const page = await watch();
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await eventually(() => page.seen.lastId() !== '');
    const order = someOrder();
    await publish('payments', settledEvent(order), settledEvent(order));
    await eventually(() => page.orders().includes(order));
    const after = someOrder();
    await publish('payments', settledEvent(order), settledEvent(after));
    await eventually(() => page.orders().includes(after));
    expect(only(page.orders(), [order, after])).toEqual([order, after]);
    const [notice] = page.seen.events.filter(({ data }) => data.includes(order));
    expect(notice?.type).toBe('payment.settled');
    expect(JSON.parse(notice?.data ?? '')).toMatchObject({ orderId: order, amount: 120_000, method: 'qris' });
    expect(notice?.data).not.toContain('rider');
    page.leave();
  });

  it('and who was cut off gets what came meanwhile, without gap or repeat', async () => {
    const first = await watch();
    await eventually(() => first.seen.lastId() !== '');
    const [before, ...meanwhile] = Array.from({ length: 25 }, someOrder) as [string, ...string[]];
    await publish('payments', settledEvent(before));
    await eventually(() => first.orders().includes(before));
    first.leave();
    const lastId = first.seen.lastId();
    await publish('payments', ...meanwhile.map(settledEvent));
    const second = await watch({ lastId });
    await eventually(() => only(second.orders(), meanwhile).length >= meanwhile.length);
    expect(only(second.orders(), [before])).toEqual([]);
    expect(only(second.orders(), meanwhile).toSorted()).toEqual(meanwhile.toSorted());
    const numbers = second.seen.events.map(({ id }) => Number(id.slice(-12)));
    expect(numbers).toEqual(numbers.map((_, i) => Number(lastId.slice(-12)) + 1 + i));
    second.leave();
  });
});

describe('a stream is refused', () => {
  it.each([
    ['without a token', { anonymous: true }, 401, 'NO_TOKEN'],
    ['to a rider', { role: 'rider' }, 403, 'WRONG_ROLE'],
    ['after an id that is none', { lastId: '42' }, 400, 'INVALID_REQUEST'],
  ] as const)('%s', async (_, wish, status, code) => {
    const page = await watch(wish);
    expect([page.status, page.problem?.code]).toEqual([status, code]);
  });

  // The last one: a stream that nobody reads any more keeps its seat until its time is over, here as on Lambda.
  it('politely when all are taken', async () => {
    const pages: Awaited<ReturnType<typeof watch>>[] = [];
    await eventually(async () => {
      pages.push(await watch());
      return pages.at(-1)?.status !== 200;
    });
    const refused = pages.at(-1);
    expect([refused?.status, refused?.problem?.code, refused?.headers.get('retry-after')]).toEqual([429, 'TOO_MANY_STREAMS', '15']);
    for (const page of pages) page.leave();
  });
});
