/** What the server tells an app, as it comes over the WebSocket or with a mobile push. */
import type { Ride } from './types.ts';

type Told<Type extends string, Rest = unknown> = {
  /** `{rideId}:{version}`, the same for each repetition. */
  readonly id: string;
  readonly type: Type;
  readonly rideId: string;
  /** The version of the ride it speaks of. */
  readonly version: number;
  /** When it happened: ISO 8601, UTC. */
  readonly at: string;
} & Readonly<Rest>;

/** To a driver: a ride to accept or decline until `expiresAt` (ISO 8601, UTC). */
export type NewRideRequest = Told<
  'NEW_RIDE_REQUEST',
  {
    sequence: number;
    serviceLine: Ride['serviceLine'];
    pickup: Ride['pickup'];
    destination: Ride['destination'];
    expiresAt?: string;
  }
>;
/** To a driver: the offer is over. */
export type RideWithdrawn = Told<
  'RIDE_WITHDRAWN',
  { reason: 'accepted-by-another' | 'declined-by-another' | 'ride-cancelled' | 'offer-timed-out' | (string & {}) }
>;
/** To the rider: a driver comes. */
export type RideAccepted = Told<'RIDE_ACCEPTED', { driverId: string }>;
/** To the rider: no driver will come. */
export type RideDeclined = Told<'RIDE_DECLINED', { reason: string }>;
/** To the rider, and to the driver who had the ride. */
export type RideCancelled = Told<'RIDE_CANCELLED', { by: NonNullable<Ride['cancelledBy']>; reason: string; countsAgainstDriver?: boolean }>;
/** To the rider: nobody was found in time. */
export type RideExpired = Told<'RIDE_EXPIRED', { reason: 'search-time-out' | 'nobody-left' | (string & {}) }>;
/** To the driver who has the ride: the rider moved the pickup. */
export type PickupUpdated = Told<'PICKUP_UPDATED', { pickup: Ride['pickup'] }>;

export type RideNotification = NewRideRequest | RideWithdrawn | RideAccepted | RideDeclined | RideCancelled | RideExpired | PickupUpdated;

export type RideNotificationType = RideNotification['type'];
const types: ReadonlySet<string> = new Set<RideNotificationType>([
  'NEW_RIDE_REQUEST',
  'RIDE_WITHDRAWN',
  'RIDE_ACCEPTED',
  'RIDE_DECLINED',
  'RIDE_CANCELLED',
  'RIDE_EXPIRED',
  'PICKUP_UPDATED',
]);
/** Whether this client knows the type; a newer server may have others. */
export const isRideNotificationType = (type: string): type is RideNotificationType => types.has(type);

/** A message of the server that is not about a ride: an answer to what the app said. */
export type ServerReply =
  | { readonly type: 'PONG' }
  | { readonly type: 'PUSH_REGISTERED' }
  | {
      readonly type: 'ERROR';
      readonly code: string;
      readonly detail: string;
      readonly errors?: readonly { readonly field: string; readonly message: string }[];
    };

/** @returns the message, or nothing when it is not one: then it is dropped, the server being newer or somebody else */
export const messageFrom = (text: unknown): RideNotification | ServerReply | undefined => {
  if (typeof text !== 'string') return undefined;
  try {
    const message = JSON.parse(text) as Record<string, unknown> | null;
    if (typeof message !== 'object' || message === null) return undefined;
    const { type, id, rideId, version } = message;
    if (type === 'PONG' || type === 'PUSH_REGISTERED' || type === 'ERROR') return message as ServerReply;
    const isNotification = typeof type === 'string' && typeof id === 'string' && typeof rideId === 'string' && Number.isInteger(version);
    return isNotification ? (message as RideNotification) : undefined;
  } catch {
    return undefined;
  }
};

export const isReply = (message: RideNotification | ServerReply): message is ServerReply => !('rideId' in message);
