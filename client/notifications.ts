/** The notifications of the server, over the WebSocket or with a mobile push. */
import type { Argo, Ride, Text } from './types.ts';

type Notified<Type extends string, Rest = unknown> = {
  /** `{rideId}:{version}`, the same for each repetition. */
  readonly id: string;
  readonly type: Type;
  readonly rideId: string;
  /** The version of the ride it belongs to. */
  readonly version: number;
  /** When it happened: ISO 8601, UTC. */
  readonly at: string;
} & Readonly<Rest>;

/** To a driver: a ride to accept or decline until `expiresAt` (ISO 8601, UTC). */
export type NewRideRequest = Notified<
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
export type RideWithdrawn = Notified<
  'RIDE_WITHDRAWN',
  { reason: 'accepted-by-another' | 'declined-by-another' | 'ride-cancelled' | 'offer-timed-out' | (string & {}) }
>;
/** To the rider: a driver accepted. */
export type RideAccepted = Notified<'RIDE_ACCEPTED', { driverId: string }>;
/** To the rider, and to the driver when an operator reported it: the rider is in the car. */
export type RidePickedUp = Notified<'RIDE_PICKED_UP', { driverId: string; message: Text }>;
/** To the rider: the driver will not come; others are offered the ride. */
export type RideGivenBack = Notified<'RIDE_GIVEN_BACK', { reason: string; message: Text }>;
/** To the driver: report the pick-up, finish the trip, or cancel it; else an operator does. */
export type RideOverdue = Notified<'RIDE_OVERDUE', { waitsFor: 'pick-up' | 'finish' | (string & {}); message: Text }>;
/** To the rider: no driver will come. */
export type RideDeclined = Notified<'RIDE_DECLINED', { reason: string }>;
/** To the rider, and to the driver who had the ride. */
export type RideCancelled = Notified<
  'RIDE_CANCELLED',
  { by: NonNullable<Ride['cancelledBy']>; reason: string; countsAgainstDriver?: boolean }
>;
/** To the rider: no driver was found in time. */
export type RideExpired = Notified<'RIDE_EXPIRED', { reason: 'search-time-out' | 'nobody-left' | (string & {}) }>;
/** To the driver who has the ride: the rider moved the pickup. */
export type PickupUpdated = Notified<'PICKUP_UPDATED', { pickup: Ride['pickup'] }>;

/** Of a scan: `rideId` is the number of its order. */
type OfScan<Type extends string, Rest = unknown> = Notified<Type, { car: string } & Rest>;

/** To the customer: the trip can be paid; `message` is for them. To the driver: a passenger pays with the app. */
export type EzPayConfirmed = OfScan<
  'EZPAY_CONFIRMED',
  {
    by: string;
    message?: Text;
    legacyState?: 2;
    /** To the driver: the meter does not run yet. */
    startArgo?: true;
  }
>;
/** To the customer: the driver is asked to confirm the trip. */
export type EzPayAwaitingDriver = OfScan<'EZPAY_DRIVER_ASKED', { message: Text }>;
/** To the driver: did a passenger of theirs scan? Answer with `confirmScan` until `answerUntil` (ISO 8601, UTC). */
export type EzPayConfirmRequest = OfScan<'EZPAY_CONFIRM_REQUEST', { message: Text; answerUntil: string }>;
/** To the driver: a passenger scanned while the meter does not run; it is to be started. */
export type StartArgo = OfScan<'START_ARGO', { message: Text }>;
/** To both: the order is cancelled; for the customer with the reason and what they can do. */
export type EzPayCancelled = OfScan<
  'EZPAY_CANCELLED',
  { reason: string; notice?: 'ezpay_cancelled'; legacyState?: -2; message?: Text; actions?: readonly Text[] }
>;

/**
 * To the driver: finish the trip with `finish`. `fare`: what the meter showed when it was stopped, at `stoppedAt`;
 * without `stoppedAt` the trip takes too long. `version` is the order's, not the ride's.
 */
