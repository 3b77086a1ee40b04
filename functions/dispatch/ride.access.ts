/** Who may see and change a ride, and as whom a person cancels it. */
import { has, type Principal } from '../kernel/principal.ts';
import { Problem } from '../kernel/problem.ts';
import type { DriverId, RiderId } from '../kernel/types.ts';
import type { PickedUpBy } from './ride.trip.decider.ts';
import { type Canceller, offerTo, type Ride } from './ride.ts';

export const systemIsOperators = new Problem(
  403,
  'WRONG_ROLE',
  'Only operators may cancel in the name of the system.',
  [{ field: 'system', message: 'leave it out' }],
);

/** Its rider, or an operator. */
export const owns = (principal: Principal, ride: Ride): boolean =>
  has(principal, 'operator') || (has(principal, 'rider') && ride.riderId === principal.sub);

const isOffered = (principal: Principal, ride: Ride): boolean =>
  has(principal, 'driver') && offerTo(ride, principal.sub as DriverId) !== undefined;

/** `onlyOf`: a driver sees their own offer only. @returns nothing when they may not see the ride */
export const viewOf = (principal: Principal, ride: Ride): { readonly onlyOf?: DriverId } | undefined => {
  if (owns(principal, ride)) return {};
  return isOffered(principal, ride) ? { onlyOf: principal.sub as DriverId } : undefined;
};

/** One person can be rider and driver: who owns the ride decides as whom they cancel it. */
export const cancellerOf = (principal: Principal, ride: Ride, system: boolean): Canceller | undefined => {
  if (system) return { role: 'system' };
  if (has(principal, 'operator')) return { role: 'operator', id: principal.sub };
  if (owns(principal, ride)) return { role: 'rider', id: principal.sub as RiderId };
  return isOffered(principal, ride) ? { role: 'driver', id: principal.sub as DriverId } : undefined;
};

/** As whom a person picks a rider up. */
export const pickerOf = (principal: Principal, ride: Ride): PickedUpBy | undefined => {
  if (has(principal, 'operator')) return { role: 'operator', id: principal.sub };
  return isOffered(principal, ride) ? { role: 'driver', id: principal.sub as DriverId } : undefined;
};
