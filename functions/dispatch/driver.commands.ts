/** The commands of a driver: what they report, and what occupies them. Each is load, decide, one write. */
import { argoRef, isRunning } from '../ezpay/rules.ts';
import type { Outcome } from '../kernel/aggregate.ts';
import { nothing } from '../kernel/decision.ts';
import type { CarId, DriverId, Instant, OrderId } from '../kernel/types.ts';
import { orderRef } from '../orders/rules.ts';
import type { Deadline, Woken } from '../platform/deadlines.ts';
import { type Report, report } from './driver.decider.ts';
import { type Driver, type DriverFact, driverIn, driverRef } from './driver.ts';
import { isBusyTooLong, recheck, release } from './occupation.decider.ts';
import type { StoreDeps } from './ride.change.ts';
import { assignedTo, rideRef } from './ride.ts';

export const reportDriver = ({ store }: StoreDeps, command: Report) =>
  store.transition(driverRef(command.driverId), (driver) => report(command, driver));

/** The car the driver drives, as they last reported it. */
export const carOf = async ({ store }: StoreDeps, driverId: DriverId): Promise<CarId | undefined> =>
  (await store.load(driverRef(driverId))).state?.car;

/** The trip is over: its driver is free for the next one. */
export const freeDriver = ({ store }: StoreDeps, driverId: DriverId, orderId: OrderId, at: Instant) =>
  store.transition(driverRef(driverId), (driver) => release({ orderId, at }, driver));

/** Read from the argo itself: the report of its stop may be lost. */
const argoRuns = async (deps: StoreDeps, driverId: DriverId, at: Instant): Promise<boolean> => {
  const car = await carOf(deps, driverId);
  const argo = car && (await deps.store.load(argoRef(car))).state;
  return argo !== undefined && isRunning(argo.events, at);
};

const isTripOver = async (deps: StoreDeps, { driverId, busy }: Driver, at: Instant): Promise<boolean> => {
  if (!busy?.orderId) return !(await argoRuns(deps, driverId, at));
  const { state: order } = await deps.store.load(orderRef(busy.orderId));
  if (order) return order.status !== 'ACTIVE' || order.driverId !== driverId;
  return assignedTo((await deps.store.load(rideRef(busy.orderId))).state) !== driverId;
};

/** An argo has no order: of two runs of it, the later one is due later. */
const isSameTrip = (a: Driver | undefined, b: Driver | undefined): boolean => a?.busy?.orderId === b?.busy?.orderId;

/** Whether their trip is over is read, not awaited: losing any event changes nothing. */
export const driverDeadline = async (deps: StoreDeps, driverId: DriverId, at: Instant) => {
  const known = await deps.store.load(driverRef(driverId));
  const isOver = known.state !== undefined && (await isTripOver(deps, known.state, at));
  const decide = (driver: Driver | undefined) =>
    isSameTrip(driver, known.state) ? recheck(isOver, at, driver) : nothing('changed-meanwhile');
  return deps.store.transition(driverRef(driverId), decide, known);
};

const woken = (driverId: DriverId, { decision, state }: Outcome<Driver, DriverFact>): Woken => ({
  orderId: state?.busy?.orderId ?? driverId,
  outcome: decision.outcome,
  status: state?.busy ? 'BUSY' : 'FREE',
  metrics: decision.outcome === 'happened' && isBusyTooLong(decision.state) ? { DriverBusyTooLong: 1 } : undefined,
});

/** The deadlines of busy drivers. */
export const driverDeadlines = (deps: StoreDeps): Deadline => ({
  wake: (key, at) => {
    const driverId = driverIn(key);
    return driverId && driverDeadline(deps, driverId, at).then((outcome) => woken(driverId, outcome));
  },
});
