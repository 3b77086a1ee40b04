/** The offers of a ride: one for each driver it was offered to, numbered in the order they were made. */
import type { DriverId, Instant } from '../kernel/types.ts';

export type WithdrawReason = 'accepted-by-another' | 'declined-by-another' | 'ride-cancelled';
/** `at`: since when it has this status. */
export type Offer = { readonly sequence: number; readonly at: Instant } & (
  | { readonly status: 'PENDING' | 'ACCEPTED' | 'TIMED_OUT' }
  | { readonly status: 'DECLINED' | 'GIVEN_BACK'; readonly reason: string }
  | { readonly status: 'WITHDRAWN'; readonly reason: WithdrawReason }
);
export type Offers = Readonly<Record<DriverId, Offer>>;

const entriesOf = (offers: Offers) => Object.entries(offers) as [DriverId, Offer][];

/** The offers that await an answer. */
export const pendingOffers = (offers: Offers): readonly (readonly [DriverId, Offer])[] =>
  entriesOf(offers).filter(([, { status }]) => status === 'PENDING');
export const pendingDrivers = (offers: Offers): readonly DriverId[] =>
  pendingOffers(offers).map(([driverId]) => driverId);

/** Who lost the ride to a driver that gave it back, in the order they were offered it. */
export const withdrawnDrivers = (offers: Offers): readonly DriverId[] =>
  entriesOf(offers)
    .filter(([, { status }]) => status === 'WITHDRAWN')
    .sort(([, a], [, b]) => a.sequence - b.sequence)
    .map(([driverId]) => driverId);

/** The offers made so far: the last one has this sequence. */
export const lastSequence = (offers: Offers): number =>
  Math.max(0, ...Object.values(offers).map(({ sequence }) => sequence));

const replacePending = (offers: Offers, replace: (offer: Offer) => Offer): Offers => ({
  ...offers,
  ...Object.fromEntries(pendingOffers(offers).map(([driverId, offer]) => [driverId, replace(offer)])),
});

export const withdraw = (offers: Offers, reason: WithdrawReason, at: Instant): Offers =>
  replacePending(offers, ({ sequence }) => ({ status: 'WITHDRAWN', sequence, at, reason }));

export const timeOut = (offers: Offers, at: Instant): Offers =>
  replacePending(offers, ({ sequence }) => ({ status: 'TIMED_OUT', sequence, at }));

/** The last of the declines, when every offer was declined. */
export const lastOfAllDeclines = (offers: Offers): { driverId: DriverId; reason: string } | undefined => {
  const all = entriesOf(offers);
  const declines = all.flatMap(([driverId, offer]) =>
    offer.status === 'DECLINED' ? [{ driverId, reason: offer.reason, at: offer.at }] : [],
  );
  return declines.length === all.length ? declines.sort((a, b) => b.at - a.at)[0] : undefined;
};
