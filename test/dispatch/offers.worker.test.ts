/** The dispatch worker, from the message of the queue to the driver's app. */
import { describe, expect, it } from 'vitest';
import { driverRef, newDriver } from '../../functions/dispatch/driver.ts';
import { occupy } from '../../functions/dispatch/occupation.decider.ts';
import { type RideCommand, requestRide } from '../../functions/dispatch/ride.decider.ts';
import { rideRef } from '../../functions/dispatch/ride.ts';
import { batchesOf } from '../../functions/kernel/batches.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import { at, d1, d2, d3, request, rideId } from '../support/dispatch.ts';
import { dispatchWorker as setUp } from '../support/dispatch-worker.ts';
import { logLines } from '../support/log.ts';

const lines = logLines();
const decline = (driverId: DriverId): RideCommand => ({ type: 'decline', driverId, reason: 'too far', at: at(5) });
const movePickup: RideCommand = { type: 'move-pickup', pickup: { lat: -6.3, lng: 106.9, sequence: 2 }, at: at(4) };

describe('an offer is dispatched', () => {
  it('[DSP-4] shows the ride to the driver, under the id of ride and version', async () => {
    const { message, drain, of } = await setUp();
    expect(await drain(message(d2))).toEqual([]);
    expect(of(d2)).toEqual([
      {
        id: 'TNT-20261121-0000042:1',
        type: 'NEW_RIDE_REQUEST',
        rideId: 'TNT-20261121-0000042',
        version: 1,
        at: '2026-11-21T03:44:00.000Z',
        sequence: 2,
        serviceLine: 'BB',
        pickup: { lat: -6.2, lng: 106.816666, address: 'Stasiun Gambir', sequence: 1 },
        destination: { lat: -6.125, lng: 106.65 },
        expiresAt: '2026-11-21T03:44:30.000Z',
      },
    ]);
  });

  it('[DSP-4] leaves exactly one entry in the dispatch log, under the key of ride, driver and sequence', async () => {
    const { message, drain, lines: log } = await setUp();
    await drain(message(d2), message(d2));
    await drain(message(d2));
    expect(log()).toMatchObject([
      {
        sk: 'DISPATCH#driver-2#2',
        kind: 'dispatch',
        dispatchKey: 'dispatch:TNT-20261121-0000042:driver-2:2',
        sentAt: expect.any(String),
      },
    ]);
  });

  it('says when the offer was made, or else when the ride was requested', async () => {
    const { message, drain, of } = await setUp();
    await drain({ ...message(d1), at: '2026-11-21T03:44:20.000Z' }, { ...message(d2), at: undefined });
    expect(of(d1)).toMatchObject([{ at: '2026-11-21T03:44:20.000Z' }]);
    expect(of(d2)).toMatchObject([{ at: '2026-11-21T03:44:00.000Z' }]);
  });

  it('measures how long the driver waited for it', async () => {
    const { message, drain, clock } = await setUp();
    clock(2);
    await drain(message(d1));
    expect(lines.metric('DispatchLatency')).toEqual([2_000]);
    expect(lines.metric('DispatchSent')).toEqual([1]);
    expect(lines.metric('DispatchAttempted')).toEqual([1]);
  });
});

describe('the driver is busy when their offer comes', () => {
  const busy = async (setting: { readonly flag?: boolean } = {}) => {
    const world = await setUp(setting);
    const until = at(3_600);
    await world.rides.transition(driverRef(d2), () => occupy({ by: 'argo', until, at: at(1) }, newDriver(d2)));
    return world;
  };

  it.each([true, false])('[ORD-2] and they are not shown it, the others are; flag %s', async (flag) => {
    const { message, drain, of } = await busy({ flag });
    expect(await drain(message(d1), message(d2))).toEqual([]);
    expect([of(d1).length, of(d2).length]).toEqual([1, 0]);
    expect(lines.metric('DispatchBusySuppressed')).toEqual([1]);
  });
});

describe('a thousand rides are dispatched at once', () => {
  it('[DSP-12] shows each to its driver once, though every message comes twice: none lost, none twice', async () => {
    const { rides, connect, of, drain } = await setUp();
    const orders = await Promise.all(
      Array.from({ length: 1_000 }, async (_, i) => {
        const id = `TNT-20261121-${String(i + 1_000).padStart(7, '0')}` as typeof rideId;
        const driverId = `one-of-${i}` as DriverId;
        await connect(driverId);
        await rides.create(rideRef(id), requestRide(request({ rideId: id }), [driverId]));
        return { rideId: id, driverId, sequence: 1, version: 1 };
      }),
    );
    let left: readonly (typeof orders)[number][] = [...orders, ...orders.toReversed()];
    for (let receive = 0; receive < 3 && left.length > 0; receive += 1) {
      const batches = batchesOf(left, 10);
      const failed = await Promise.all(batches.map((batch) => drain(...batch)));
      left = batches.flatMap((batch, i) =>
        batch.filter((_, n) => failed[i]?.some(({ itemIdentifier }) => itemIdentifier === `message-${n + 1}`)),
      );
    }
    expect(left).toEqual([]);
    expect(orders.filter(({ driverId }) => of(driverId).length !== 1)).toEqual([]);
  });
});

