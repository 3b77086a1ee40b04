/** Rides stored before they were picked up and completed: carried over when they are read. */
import type { Ride, RideIn } from './ride.ts';

export const rideShape = 2;

type Former<Status extends Ride['status']> = Omit<RideIn<Status>, 'giveBack' | 'searchTimeoutMs'>;

/** The order of an accepted one is opened by its event, which may not have arrived: the next change opens it. */
export const upgraded = (stored: unknown): Ride => {
  const former = stored as Former<'PENDING' | 'SEARCHING' | 'CANCELLED' | 'DECLINED' | 'EXPIRED'> | Former<'ACCEPTED'>;
  const { closesAt, requestedAt } = former;
  const ride = { ...former, giveBack: 'search', searchTimeoutMs: closesAt - requestedAt } as Ride;
  return ride.status === 'ACCEPTED' ? { ...ride, waiting: [], hasOrder: true, withoutPickUp: true } : ride;
};
