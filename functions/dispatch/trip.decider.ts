/** What a change of a ride means for its order and its driver: all three are written together. Pure. */
import { type Decision, happened, nothing, refused } from '../kernel/decision.ts';
import { none, type Rupiah } from '../kernel/rupiah.ts';
import type { DriverId, Instant } from '../kernel/types.ts';
import {
  assignDriver,
  cancel,
  type Order,
  type OrderDecision,
  open,
  orderRefusals,
  pickUp,
  type Trip,
  unassignDriver,
} from '../orders/rules.ts';
import { type Driver, type DriverFact, newDriver } from './driver.ts';
import { busyUntil, occupy, release } from './occupation.decider.ts';
import { assignedTo, type Canceller, isAssigned, isOpen, type Ride, type ServiceLine } from './ride.ts';

/** What a rider owes who cancels after a driver accepted, and how long after it they owe nothing. */
export type CancellationPolicy = {
  readonly fees: Readonly<Record<ServiceLine, Rupiah>>;
  readonly graceMs: number;
};

export const feeFor = (ride: Ride, by: Canceller, at: Instant, { fees, graceMs }: CancellationPolicy): Rupiah =>
  ride.status === 'ACCEPTED' && by.role === 'rider' && at - ride.at >= graceMs ? fees[ride.serviceLine] : none;

/** The trip of an accepted ride, as its order has it. */
export const tripOf = (ride: Ride): Trip | undefined => {
  if (!isAssigned(ride)) return undefined;
  const { rideId: orderId, riderId, driverId, serviceLine, at: openedAt } = ride;
  return { orderId, riderId, driverId, serviceLine, openedAt };
};

export type RideChange = {
  readonly before: Ride;
  readonly after: Ride;
  readonly at: Instant;
  readonly fee?: Rupiah | undefined;
};

export const orderAfter = (change: RideChange, order: Order | undefined): OrderDecision => {
  const { before, after, at, fee } = change;
  if (after.status === before.status || !after.hasOrder) return nothing('order-unchanged');
  if (isOpen(after)) return isAssigned(before) ? onOpened(before, order, waitAgain(at)) : nothing('order-unchanged');
  switch (after.status) {
    case 'ACCEPTED':
      return order ? assignDriver(after.driverId, at, order) : opened(after);
    case 'PICKED_UP':
      return onOpened(before, order, (one) => pickUp(at, one));
    case 'COMPLETED':
      return nothing('finished-by-its-order');
    case 'CANCELLED':
    case 'DECLINED':
    case 'EXPIRED': {
      const reason = after.status === 'DECLINED' ? 'no-driver' : after.reason;
      return onOpened(before, order, (one) => cancel({ reason, fee, at }, one));
    }
  }
};

const opened = (ride: Ride): OrderDecision => {
  const trip = tripOf(ride);
  return trip ? open(trip, undefined, ride.quote) : nothing('no-trip');
};

type Rule = (order: Order | undefined) => OrderDecision;

const waitAgain =
  (at: Instant): Rule =>
  (order) =>
    order?.status === 'ACTIVE' ? unassignDriver(at, order) : refused(orderRefusals.over);

/** A ride accepted before orders were opened with it may have none yet: it is opened in the same write. */
export const onOpened = (ride: Ride, order: Order | undefined, rule: Rule): OrderDecision => {
  const opening = order ? nothing('already-open') : opened(ride);
  if (opening.outcome !== 'happened') return rule(order);
  const then = rule(opening.state);
  return then.outcome === 'happened' ? happened(then.state, then.at, ...opening.facts, ...then.facts) : then;
};

export const driverAfter = (
  { before, after, at }: RideChange,
  driverId: DriverId,
  driver: Driver | undefined,
): Decision<Driver, DriverFact> => {
  const [had, has] = [assignedTo(before), assignedTo(after)];
  if (had === has) return nothing('driver-unchanged');
  const orderId = after.rideId;
  return has === driverId
    ? occupy({ by: 'ride', orderId, until: busyUntil('ride', at), at }, driver ?? newDriver(driverId))
    : release({ orderId, at }, driver);
};
