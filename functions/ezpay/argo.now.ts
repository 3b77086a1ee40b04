/** What the reports of an argo mean for the trip in its car: whether it runs now, and the fare of a stop. Pure. */
import type { Rupiah } from '../kernel/rupiah.ts';
import type { Instant } from '../kernel/types.ts';
import { nowOf, placeOf, timelineOf, tolerances } from './argo.timeline.ts';
import type { MeterEvent } from './argo.ts';

/** Whether the argo runs now, as far as a driver is occupied by it. */
export const isRunning = (events: readonly MeterEvent[], at: Instant): boolean => {
  const { status, since } = nowOf(timelineOf(events));
  return status === 'STARTED' && since !== undefined && at - since < tolerances.lostStop;
};

/** The fare that the device reported with this stop. */
export const fareAt = (events: readonly MeterEvent[], stoppedAt: Instant): Rupiah | undefined =>
  events.find((event) => event.kind === 'STOPPED' && event.fare !== undefined && placeOf(event) === stoppedAt)?.fare;
