/** The rules of being busy: with one ride, scan or running argo at a time, never without a deadline. */
import { type Decision, happened, nothing, type Refusal, refused } from '../kernel/decision.ts';
import { after, type Instant } from '../kernel/types.ts';
import type { Busy, Driver, DriverFact, Occupation } from './driver.ts';

type DriverDecision = Decision<Driver, DriverFact>;

export const driverBusy: Refusal = {
  code: 'DRIVER_BUSY',
  message:
    'This driver is on a trip: a ride, a scanned taxi or the running argo of their car. ' +
    'Finish or cancel it first, or stop the argo.',
};

const hour = 3_600_000;
/** After how long a driver looks at whether their trip is over. */
export const busyMs = { ride: 12 * hour, ezpay: 3 * hour, argo: hour } as const satisfies Record<Occupation, number>;
export const busyUntil = (by: Occupation, at: Instant): Instant => after(at, busyMs[by]);

export type Occupy = Pick<Busy, 'by' | 'orderId' | 'until'> & { readonly at: Instant };

/**
 * A ride needs a free driver. A scan takes one whose argo runs, or whose earlier scan nobody finished; who has a ride
 * keeps it. An argo takes nobody who is busy: it runs during every trip.
 */
export const occupy = ({ by, orderId, until, at }: Occupy, driver: Driver): DriverDecision => {
  const { busy } = driver;
  if (busy && busy.by === by && busy.orderId === orderId) return nothing('already-busy-with-it');
  if (busy && by === 'ride') return refused(driverBusy);
  if (busy && (by === 'argo' || busy.by === 'ride')) return nothing('busy-with-another-trip');
  return happened({ ...driver, busy: { by, orderId, until } }, at);
};

export type Release = Pick<Busy, 'orderId'> & {
  /** Without it, whatever the order occupies the driver as. */
  readonly by?: Occupation | undefined;
  readonly at: Instant;
};

/** Frees the driver of this trip; another one they have meanwhile is not touched. */
export const release = ({ by, orderId, at }: Release, driver: Driver | undefined): DriverDecision => {
  const busy = driver?.busy;
  if (!busy || busy.orderId !== orderId || (by && busy.by !== by)) return nothing('not-busy-with-this-trip');
  return happened(freed(driver), at);
};

const freed = ({ busy: _, ...driver }: Driver): Driver => driver;

/** How long until a driver who is still busy looks again. */
const recheckMs = hour;
/** A driver found busy so often is for an operator. */
const mostChecks = 3;

/** @param isOver whether the trip, or the run of the argo, has ended */
export const recheck = (isOver: boolean, at: Instant, driver: Driver | undefined): DriverDecision => {
  const busy = driver?.busy;
  if (!driver || !busy || busy.until > at) return nothing('not-due');
  if (isOver) return happened(freed(driver), at);
  return happened({ ...driver, busy: { ...busy, until: after(at, recheckMs), checks: (busy.checks ?? 0) + 1 } }, at);
};

export const isBusyTooLong = ({ busy }: Driver): boolean => (busy?.checks ?? 0) >= mostChecks;
