/** Whether a request to dispatch an offer still holds when its turn comes. Pure. */
import type { DriverId, OrderId } from '../kernel/types.ts';
import { isOpen, offerTo, type Ride } from './ride.ts';

/** `sequence` numbers the offers of a ride; with ride and driver it is the key under which the offer goes out once. */
export type DispatchRequest = {
  readonly rideId: OrderId;
  readonly driverId: DriverId;
  readonly sequence: number;
  readonly version: number;
};
export type SkipReason = 'ride-closed' | 'older-version' | 'offer-over' | 'driver-busy';

/** @returns why the offer is not to be sent; nothing when it is */
export const reasonToSkip = (
  { driverId, sequence, version }: DispatchRequest,
  ride: Ride,
  rideVersion: number,
): SkipReason | undefined => {
  if (!isOpen(ride)) return 'ride-closed';
  if (version < rideVersion) return 'older-version';
  const offer = offerTo(ride, driverId);
  return offer?.status === 'PENDING' && offer.sequence === sequence ? undefined : 'offer-over';
};

export const dispatchKey = ({ rideId, driverId, sequence }: DispatchRequest): string =>
  `dispatch:${rideId}:${driverId}:${sequence}`;
