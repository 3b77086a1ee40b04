/** Whether an order to dispatch still holds when its turn comes. Pure. */
import type { DriverId, OrderId } from '../kernel/types.ts';
import { isOpen, offerTo, type Ride } from './ride.ts';

/** `sequence` numbers the offers of a ride; with ride and driver it is the key under which the offer goes out once. */
export type DispatchOrder = {
  readonly rideId: OrderId;
  readonly driverId: DriverId;
  readonly sequence: number;
  readonly version: number;
};

export type Verdict =
  | { readonly outcome: 'send' }
  | { readonly outcome: 'skip'; readonly why: 'ride-closed' | 'older-version' | 'offer-over' };

export const judge = ({ driverId, sequence, version }: DispatchOrder, ride: Ride, rideVersion: number): Verdict => {
  if (!isOpen(ride)) return { outcome: 'skip', why: 'ride-closed' };
  if (version < rideVersion) return { outcome: 'skip', why: 'older-version' };
  const offer = offerTo(ride, driverId);
  if (offer?.status !== 'PENDING' || offer.sequence !== sequence) return { outcome: 'skip', why: 'offer-over' };
  return { outcome: 'send' };
};

export const dispatchKey = ({ rideId, driverId, sequence }: DispatchOrder): string =>
  `dispatch:${rideId}:${driverId}:${sequence}`;
