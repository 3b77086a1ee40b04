/** A ride: a customer's request for a taxi, from the search to the end of the trip, with every offer made. One item. */
import type { FactOf } from '../../events/event.ts';
import { type Aggregate, refOf } from '../kernel/aggregate.ts';
import { type Key, orderOf, orderPartition } from '../kernel/keys.ts';
import type { Rupiah } from '../kernel/rupiah.ts';
import { type DriverId, earlier, type Instant, type OrderId, type RiderId } from '../kernel/types.ts';
import type { Offer, Offers } from './offer.ts';
import { rideShape, upgraded } from './ride.upgrade.ts';

export type ServiceLine = 'BB' | 'SB' | 'GB';
/** What a decline does: `close` ends the ride, `next` takes only this driver out. */
export type DeclinePolicy = 'close' | 'next';
/** What happens when a driver gives the ride back before the pick-up: others are searched, or the ride ends. */
export type GiveBackPolicy = 'search' | 'close';

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
  readonly giveBack: GiveBackPolicy;
  readonly waveSize: number;
  readonly offerTimeoutMs: number;
  readonly requestedAt: Instant;
  /** How long a search lasts; a ride that was given back is searched for as long again. */
  readonly searchTimeoutMs: number;
  /** When the search ends without a driver. */
  readonly closesAt: Instant;
  /** `caller`: only drivers named in the request; `matcher`: drivers on duty near the pickup. */
  readonly candidatesFrom: 'caller' | 'matcher';
  /** The value of the flag `idempotent-dispatch` this ride began with, and keeps. */
  readonly idempotentDispatch: boolean;
};

type WithOffers = RideRequest & {
  readonly offers: Offers;
  /** From the first acceptance on, also while it is searched for again: both change in one transaction. */
  readonly hasOrder?: true | undefined;
};
export type OpenRide = WithOffers & {
  readonly status: 'PENDING' | 'SEARCHING';
  /** Named by the caller and not offered the ride yet. */
  readonly waiting: readonly DriverId[];
  /** Searches in a row that found no driver. */
  readonly fruitless: number;
  /** When the offers of this wave time out, or the next search is due. */
  readonly nextSearchAt: Instant;
};
/** `at`: since when it has this status. */
type Closed<Status extends string> = WithOffers & { readonly status: Status; readonly at: Instant };
/** When a trip is overdue, and how often it was. */
export type Watch = { readonly at: Instant; readonly count: number };
type Assigned = { readonly driverId: DriverId; readonly watch?: Watch | undefined };
export type ExpiryReason = 'search-time-out' | 'nobody-left';
export type Ride =
  | OpenRide
  | (Closed<'ACCEPTED'> &
      Assigned & {
        readonly waiting: readonly DriverId[];
        /** Accepted before apps reported the pick-up: it can be finished without. */
        readonly withoutPickUp?: true | undefined;
      })
  | (Closed<'PICKED_UP'> & Assigned)
  | (Closed<'COMPLETED'> & { readonly driverId: DriverId; readonly pickedUpAt?: Instant | undefined })
  | (Closed<'DECLINED'> & { readonly by: DriverId; readonly reason: string })
  | (Closed<'CANCELLED'> & {
      readonly by: Canceller;
      readonly reason: string;
      readonly driverId?: DriverId | undefined;
    })
  | (Closed<'EXPIRED'> & { readonly reason: ExpiryReason });
export type RideIn<Status extends Ride['status']> = Extract<Ride, { readonly status: Status }>;

export const isOpen = (ride: Ride): ride is OpenRide => ride.status === 'PENDING' || ride.status === 'SEARCHING';

/** The offer made to this driver. Only own properties count: a driver id may be the name of a method of objects. */
export const offerTo = (ride: Ride, driverId: DriverId): Offer | undefined =>
  Object.hasOwn(ride.offers, driverId) ? ride.offers[driverId] : undefined;

export const isAssigned = (ride: Ride | undefined): ride is RideIn<'ACCEPTED' | 'PICKED_UP'> =>
  ride?.status === 'ACCEPTED' || ride?.status === 'PICKED_UP';

/** The driver who has the ride. */
export const assignedTo = (ride: Ride | undefined): DriverId | undefined =>
  isAssigned(ride) ? ride.driverId : undefined;

/** When the offers of this wave time out. */
export const offersEndAt = ({ nextSearchAt, closesAt }: OpenRide): Instant => earlier(nextSearchAt, closesAt);

export type RideFact = FactOf<typeof import('../../events/ride.ts')>;

export const rideAggregate: Aggregate<Ride, RideFact, OrderId> = {
  name: 'RIDE',
  key: (id) => ({ pk: orderPartition(id), sk: 'RIDE' }),
  schema: rideShape,
  upgrade: upgraded,
  dueAt: (ride) => {
    if (isOpen(ride)) return offersEndAt(ride);
    return isAssigned(ride) ? ride.watch?.at : undefined;
  },
};

/** The ride at a key of the table. */
export const rideIn = ({ pk, sk }: Key): OrderId | undefined => (sk === 'RIDE' ? orderOf(pk) : undefined);
export const rideRef = (rideId: OrderId) => refOf(rideAggregate, rideId);

/** 6 decimals, about 11 cm (DSP-5). */
const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
export const pointOf = ({ lat, lng }: Pick<Place, 'lat' | 'lng'>) => ({ lat: rounded(lat), lng: rounded(lng) });
export const placeOf = ({ address, ...point }: Place): Place => ({ ...pointOf(point), address });
