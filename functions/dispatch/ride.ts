/** A ride: a customer's request for a taxi while a driver is sought, with every offer made for it. One item. */
import type { FactOf } from '../../events/event.ts';
import { type Aggregate, refOf } from '../kernel/aggregate.ts';
import { type Key, orderOf, orderPartition } from '../kernel/keys.ts';
import type { Rupiah } from '../kernel/rupiah.ts';
import { type DriverId, earlier, type Instant, type OrderId, type RiderId } from '../kernel/types.ts';
import type { Offer, Offers } from './offer.ts';

export type ServiceLine = 'BB' | 'SB' | 'GB';
/** What a decline does: `close` ends the ride, `next` takes only this driver out. */
export type DeclinePolicy = 'close' | 'next';

export type Place = { readonly lat: number; readonly lng: number; readonly address?: string | undefined };
/** `sequence` orders the updates of the rider's app; an older one never replaces a newer one. */
export type Pickup = Place & { readonly sequence: number };

/** `system` never counts against the driver, nor does an operator. */
export type Canceller =
  | { readonly role: 'rider'; readonly id: RiderId }
  | { readonly role: 'driver'; readonly id: DriverId }
  | { readonly role: 'operator'; readonly id: string }
  | { readonly role: 'system' };

export type RideRequest = {
  readonly rideId: OrderId;
  readonly riderId: RiderId;
  readonly serviceLine: ServiceLine;
  /** Of a rental car: owed from the opening of its order. */
  readonly quote?: Rupiah | undefined;
  readonly pickup: Pickup;
  readonly destination: Place;
  readonly policy: DeclinePolicy;
  readonly waveSize: number;
  readonly offerTimeoutMs: number;
  readonly requestedAt: Instant;
  /** When the search ends without a driver. */
  readonly closesAt: Instant;
  /** `caller`: only drivers named in the request; `matcher`: drivers on duty near the pickup. */
  readonly candidatesFrom: 'caller' | 'matcher';
  /** The value of the flag `idempotent-dispatch` this ride began with, and keeps. */
  readonly idempotentDispatch: boolean;
};

export type OpenRide = RideRequest & {
  readonly status: 'PENDING' | 'SEARCHING';
  readonly offers: Offers;
  /** Named by the caller and not offered the ride yet. */
  readonly waiting: readonly DriverId[];
  /** Searches in a row that found no driver. */
  readonly fruitless: number;
  /** When the offers of this wave time out, or the next search is due. */
  readonly nextSearchAt: Instant;
};
type Closed<Status extends string> = RideRequest & {
  readonly status: Status;
  readonly offers: Offers;
  readonly at: Instant;
};
export type ExpiryReason = 'search-time-out' | 'nobody-left';
export type Ride =
  | OpenRide
  | (Closed<'ACCEPTED'> & { readonly driverId: DriverId })
  | (Closed<'DECLINED'> & { readonly by: DriverId; readonly reason: string })
  | (Closed<'CANCELLED'> & {
      readonly by: Canceller;
      readonly reason: string;
      readonly driverId?: DriverId | undefined;
    })
  | (Closed<'EXPIRED'> & { readonly reason: ExpiryReason });

export const isOpen = (ride: Ride): ride is OpenRide => ride.status === 'PENDING' || ride.status === 'SEARCHING';

/** The offer made to this driver. Only own properties count: a driver id may be the name of a method of objects. */
export const offerTo = (ride: Ride, driverId: DriverId): Offer | undefined =>
  Object.hasOwn(ride.offers, driverId) ? ride.offers[driverId] : undefined;

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
