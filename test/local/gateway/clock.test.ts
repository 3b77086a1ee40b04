/** The gateway's clock: halted, fast, stopped. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, createClock } from '../../../local/gateway/clock.ts';

let clock: Clock;
afterEach(() => clock.stop());

describe('a halted clock', () => {
  it('runs what falls due when it is advanced, in order of time', async () => {
    clock = createClock({ start: 1_000, scale: 0 });
    const ran: string[] = [];
    clock.after(300, () => void ran.push(`late at ${clock.now()}`));
    clock.after(100, () => void ran.push(`early at ${clock.now()}`));
    await clock.advance(200);
    expect(ran).toEqual(['early at 1100']);
    await clock.advance(200);
    expect(ran).toEqual(['early at 1100', 'late at 1300']);
    expect(clock.now()).toBe(1_400);
  });

  it('runs what a task plans on the way, too', async () => {
    clock = createClock({ start: 0, scale: 0 });
    const ran: number[] = [];
    const again = (): void => {
      ran.push(clock.now());
      clock.after(100, again);
    };
    clock.after(100, again);
    await clock.advance(350);
    expect(ran).toEqual([100, 200, 300]);
  });

  it('waits for a task before it continues', async () => {
    clock = createClock({ start: 0, scale: 0 });
    const ran: string[] = [];
    clock.after(1, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      ran.push('first');
    });
    clock.after(2, () => void ran.push('second'));
    await clock.advance(5);
    expect(ran).toEqual(['first', 'second']);
  });

  it('forgets a task that was taken back', async () => {
    clock = createClock({ start: 0, scale: 0 });
    const ran: string[] = [];
    clock.after(1, () => void ran.push('never'))();
    await clock.advance(5);
    expect(ran).toEqual([]);
  });
});

describe('a clock that runs fast', () => {
  it('runs a task of 20 seconds later in less real time', async () => {
    clock = createClock({ start: 0, scale: 1_000 });
    const started = performance.now();
    await new Promise<void>((resolve) => void clock.after(20_000, resolve));
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(clock.now()).toBeGreaterThanOrEqual(20_000);
  });

  it('does nothing any more once it is stopped', async () => {
    clock = createClock({ start: 0, scale: 1_000 });
    const ran: string[] = [];
    clock.after(5_000, () => void ran.push('never'));
    clock.stop();
    clock.after(5_000, () => void ran.push('never'));
    const other = createClock({ start: 0, scale: 1_000 });
    await new Promise<void>((resolve) => void other.after(6_000, resolve));
    other.stop();
    expect(ran).toEqual([]);
  });
});
