/** A ride and a driver as their apps see them. */
import { type DriverId, iso } from '../kernel/types.ts';
import type { OpenOffer, RideView } from './dispatch.answers.ts';
import type { Busy, Driver } from './driver.ts';
import type { Offer } from './offer.ts';
import { ownerOf } from './ride.trip.decider.ts';
import { isOpen, offersEndAt, offerTo, type Ride, type Watch } from './ride.ts';

const offerView = ([driverId, offer]: [string, Offer]): RideView['offers'][number] => ({
  driverId,
  sequence: offer.sequence,
  status: offer.status,
  ...('reason' in offer ? { reason: offer.reason } : {}),
  at: iso(offer.at),
});

/** A driver does not see which other driver ended the ride, nor that driver's reason. */
const endingFor = (ride: Ride, onlyOf: DriverId | undefined): Partial<RideView> => {
  const { driverId, reason, ...rest } = ending(ride);
  if (onlyOf && driverId && driverId !== onlyOf) return rest;
  return { ...rest, ...(driverId ? { driverId } : {}), ...(reason ? { reason } : {}) };
};

const overdue = ({ watch }: { readonly watch?: Watch | undefined }): Partial<RideView> =>
  watch && watch.count > 0 ? { owner: ownerOf(watch) } : {};

const ending = (ride: Ride): Partial<RideView> => {
  switch (ride.status) {
    case 'PENDING':
    case 'SEARCHING':
      return {};
    case 'ACCEPTED':
      return { driverId: ride.driverId, acceptedAt: iso(ride.at), ...overdue(ride) };
    case 'PICKED_UP':
      return { driverId: ride.driverId, pickedUpAt: iso(ride.at), ...overdue(ride) };
    case 'COMPLETED':
      return {
        driverId: ride.driverId,
        ...(ride.pickedUpAt ? { pickedUpAt: iso(ride.pickedUpAt) } : {}),
        endedAt: iso(ride.at),
      };
    case 'DECLINED':
      return { driverId: ride.by, reason: ride.reason, endedAt: iso(ride.at) };
    case 'CANCELLED':
      return {
        ...(ride.driverId ? { driverId: ride.driverId } : {}),
        cancelledBy: ride.by.role,
        countsAgainstDriver: ride.by.role === 'driver',
        reason: ride.reason,
        endedAt: iso(ride.at),
      };
    case 'EXPIRED':
      return { reason: ride.reason, endedAt: iso(ride.at) };
  }
};

/** @param onlyOf a driver sees their own offer and no other */
export const rideView = (ride: Ride, version: number, onlyOf?: DriverId): RideView => ({
  rideId: ride.rideId,
  status: ride.status,
  version,
  riderId: ride.riderId,
  serviceLine: ride.serviceLine,
  pickup: ride.pickup,
  destination: ride.destination,
  policy: ride.policy,
  giveBack: ride.giveBack,
  requestedAt: iso(ride.requestedAt),
  closesAt: iso(ride.closesAt),
  ...endingFor(ride, onlyOf),
  offers: Object.entries(ride.offers)
    .filter(([driverId]) => !onlyOf || driverId === onlyOf)
    .map(offerView)
    .sort((a, b) => a.sequence - b.sequence),
});

/** The offer that awaits the driver's answer, with the fields of its notification; nothing when it is over. */
export const openOfferView = (ride: Ride, version: number, driverId: DriverId): OpenOffer | undefined => {
  const offer = offerTo(ride, driverId);
  if (!isOpen(ride) || offer?.status !== 'PENDING') return undefined;
  const { rideId, serviceLine, pickup, destination } = ride;
  const times = { at: iso(offer.at), expiresAt: iso(offersEndAt(ride)) };
  return { rideId, version, sequence: offer.sequence, serviceLine, pickup, destination, ...times };
};

const busyView = ({ by, orderId, until }: Busy) => ({
  ...(by === 'ride' && orderId ? { rideId: orderId } : {}),
  busy: { by, ...(orderId ? { orderId } : {}), until: iso(until) },
});

export const driverView = ({ driverId, onDuty, serviceLine, position, busy, car }: Driver) => ({
  driverId,
  onDuty,
  serviceLine,
  ...(position ? { position: { lat: position.lat, lng: position.lng, at: iso(position.at) } } : {}),
  ...(busy ? busyView(busy) : {}),
  ...(car ? { car } : {}),
});
