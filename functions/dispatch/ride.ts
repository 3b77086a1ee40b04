/** A ride: a customer's request for a taxi while a driver is sought, with every offer made for it. One item. */

import type { FactOf } from '../../events/event.ts';
import { type Aggregate, refOf } from '../kernel/aggregate.ts';
import { type Key, orderOf, orderPartition } from '../kernel/keys.ts';
import { type DriverId, earlier, type Instant, type OrderId, type RiderId } from '../kernel/types.ts';

export type ServiceLine = 'BB' | 'SB' | 'GB';
/** What a decline does: `close` ends the ride, `next` takes only this driver out. */
export type DeclinePolicy = 'close' | 'next';

export type Place = { readonly lat: number; readonly lng: number; readonly address?: string | undefined };
/** `sequence` orders the updates of the rider's app; an older one never replaces a newer one. */
export type Pickup = Place & { readonly sequence: number };

export type WithdrawReason = 'accepted-by-another' | 'declined-by-another' | 'ride-cancelled';
export type Offer =
  | { readonly status: 'PENDING'; readonly sequence: number; readonly at: Instant }
  | { readonly status: 'ACCEPTED' | 'TIMED_OUT'; readonly sequence: number; readonly at: Instant }
  | { readonly status: 'DECLINED'; readonly sequence: number; readonly at: Instant; readonly reason: string }
  | { readonly status: 'WITHDRAWN'; readonly sequence: number; readonly at: Instant; readonly reason: WithdrawReason };
export type Offers = Readonly<Record<DriverId, Offer>>;

/** Who ended a ride. `system` never counts against the driver, nor does an operator. */
export type Canceller =
  | { readonly role: 'rider'; readonly id: RiderId }
  | { readonly role: 'driver'; readonly id: DriverId }
  | { readonly role: 'operator'; readonly id: string }
  | { readonly role: 'system' };

export type Request = {
  readonly rideId: OrderId;
  readonly riderId: RiderId;
  readonly serviceLine: ServiceLine;
  readonly pickup: Pickup;
  readonly destination: Place;
  readonly policy: DeclinePolicy;
  readonly waveSize: number;
  readonly offerTimeoutMs: number;
  readonly requestedAt: Instant;
  /** When the search ends without a driver. */
  readonly closesAt: Instant;
  /** `caller`: only the drivers named in the request are asked; `matcher`: whoever is on duty and near. */
  readonly candidatesFrom: 'caller' | 'matcher';
  /** The value of the flag `idempotent-dispatch` this ride began with, and keeps. */
  readonly idempotentDispatch: boolean;
};

type Open = Request & {
  readonly offers: Offers;
  /** Named by the caller and not asked yet. */
  readonly waiting: readonly DriverId[];
  /** Searches that found nobody, one after another. */
  readonly fruitless: number;
  /** When the offers of this wave time out, or the next search is due. */
  readonly nextSearchAt: Instant;
};
type Closed = Request & { readonly offers: Offers };

export type Ride =
  | (Open & { readonly status: 'PENDING' })
  | (Open & { readonly status: 'SEARCHING' })
  | (Closed & { readonly status: 'ACCEPTED'; readonly driverId: DriverId; readonly at: Instant })
  | (Closed & { readonly status: 'DECLINED'; readonly by: DriverId; readonly reason: string; readonly at: Instant })
  | (Closed & {
      readonly status: 'CANCELLED';
      readonly by: Canceller;
      readonly reason: string;
      readonly at: Instant;
      readonly driverId?: DriverId | undefined;
    })
  | (Closed & { readonly status: 'EXPIRED'; readonly reason: ExpiryReason; readonly at: Instant });

export type ExpiryReason = 'search-time-out' | 'nobody-left';
export type OpenRide = Extract<Ride, { status: 'PENDING' | 'SEARCHING' }>;

export const isOpen = (ride: Ride): ride is OpenRide => ride.status === 'PENDING' || ride.status === 'SEARCHING';

/** The offers that await an answer. */
export const pendingOffers = (offers: Offers): readonly (readonly [DriverId, Offer])[] =>
  (Object.entries(offers) as [DriverId, Offer][]).filter(([, { status }]) => status === 'PENDING');
export const pendingDrivers = (offers: Offers): readonly DriverId[] =>
  pendingOffers(offers).map(([driverId]) => driverId);

/** The offer made to this driver; a driver called like a method of objects was not offered anything by that. */
export const offerTo = (ride: Ride, driverId: DriverId): Offer | undefined =>
  Object.hasOwn(ride.offers, driverId) ? ride.offers[driverId] : undefined;

export const wasOffered = (ride: Ride, driverId: DriverId): boolean => offerTo(ride, driverId) !== undefined;

/** The driver who has the ride. */
export const assignedTo = (ride: Ride | undefined): DriverId | undefined =>
  ride?.status === 'ACCEPTED' ? ride.driverId : undefined;

/** When the offers of this wave time out. */
export const offersEndAt = ({ nextSearchAt, closesAt }: OpenRide): Instant => earlier(nextSearchAt, closesAt);

export type RideFact = FactOf<typeof import('../../events/ride.ts')>;

export const rideAggregate: Aggregate<Ride, RideFact, OrderId> = {
  name: 'RIDE',
  key: (id) => ({ pk: orderPartition(id), sk: 'RIDE' }),
  dueAt: (ride) => (isOpen(ride) ? offersEndAt(ride) : undefined),
};

/** The ride at a key of the table. */
export const rideIn = ({ pk, sk }: Key): OrderId | undefined => (sk === 'RIDE' ? orderOf(pk) : undefined);
export const rideRef = (rideId: OrderId) => refOf(rideAggregate, rideId);

/** 6 decimals, about 11 cm (DSP-5). */
const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
export const pointOf = ({ lat, lng }: Pick<Place, 'lat' | 'lng'>) => ({ lat: rounded(lat), lng: rounded(lng) });
export const placeOf = ({ address, ...point }: Place): Place => ({ ...pointOf(point), address });
