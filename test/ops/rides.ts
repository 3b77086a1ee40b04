/** Rides as they are stored, made by hand, for the tests of diagnose. */

import type { Dispatch, RideEvent, RideRecord, StoredRide } from '../../functions/dispatch/ride-records.store.ts';
import { instant, type OrderId } from '../../functions/kernel/types.ts';

/** 2026-11-21T03:44:00Z. */
export const start = Date.UTC(2026, 10, 21, 3, 44);
export const later = (ms: number) => instant(start + ms);

export const pickup = { lat: -6.1767, lng: 106.8306, sequence: 0 };
export const event = (version: number, type: string, ms: number, more: Partial<RideEvent> = {}): RideEvent => ({
  version,
  type: `ride.${type}`,
  at: later(ms),
  ...(type === 'requested' ? { pickup } : {}),
  ...more,
});
export const sent = (driverId: string, ms: number, more: Partial<Dispatch> = {}): Dispatch => ({
  driverId,
  version: 1,
  claimedAt: later(ms),
  sentAt: later(ms + 5),
  ...more,
});

/** A ride that driver d1 declined after 4 s, having been offered to d1 and d2: nothing is wrong with it. */
export const declined = (more: Partial<RideRecord> = {}, ride: Partial<StoredRide> = {}): RideRecord => ({
  rideId: 'TNT-20261121-0000042' as OrderId,
  ride: { status: 'DECLINED', version: 2, pickup, pending: [], ...ride },
  events: [event(1, 'requested', 0), event(2, 'declined', 4_000, { driverId: 'd1' })],
  dispatches: [sent('d1', 50), sent('d2', 60)],
  unreadable: [],
  ...more,
});
