/** The dispatch worker when a delivery fails, the flag is off, or the message is poison. */
import { describe, expect, it } from 'vitest';
import type { RideCommand } from '../../functions/dispatch/ride.decider.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import { at, d1, d2, d3, rideId } from '../support/dispatch.ts';
import { dispatchWorker as setUp } from '../support/dispatch-worker.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();
const unreachable = new Error('the endpoint is unreachable');
const decline = (driverId: DriverId): RideCommand => ({ type: 'decline', driverId, reason: 'too far', at: at(5) });

describe('the delivery fails', () => {
  it('[DSP-4] leaves the message for a retry, which sends it under the same key', async () => {
    const { message, drain, shown, fail, mend, lines: log } = await setUp();
    fail('connection-of-driver-1', unreachable);
    expect(await drain(message(d1), message(d2))).toEqual([{ itemIdentifier: 'message-1' }]);
    expect(lines.metric('DispatchFailed')).toContain(1);
    expect(lines.named('Dispatch failed')).toMatchObject([{ level: 'ERROR', flag: 'on', driverId: 'driver-1' }]);
    mend('connection-of-driver-1');
    expect(await drain(message(d1))).toEqual([]);
    expect(shown()).toEqual([1, 1, 0]);
    expect(log()).toHaveLength(2);
  });

  it('[DSP-8] does not send on the retry a ride that was declined meanwhile', async () => {
    const { message, drain, shown, fail, mend, change } = await setUp();
    fail('connection-of-driver-1', unreachable);
    await drain(message(d1));
    await change(decline(d2));
    mend('connection-of-driver-1');
    expect(await drain(message(d1))).toEqual([]);
    expect(shown()).toEqual([0, 0, 0]);
  });

  it('[DSP-4] takes over after a crash between claim and delivery', async () => {
    const { message, drain, shown, deps, clock } = await setUp();
    await deps.deliveries.claim({ orderId: rideId, key: 'DISPATCH#driver-1#1', kind: 'dispatch' }, at(0));
    clock(30);
    expect(await drain(message(d1))).toEqual([]);
    expect(shown()).toEqual([1, 0, 0]);
  });
});

describe('the flag idempotent-dispatch is off', () => {
  it.each([
    ['for this ride', { flag: false }],
    ['because it is held', { held: true }],
  ])('[DSP-10] sends, and only counts what it would have suppressed, %s', async (_, fields) => {
    const { message, drain, shown, change } = await setUp(fields);
    await drain(message(d1));
    await change(decline(d1));
    expect(await drain(message(d2))).toEqual([]);
    expect(shown()).toEqual([1, 1, 0]);
    expect(lines.named('Dispatch skipped')).toMatchObject([
      { outcome: 'would-skip', reason: 'ride-closed', flag: 'off' },
    ]);
    expect(lines.metric('DispatchClosedSuppressed')).toEqual([1]);
  });

  it('[DSP-9] logs the line of the alarm when it sends after a decline', async () => {
    const { message, drain, change } = await setUp({ flag: false });
    await change(decline(d1));
    await drain(message(d2));
    expect(lines.named('Dispatch sent for DECLINED request')).toMatchObject([
      { level: 'WARN', orderId: rideId, driverId: 'driver-2' },
    ]);
    expect(lines.metric('DispatchAfterDecline')).toEqual([1]);
  });

  it('[DSP-9] counts what is sent twice', async () => {
    const { message, drain, shown } = await setUp({ flag: false });
    await drain(message(d1));
    await drain('another message', message(d1));
    expect(shown()).toEqual([2, 0, 0]);
    expect(lines.metric('DispatchDuplicate')).toEqual([1]);
    expect(lines.named('Dispatch sent twice')).toHaveLength(1);
  });

  it('[DSP-9] logs no line of the alarm when the ride ended otherwise', async () => {
    const { message, drain, shown, change } = await setUp({ flag: false });
    await change({ type: 'accept', driverId: d3, at: at(5) });
    await drain(message(d1));
    expect(shown()).toEqual([1, 0, 0]);
    expect(lines.named('Dispatch sent for DECLINED request')).toEqual([]);
    expect(lines.metric('DispatchAfterDecline')).toEqual([]);
  });

  it('[DSP-9] counts a copy that comes again once', async () => {
    const { message, drain, shown } = await setUp({ flag: false });
    await drain(message(d1));
    for (let receive = 0; receive < 2; receive += 1) await drain('another message', message(d1));
    expect(shown()).toEqual([2, 0, 0]);
    expect(lines.metric('DispatchDuplicate')).toEqual([1]);
    expect(lines.metric('DispatchSent')).toEqual([1, 1]);
  });

  it('[DSP-9] logs nothing for an alarm while it is on', async () => {
    const { message, drain, change } = await setUp();
    await drain(message(d1), message(d1));
    await change(decline(d1));
    await drain(message(d1), message(d2, 2), message(d3));
    expect([lines.metric('DispatchAfterDecline'), lines.metric('DispatchDuplicate')]).toEqual([[], []]);
    expect(lines.named('Dispatch sent for DECLINED request')).toEqual([]);
  });
});

describe('a message of the queue is wrong', () => {
  const good = { rideId, driverId: d1, sequence: 1, version: 1 };

  it.each<[string, unknown, RegExp]>([
    ['is not JSON', 'hello', /not JSON/],
    ['names no ride', { ...good, rideId: undefined }, /rideId/],
    ['names an invalid ride', { ...good, rideId: '42' }, /rideId/],
    [
      'names a ride that is not stored',
      { ...good, rideId: 'TNT-20261121-ZZZZZZZ' },
      /unknown ride.*rideId.*TNT-20261121-ZZZZZZZ is not stored/,
    ],
    ['names no driver', { ...good, driverId: '' }, /driverId/],
    ['has a sequence of 0', { ...good, sequence: 0 }, /sequence/],
    ['has a sequence beyond 2^53', { ...good, sequence: 2 ** 53 }, /sequence/],
    ['has half a version', { ...good, version: 1.5 }, /version/],
    ['has a negative version', { ...good, version: -1 }, /version/],
    ['has an invalid time', { ...good, at: 'noon' }, /at/],
  ])('is parked with the reason when it %s, and the next is sent', async (_, poison, reason) => {
    const { message, drain, shown, parked } = await setUp();
    expect(await drain(poison, message(d2))).toEqual([]);
    expect(parked()).toEqual([
      { body: typeof poison === 'string' ? poison : JSON.stringify(poison), reason: expect.stringMatching(reason) },
    ]);
    expect(shown()).toEqual([0, 1, 0]);
  });

  it('is left for a retry when it overtook the ride', async () => {
    const { message, drain, shown } = await setUp();
    expect(await drain(message(d1, 9))).toEqual([{ itemIdentifier: 'message-1' }]);
    expect(shown()).toEqual([0, 0, 0]);
  });

  it('shows nothing to a driver it was never offered to', async () => {
    const { message, drain, connect, of } = await setUp();
    await connect('driver-9');
    expect(await drain({ ...message(d1), driverId: 'driver-9', sequence: 4 })).toEqual([]);
    expect(of('driver-9')).toEqual([]);
  });
});
