/** What the reports of an argo mean for the trip in its car: whether it runs now, and the fare of a stop. Pure. */
import type { Instant } from '../kernel/types.ts';
import { nowOf, timelineOf, tolerances } from './argo.timeline.ts';
import type { MeterEvent } from './argo.ts';

/** Whether the argo runs now, as far as a driver is occupied by it. */
export const isRunning = (events: readonly MeterEvent[], at: Instant): boolean => {
  const { status, since } = nowOf(timelineOf(events));
  return status === 'STARTED' && since !== undefined && at - since < tolerances.lostStop;
};
