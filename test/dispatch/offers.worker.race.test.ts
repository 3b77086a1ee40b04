/** The dispatch worker when the ride changes between the claim of an offer and its sending. */
import { describe, expect, it } from 'vitest';
import type { RideCommand } from '../../functions/dispatch/ride.decider.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import { at, d1, d2, d3, rideId } from '../support/dispatch.ts';
import { dispatchWorker as setUp } from '../support/dispatch-worker.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();
const decline = (driverId: DriverId): RideCommand => ({ type: 'decline', driverId, reason: 'too far', at: at(5) });
const movePickup: RideCommand = { type: 'move-pickup', pickup: { lat: -6.3, lng: 106.9, sequence: 2 }, at: at(4) };

describe('a ride ends while an offer of it is claimed', () => {
  it.each([
    ['the driver declines it himself', decline(d1), 'ride-closed'],
    ['another driver declines it', decline(d2), 'ride-closed'],
    ['another driver accepts it', { type: 'accept', driverId: d3, at: at(5) }, 'ride-closed'],
    ['it is cancelled', { type: 'cancel', by: { role: 'system' }, reason: 'storm', at: at(5) }, 'ride-closed'],
  ] as const)('[DSP-8] because %s: nothing is sent, and the dispatch log has no entry', async (_, command, reason) => {
    const { message, drain, shown, change, afterNextClaim, lines: log } = await setUp();
    afterNextClaim(() => change(command));
    expect(await drain(message(d1))).toEqual([]);
    expect([shown(), log()]).toEqual([[0, 0, 0], []]);
    expect(lines.named('Dispatch skipped')).toMatchObject([
      { level: 'WARN', outcome: 'skipped', reason, driverId: 'driver-1' },
    ]);
    expect(lines.metric('DispatchClosedSuppressed')).toEqual([1]);
    expect(lines.named('Dispatch sent')).toEqual([]);
  });

  it('[DSP-8] though it goes on for others: under the policy next a driver who declined is sent nothing', async () => {
    const { message, drain, shown, change, afterNextClaim } = await setUp({ policy: 'next' });
    afterNextClaim(() => change(decline(d1)));
    expect(await drain(message(d1))).toEqual([]);
    expect(await drain(message(d2, 2), message(d3, 2))).toEqual([]);
    expect(shown()).toEqual([0, 1, 1]);
  });
});

describe('a ride changes while an offer of it is claimed', () => {
  it('[DSP-4] gives the claim back, and the order of the newer version sends it with the pickup as it is now', async () => {
    const { message, drain, of, change, afterNextClaim } = await setUp();
    afterNextClaim(() => change(movePickup));
    expect(await drain(message(d1, 1))).toEqual([]);
    expect(of(d1)).toEqual([]);
    expect(lines.metric('DispatchStaleSuppressed')).toEqual([1]);
    expect(await drain(message(d1, 2))).toEqual([]);
    expect(of(d1)).toMatchObject([{ version: 2, pickup: { lat: -6.3, sequence: 2 } }]);
  });
});

describe('the second look at the ride', () => {
  it('[DSP-4] that fails gives the claim back and leaves the message for a retry', async () => {
    const { message, drain, shown, failReads, afterNextClaim } = await setUp();
    afterNextClaim(async () => failReads(new Error('the table is unreachable')));
    expect(await drain(message(d1))).toEqual([{ itemIdentifier: 'message-1' }]);
    failReads();
    expect(await drain(message(d1))).toEqual([]);
    expect(shown()).toEqual([1, 0, 0]);
  });

  it('[DSP-4] after a claim was taken over leaves the line: its first holder may have sent', async () => {
    const { message, drain, shown, deps, clock, change, afterNextClaim, lines: log } = await setUp();
    await deps.deliveries.claim({ orderId: rideId, key: 'DISPATCH#driver-1#1', kind: 'dispatch' }, at(0));
    clock(30);
    afterNextClaim(() => change(decline(d2)));
    expect(await drain(message(d1))).toEqual([]);
    expect(shown()).toEqual([0, 0, 0]);
    expect(log()).toMatchObject([{ sk: 'DISPATCH#driver-1#1', claimedAt: at(30) }]);
  });

  it('[DSP-9] [DSP-10] with the flag off only measures: it is sent, and the line that pages is logged', async () => {
    const { message, drain, shown, change, afterNextClaim } = await setUp({ flag: false });
    afterNextClaim(() => change(decline(d1)));
    expect(await drain(message(d1))).toEqual([]);
    expect(shown()).toEqual([1, 0, 0]);
    expect(lines.named('Dispatch skipped')).toMatchObject([
      { outcome: 'would-skip', reason: 'ride-closed', flag: 'off' },
    ]);
    expect(lines.metric('DispatchAfterDecline')).toEqual([1]);
  });
});
