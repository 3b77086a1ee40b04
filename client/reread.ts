/** What an app that was away reads again, since it is not told again: the rides that go on, and what awaits a driver's answer. */
import type { NotificationFilter } from './notification-filter.ts';
import type { EzPayConfirmRequest, NewRideRequest } from './notifications.ts';
import type { Argo, DriverWithOffers, Ride } from './types.ts';

/** How many rides are read again; an app with more of them shows a list, and reads it itself. */
const most = 10;
const goesOn = ({ status }: Ride): boolean => status === 'PENDING' || status === 'SEARCHING' || status === 'ACCEPTED';

export type Tell = {
  readonly ride: (ride: Ride) => unknown;
  /** A question to the driver, as if it came now. */
  readonly question: (question: NewRideRequest | EzPayConfirmRequest) => unknown;
};
export type Read = {
  readonly ride: (rideId: string) => Promise<Ride>;
  /** Only where the app is a driver's. */
  readonly driver: (() => Promise<DriverWithOffers>) | undefined;
  readonly argo: (car: string) => Promise<Argo>;
};

const offersOf = ({ offers }: DriverWithOffers): readonly NewRideRequest[] =>
  offers.map((offer) => ({ ...offer, type: 'NEW_RIDE_REQUEST', id: `${offer.rideId}:${offer.version}` }));

const scansOf = ({ car, asking }: Argo): readonly EzPayConfirmRequest[] =>
  asking.map(({ orderId, version, askedAt, answerUntil, message }) => ({
    type: 'EZPAY_CONFIRM_REQUEST',
    id: `${orderId}:${version}`,
    rideId: orderId,
    version,
    at: askedAt,
    car,
    message,
    answerUntil,
  }));

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

  const questions = async (read: Read, resumed: boolean, tell: Tell): Promise<void> => {
    const driver = await read.driver?.();
    if (!driver) return;
    const told = (question: NewRideRequest | EzPayConfirmRequest): void => {
      // An app that has just begun shows none yet, whatever it has shown before.
      if (filter.accepts(question) || (!resumed && !filter.knowsNewer(question))) tell.question(question);
    };
    offersOf(driver).forEach(told);
    if (driver.car) scansOf(await read.argo(driver.car)).forEach(told);
  };

  return {
    learn: (ride: Ride): void => {
      if (goesOn(ride)) keep(ride.rideId);
      else going.delete(ride.rideId);
    },
    offered: keep,
    withdrawn: (rideId: string): void => void going.delete(rideId),
    /** Rejects with the first problem after all the rest is told. */
    again: async (resumed: boolean, read: Read, tell: Tell): Promise<void> => {
      const results = await Promise.allSettled([
        ...(resumed ? [...going] : []).map(async (rideId) => tell.ride(await read.ride(rideId))),
        questions(read, resumed, tell),
      ]);
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };
};
