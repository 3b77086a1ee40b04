/** What an app reads after an interruption: ongoing rides, and the open offers and scans of a driver. */
import type { NotificationFilter } from './notification-filter.ts';
import type { EzPayConfirmRequest, NewRideRequest } from './notifications.ts';
import type { Argo, DriverWithOffers, Ride } from './types.ts';

/** How many rides are read again; an app that shows more reads its list itself. */
const most = 10;
const isOngoing = ({ status }: Ride): boolean =>
  status === 'PENDING' || status === 'SEARCHING' || status === 'ACCEPTED' || status === 'PICKED_UP';

export type OnRead = {
  readonly ride: (ride: Ride) => unknown;
  /** An offer or a scan that awaits the driver's answer, as if it came now. */
  readonly question: (question: NewRideRequest | EzPayConfirmRequest) => unknown;
};
export type Read = {
  readonly ride: (rideId: string) => Promise<Ride>;
  /** Only in the app of a driver. */
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
  const ongoing = new Set<string>();
  const keep = (rideId: string): void => {
    ongoing.delete(rideId);
    ongoing.add(rideId);
    for (const oldest of ongoing) {
      if (ongoing.size <= most) return;
      ongoing.delete(oldest);
    }
  };

  const questions = async (read: Read, resumed: boolean, on: OnRead): Promise<void> => {
    const driver = await read.driver?.();
    if (!driver) return;
    const show = (question: NewRideRequest | EzPayConfirmRequest): void => {
      // An app that has just started shows none yet, whatever it showed before the restart.
      if (filter.accepts(question) || (!resumed && !filter.knowsNewer(question))) on.question(question);
    };
    offersOf(driver).forEach(show);
    if (driver.car) scansOf(await read.argo(driver.car)).forEach(show);
  };

  return {
    learn: (ride: Ride): void => {
      if (isOngoing(ride)) keep(ride.rideId);
      else ongoing.delete(ride.rideId);
    },
    offered: keep,
    withdrawn: (rideId: string): void => void ongoing.delete(rideId),
    /** Rejects with the first problem, after everything else was read. */
    catchUp: async (resumed: boolean, read: Read, on: OnRead): Promise<void> => {
      const results = await Promise.allSettled([
        ...(resumed ? [...ongoing] : []).map(async (rideId) => on.ride(await read.ride(rideId))),
        questions(read, resumed, on),
      ]);
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };
};
