/** The dispatch worker when the ride changes between the claim of an offer and its delivery. */
import { describe, expect, it } from 'vitest';
import type { RideCommand } from '../../functions/dispatch/ride.decider.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import { at, d1, d2, d3, rideId } from '../support/dispatch.ts';
import { dispatchWorker as setUp } from '../support/dispatch-worker.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();
const decline = (driverId: DriverId): RideCommand => ({ type: 'decline', driverId, reason: 'too far', at: at(5) });
const movePickup: RideCommand = { type: 'move-pickup', pickup: { lat: -6.3, lng: 106.9, sequence: 2 }, at: at(4) };

describe('a ride ends while its offer is claimed', () => {
  it.each([
    ['the driver declines it', decline(d1), 'ride-closed'],
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

  it('[DSP-8] under the policy next a driver who declined gets nothing, and the search continues', async () => {
    const { message, drain, shown, change, afterNextClaim } = await setUp({ policy: 'next' });
    afterNextClaim(() => change(decline(d1)));
    expect(await drain(message(d1))).toEqual([]);
    expect(await drain(message(d2, 2), message(d3, 2))).toEqual([]);
    expect(shown()).toEqual([0, 1, 1]);
  });
});

describe('a ride changes while its offer is claimed', () => {
  it('[DSP-4] releases the claim, and the message of the newer version sends the present pickup', async () => {
    const { message, drain, of, change, afterNextClaim } = await setUp();
    afterNextClaim(() => change(movePickup));
    expect(await drain(message(d1, 1))).toEqual([]);
    expect(of(d1)).toEqual([]);
    expect(lines.metric('DispatchStaleSuppressed')).toEqual([1]);
    expect(await drain(message(d1, 2))).toEqual([]);
    expect(of(d1)).toMatchObject([{ version: 2, pickup: { lat: -6.3, sequence: 2 } }]);
  });
});

describe('the second read of the ride', () => {
  it('[DSP-4] that fails releases the claim and leaves the message for a retry', async () => {
    const { message, drain, shown, failReads, afterNextClaim } = await setUp();
    afterNextClaim(async () => failReads(new Error('the table is unreachable')));
    expect(await drain(message(d1))).toEqual([{ itemIdentifier: 'message-1' }]);
    failReads();
    expect(await drain(message(d1))).toEqual([]);
    expect(shown()).toEqual([1, 0, 0]);
  });

  it('[DSP-4] keeps the line of a claim that was taken over: its first holder may have sent', async () => {
    const { message, drain, shown, deps, clock, change, afterNextClaim, lines: log } = await setUp();
    await deps.deliveries.claim({ orderId: rideId, key: 'DISPATCH#driver-1#1', kind: 'dispatch' }, at(0));
    clock(30);
    afterNextClaim(() => change(decline(d2)));
    expect(await drain(message(d1))).toEqual([]);
    expect(shown()).toEqual([0, 0, 0]);
    expect(log()).toMatchObject([{ sk: 'DISPATCH#driver-1#1', claimedAt: at(30) }]);
  });

  it('[DSP-9] [DSP-10] only counts with the flag off: it is sent, and the line of the alarm is logged', async () => {
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
