/** A breaker whose state all workers share. */
import { describe, expect, it } from 'vitest';
import { type Breaker, breaker } from '../../functions/platform/breaker.ts';
import { logLines } from '../support/log.ts';
import { clientOf, clientWith, memoryTable } from '../support/memory-table.ts';
import { start, testPorts } from '../support/ports.ts';

const lines = logLines();
const item = { pk: 'BREAKER#midtrans', sk: 'BREAKER' };

/** Three workers over one table, and the clock all of them see. */
const workers = () => {
  let calls = 0;
  const table = memoryTable();
  const whole = clientOf(table);
  const dynamo = clientWith(async (command) => {
    calls += 1;
    return whole.send(command as never);
  });
  const { ports, clock } = testPorts({ dynamo });
  const worker = (): Breaker => breaker(ports, 'State', 'midtrans');
  return { table, a: worker(), b: worker(), c: worker(), pass: clock.pass, calls: () => calls };
};
const fail = async ({ record }: Breaker, times: number): Promise<void> => {
  for (let i = 0; i < times; i += 1) await record(false);
};

describe('a breaker', () => {
  it('opens for all workers after five failures in a row of one of them', async () => {
    const { a, b, pass } = workers();
    await fail(a, 4);
    expect(await a.allows()).toBe(true);
    await fail(a, 1);
    pass(1_000);
    expect([await a.allows(), await b.allows()]).toEqual([false, false]);
    expect(lines.metric('BreakerOpened')).toEqual([1]);
  });

  it('is one item, which says when to try again and expires a day after', async () => {
    const { a, table } = workers();
    await fail(a, 5);
    expect(table.all('State')).toEqual([{ ...item, retryAt: start + 10_000, expiresAt: 1_795_319_050 }]);
  });

  it('counts failures in a row: an answer in between starts the count again', async () => {
    const { a } = workers();
    await fail(a, 4);
    await a.record(true);
    await fail(a, 4);
    expect(await a.allows()).toBe(true);
  });

  it('lets one worker try after the pause, and closes for all on its answer', async () => {
    const { a, b, c, pass, table } = workers();
    await fail(a, 5);
    pass(10_000);
    expect([await b.allows(), await c.allows(), await a.allows()]).toEqual([true, false, false]);
    await b.record(true);
    expect(lines.named('Breaker closed')).toMatchObject([{ target: 'midtrans' }]);
    pass(1_000);
    expect([await a.allows(), await b.allows(), await c.allows()]).toEqual([true, true, true]);
    expect(table.read('State', item)).toBeUndefined();
  });

  it('stays open when the try fails, and tries again after the next pause', async () => {
    const { a, b, pass } = workers();
    await fail(a, 5);
    pass(10_000);
    expect(await b.allows()).toBe(true);
    await b.record(false);
    pass(1_000);
    expect([await a.allows(), await b.allows()]).toEqual([false, false]);
    pass(9_000);
    expect(await a.allows()).toBe(true);
  });

  it('opens again for the worker that only ever fails, after another has closed it', async () => {
    const { a, b, pass, table } = workers();
    await fail(a, 5);
    pass(10_000);
    expect(await b.allows()).toBe(true);
    await b.record(true);
    pass(1_000);
    expect(await a.allows()).toBe(true);
    await fail(a, 1);
    expect(table.read('State', item)).toMatchObject({ retryAt: start + 21_000 });
    expect(await a.allows()).toBe(false);
  });

  it('is read and written once by each of two workers that want to try, of which one may', async () => {
    const { a, b, c, pass, calls } = workers();
    await fail(a, 5);
    pass(10_000);
    expect(calls()).toBe(1);
    expect(await Promise.all([b.allows(), c.allows()])).toEqual([true, false]);
    expect(calls()).toBe(5);
    expect([await b.allows(), await c.allows()]).toEqual([false, false]);
    expect(calls()).toBe(5);
  });

  it('is written once by calls that fail together', async () => {
    const { a, calls } = workers();
    await Promise.all(Array.from({ length: 16 }, () => a.record(false)));
    expect(calls()).toBe(1);
  });

  it('reads at most once a second, and writes only when it changes', async () => {
    const { a, calls, pass } = workers();
    for (let i = 0; i < 100; i += 1) {
      await a.allows();
      await a.record(true);
    }
    expect(calls()).toBe(1);
    pass(1_000);
    await a.allows();
    expect(calls()).toBe(2);
    expect(lines.all()).toEqual([]);
  });

  it('lets everything through when its table cannot be reached', async () => {
    const lost = clientWith(async () => {
      throw new Error('unreachable');
    });
    const alone = breaker(testPorts({ dynamo: lost }).ports, 'State', 'midtrans');
    await fail(alone, 6);
    expect(await alone.allows()).toBe(true);
    expect(lines.named('Breaker could not be read or written')[0]).toMatchObject({
      level: 'ERROR',
      target: 'midtrans',
    });
  });
});