describe('a message comes again', () => {
  it.each([1, 3_600, 14 * 86_400])('[DSP-4] is done and skipped %i s later', async (seconds) => {
    const { message, drain, shown, clock } = await setUp();
    await drain(message(d1));
    clock(seconds);
    expect(await drain(message(d1))).toEqual([]);
    expect(shown()).toEqual([1, 0, 0]);
    expect(lines.named('Dispatch skipped')).toMatchObject([
      { level: 'WARN', outcome: 'skipped', reason: 'duplicate', flag: 'on' },
    ]);
    expect(lines.metric('DispatchDuplicateSuppressed')).toEqual([1]);
  });

  it('[DSP-4] is done and skipped also under a newer version, because the key is the same', async () => {
    const { message, drain, shown, change } = await setUp();
    await drain(message(d1));
    await change(movePickup);
    expect(await drain(message(d1, 2))).toEqual([]);
    expect(shown()).toEqual([1, 0, 0]);
  });

  it('[DSP-4] is left for a retry while its copy is being sent, and does not count as a failure', async () => {
    const { message, drain, deps } = await setUp();
    await deps.deliveries.claim({ orderId: rideId, key: 'DISPATCH#driver-1#1', kind: 'dispatch' }, at(0));
    expect(await drain(message(d1))).toEqual([{ itemIdentifier: 'message-1' }]);
    expect(lines.metric('DispatchFailed')).toEqual([]);
    expect(lines.named('Dispatch failed')).toEqual([]);
  });
});

describe('a message comes too late', () => {
  it.each([
    ['DECLINED', decline(d3)],
    ['ACCEPTED', { type: 'accept', driverId: d3, at: at(5) }],
    ['CANCELLED', { type: 'cancel', by: { role: 'system' }, reason: 'storm', at: at(5) }],
    ['EXPIRED', { type: 'deadline', found: [], at: at(300) }],
  ] as const)('[DSP-4] is done and skipped with a warning when the ride is %s', async (status, command) => {
    const { message, drain, shown, change, lines: log } = await setUp();
    await change(command);
    expect(await drain(message(d1), message(d2, 2))).toEqual([]);
    expect([shown(), log()]).toEqual([[0, 0, 0], []]);
    expect(lines.named('Dispatch skipped')).toMatchObject([
      { level: 'WARN', status, reason: 'ride-closed', outcome: 'skipped' },
      { level: 'WARN', status, reason: 'ride-closed', outcome: 'skipped' },
    ]);
    expect(lines.metric('DispatchClosedSuppressed')).toEqual([1, 1]);
  });

  it('[DSP-4] is done and skipped with a warning when it is older than the ride', async () => {
    const { message, drain, shown, change } = await setUp();
    await change(movePickup);
    expect(await drain(message(d1, 1))).toEqual([]);
    expect(shown()).toEqual([0, 0, 0]);
    expect(lines.named('Dispatch skipped')).toMatchObject([{ level: 'WARN', reason: 'older-version', version: 1 }]);
    expect(lines.metric('DispatchStaleSuppressed')).toEqual([1]);
  });

  it('[DSP-4] is sent under the newer version, with the present pickup', async () => {
    const { message, drain, of, change } = await setUp();
    await change(movePickup);
    await drain(message(d1, 1), message(d1, 2));
    expect(of(d1)).toMatchObject([{ id: 'TNT-20261121-0000042:2', version: 2, pickup: { lat: -6.3, sequence: 2 } }]);
  });

  it('[DSP-8] never shows the ride again to a driver who declined, while it is offered to others', async () => {
    const { message, drain, shown, change } = await setUp({ policy: 'next' });
    await change(decline(d1));
    await drain(message(d1, 1), message(d1, 2), message(d2, 2));
    expect(shown()).toEqual([0, 1, 0]);
  });
});

describe('three offers are queued and the first driver declines', () => {
  it('[DSP-8] shows nothing to the others when the queue is drained, nor 10 s later', async () => {
    const { message, drain, shown, change, clock, lines: log } = await setUp();
    await drain(message(d1));
    await change(decline(d1));
    expect(await drain(message(d2), message(d3))).toEqual([]);
    clock(10);
    await drain(message(d1), message(d2), message(d3));
    expect(shown()).toEqual([1, 0, 0]);
    expect(log().filter(({ driverId }) => driverId === d1)).toHaveLength(1);
  });
});
