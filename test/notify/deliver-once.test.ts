/** A message is delivered once per line of the story; what is dropped or skipped leaves the right line. */
import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../functions/kernel/errors.ts';
import { type Delivered, deliverOnce } from '../../functions/notify/deliver-once.ts';
import { deliveries } from '../../functions/notify/deliveries.store.ts';
import { rideId } from '../support/dispatch.ts';
import { start, testPorts } from '../support/ports.ts';
import { failsWith, scripted } from '../support/scripted.ts';

const line = { orderId: rideId, key: 'NOTICE#anna#1', kind: 'notice' } as const;
const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

const setUp = () => {
  const { ports, table, clock } = testPorts();
  const store = deliveries(ports.dynamo, 'Story');
  let attempts = 0;
  return {
    store,
    table,
    clock,
    lines: () => table.all('Story'),
    attempts: () => attempts,
    deliver: (delivered: Delivered) =>
      deliverOnce({ deliveries: store, now: clock.now }, line, async () => {
        attempts += 1;
        return delivered;
      }),
  };
};

describe('a message that is no longer wanted', () => {
  it('[DSP-8] leaves no line, so that a later message can claim it', async () => {
    const { deliver, lines, attempts } = setUp();
    expect(await deliver({ outcome: 'dropped' })).toEqual({ outcome: 'dropped' });
    expect(lines()).toEqual([]);
    expect(await deliver({ outcome: 'sent', channel: 'push' })).toEqual({ outcome: 'sent', channel: 'push' });
    expect([lines(), attempts()]).toEqual([[expect.objectContaining({ channel: 'push' })], 2]);
  });

  it('[DSP-4] leaves the line of a claim that was taken over, because its first holder may have sent', async () => {
    const { deliver, store, lines, clock } = setUp();
    await store.claim(line, start);
    clock.pass(10_001);
    expect(await deliver({ outcome: 'dropped' })).toEqual({ outcome: 'dropped' });
    expect(lines()).toMatchObject([{ sk: 'NOTICE#anna#1', claimedAt: start + 10_001 }]);
    expect(lines()[0]).not.toHaveProperty('sentAt');
  });
});

describe('a message that can never be sent', () => {
  it('is not tried again, and its line has the reason', async () => {
    const { deliver, lines, attempts } = setUp();
    expect(await deliver({ outcome: 'skipped', reason: 'no-address' })).toMatchObject({ outcome: 'skipped' });
    expect(lines()).toMatchObject([{ reason: 'no-address', skippedAt: '2026-11-21T03:44:00.000Z' }]);
    expect(await deliver({ outcome: 'sent', channel: 'mail' })).toEqual({ outcome: 'sent-before' });
    expect(attempts()).toBe(1);
  });
});

describe('the table fails', () => {
  it('[DSP-4] and the message is neither sent nor taken for a copy', async () => {
    const { table, clock, lines } = setUp();
    const failing = deliveries(scripted(table, failsWith(throttled)).client, 'Story');
    let sent = 0;
    const deliver = async (): Promise<Delivered> => {
      sent += 1;
      return { outcome: 'sent', channel: 'push' };
    };
    await expect(deliverOnce({ deliveries: failing, now: clock.now }, line, deliver)).rejects.toBe(throttled);
    expect([sent, lines()]).toEqual([0, []]);
  });

  it('[DSP-4] while a claim is taken over, which is then neither sent nor taken for a copy', async () => {
    const { table, store, clock } = setUp();
    await store.claim(line, start);
    clock.pass(10_001);
    const failing = deliveries(scripted(table, {}, failsWith(throttled)).client, 'Story');
    const deliver = async (): Promise<Delivered> => ({ outcome: 'sent', channel: 'push' });
    const delivered = deliverOnce({ deliveries: failing, now: clock.now }, line, deliver);
    await expect(delivered).rejects.toBe(throttled);
    await expect(delivered).rejects.not.toBeInstanceOf(Unavailable);
  });
});