export type FinishProposed = Notified<
  'FINISH_PROPOSED',
  { message: Text; isReminder: boolean; fare?: number; stoppedAt?: string }
>;

/** To the rider: `unpaid` (whole rupiah) is to be paid for a trip that is over. `version` is the order's. */
export type PaymentDue = Notified<'PAYMENT_DUE', { message: Text; unpaid: number }>;

/** To a driver: the state of their car's taximeter. Not a notification: only the newest counts. */
export type ArgoChanged = {
  readonly type: 'ARGO_CHANGED';
  readonly id: string;
  readonly car: string;
  readonly version: number;
  readonly at: string;
  readonly argo: Argo['argo'];
  readonly since?: string;
};

export type RideNotification =
  | NewRideRequest
  | RideWithdrawn
  | RideAccepted
  | RidePickedUp
  | RideGivenBack
  | RideOverdue
  | RideDeclined
  | RideCancelled
  | RideExpired
  | PickupUpdated
  | EzPayConfirmed
  | EzPayAwaitingDriver
  | EzPayConfirmRequest
  | StartArgo
  | EzPayCancelled
  | FinishProposed
  | PaymentDue;

export type RideNotificationType = RideNotification['type'];
const types: ReadonlySet<string> = new Set<RideNotificationType>([
  'NEW_RIDE_REQUEST',
  'RIDE_WITHDRAWN',
  'RIDE_ACCEPTED',
  'RIDE_PICKED_UP',
  'RIDE_GIVEN_BACK',
  'RIDE_OVERDUE',
  'RIDE_DECLINED',
  'RIDE_CANCELLED',
  'RIDE_EXPIRED',
  'PICKUP_UPDATED',
  'EZPAY_CONFIRMED',
  'EZPAY_DRIVER_ASKED',
  'EZPAY_CONFIRM_REQUEST',
  'START_ARGO',
  'EZPAY_CANCELLED',
  'FINISH_PROPOSED',
  'PAYMENT_DUE',
]);
/** Their version is that of the order, which has another count than its ride or scan. */
const ofOrder: ReadonlySet<string> = new Set<RideNotificationType>(['FINISH_PROPOSED', 'PAYMENT_DUE']);
/** Whether its version tells how new it is compared with the ride. */
export const hasRideVersion = (type: string): boolean => types.has(type) && !ofOrder.has(type);
/** Whether this client knows the type; a newer server may have others. */
export const isRideNotificationType = (type: string): type is RideNotificationType => types.has(type);

/** A message of the server that is not about a ride: an answer to a message of the app. */
export type ServerReply =
  | { readonly type: 'PONG' }
  | { readonly type: 'PUSH_REGISTERED' }
  | {
      readonly type: 'ERROR';
      readonly code: string;
      readonly detail: string;
      readonly errors?: readonly { readonly field: string; readonly message: string }[];
    };

export type Message = RideNotification | ArgoChanged | ServerReply;

/** @returns the message, or nothing when it is not one of this server; it is then dropped */
export const messageFrom = (text: unknown): Message | undefined => {
  if (typeof text !== 'string') return undefined;
  try {
    const message = JSON.parse(text) as Record<string, unknown> | null;
    if (typeof message !== 'object' || message === null) return undefined;
    const { type, id, rideId, version, car } = message;
    if (type === 'PONG' || type === 'PUSH_REGISTERED' || type === 'ERROR') return message as ServerReply;
    if (type === 'ARGO_CHANGED')
      return typeof car === 'string' && Number.isInteger(version) ? (message as ArgoChanged) : undefined;
    const isNotification =
      typeof type === 'string' && typeof id === 'string' && typeof rideId === 'string' && Number.isInteger(version);
    return isNotification ? (message as RideNotification) : undefined;
  } catch {
    return undefined;
  }
};

export const isNotification = (message: Message): message is RideNotification => 'rideId' in message;
