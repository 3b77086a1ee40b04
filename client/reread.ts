/** What an app that was away reads again, since it is not told again: the rides that go on, and a driver's offers. */
import type { NotificationFilter } from './notification-filter.ts';
import type { NewRideRequest } from './notifications.ts';
import type { DriverWithOffers, Ride } from './types.ts';

/** How many rides are read again; an app with more of them shows a list, and reads it itself. */
const most = 10;
const goesOn = ({ status }: Ride): boolean => status === 'PENDING' || status === 'SEARCHING' || status === 'ACCEPTED';

export type Tell = { readonly ride: (ride: Ride) => unknown; readonly offer: (offer: NewRideRequest) => unknown };
export type Reread = ReturnType<typeof rereading>;

export const rereading = (filter: NotificationFilter) => {
  const going = new Set<string>();
  const keep = (rideId: string): void => {
    going.delete(rideId);
    going.add(rideId);
    for (const oldest of going) {
      if (going.size <= most) return;
      going.delete(oldest);
    }
  };

  /** Those that stand and are not on the screen: an app that has just begun shows none yet, whatever it has shown before. */
  const unseen = ({ offers }: DriverWithOffers, resumed: boolean): readonly NewRideRequest[] =>
    offers
      .map((offer): NewRideRequest => ({ ...offer, type: 'NEW_RIDE_REQUEST', id: `${offer.rideId}:${offer.version}` }))
      .filter((offer) => filter.accepts(offer) || (!resumed && !filter.knowsNewer(offer)));

  return {
    learn: (ride: Ride): void => {
      if (goesOn(ride)) keep(ride.rideId);
      else going.delete(ride.rideId);
    },
    offered: keep,
    withdrawn: (rideId: string): void => void going.delete(rideId),
    /** @param driver reads the driver, where the app is one's; rejects with the first problem after all the rest is told */
    again: async (
      resumed: boolean,
      read: { readonly ride: (rideId: string) => Promise<Ride>; readonly driver: (() => Promise<DriverWithOffers>) | undefined },
      tell: Tell,
    ): Promise<void> => {
      const results = await Promise.allSettled([
        ...(resumed ? [...going] : []).map(async (rideId) => tell.ride(await read.ride(rideId))),
        read.driver?.().then((driver) => unseen(driver, resumed).forEach(tell.offer)),
      ]);
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };
};
