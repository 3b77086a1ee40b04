/** The fast path to a deadline: a delayed message. */
import { describe, expect, it } from 'vitest';
import { delaySeconds, timers, wakeMessage } from '../../functions/platform/timers.ts';
import { start, testPorts } from '../support/ports.ts';

const item = (dueAt: number) => ({ pk: 'ORDER#TNT-20261121-0000042', sk: 'RIDE', dueAt });

describe('a deadline is waited for', () => {
  it.each([
    ['in time', 40_000, 30],
    ['never early: a part of a second counts whole', 10_001, 1],
    ['at once when it is now', 10_000, 0],
    ['at once when it is over', 0, 0],
  ])('delays the message %s', (_, dueAt, seconds) => {
    expect(delaySeconds(dueAt, 10_000)).toBe(seconds);
  });

  it('sends what is to be woken, and when', async () => {
    const { ports, sent } = testPorts();
    await timers(ports, 'timers')([item(start + 30_000), item(start)]);
    expect(sent.map(({ queue, body, delaySeconds: delay }) => [queue, wakeMessage.read(body), delay])).toEqual([
      ['timers', item(start + 30_000), 30],
      ['timers', item(start), 0],
    ]);
  });

  it('[ORD-8] sends nothing for what is more than 15 minutes away', async () => {
    const { ports, sent } = testPorts();
    await timers(ports, 'timers')([item(start + 900_000), item(start + 900_001)]);
    expect(sent.map(({ delaySeconds: delay }) => delay)).toEqual([900]);
  });
});
