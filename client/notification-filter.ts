/** Drops repeated notifications and offers that are over (DSP-7). */
import { filterMemory, remember, type Storage } from './filter-memory.ts';
import { hasRideVersion } from './notifications.ts';
import type { Ride } from './types.ts';

/** The fields of a notification that the filter uses; a mobile push has the same. */
export type NotificationHeader = {
  readonly id: string;
  readonly type: string;
  readonly rideId: string;
  readonly version: number;
  /** Of an offer: its number among the offers of the ride. */
  readonly sequence?: number;
};

export type NotificationFilter = {
  /** Resolves when the memory is loaded; the filter forgets nothing before. */
  readonly ready: Promise<void>;
  /**
   * Whether the app should show the notification. Dropped: one of the last 100 ids; a notification older than what the
   * app knows of the ride, such as an offer after its withdrawal or a pickup after a newer one; and an offer that the
   * driver has answered, whatever its version.
   */
  readonly accepts: (notification: NotificationHeader) => boolean;
  /** Whether the app already knows that the ride has changed since. */
  readonly knowsNewer: (notification: Pick<NotificationHeader, 'type' | 'rideId' | 'version'>) => boolean;
  /**
   * The driver answered: the last offer of the ride, and any with a lower sequence, is dropped from now on. The client
   * calls it for each `accept` and `decline`; an app that answers without the client calls it before it does.
   * @returns takes it back; to be called when the answer failed and the offer is still open
   */
  readonly answered: (rideId: string) => () => void;
  /** The app read this state of a ride: older notifications are dropped. */
  readonly learn: (ride: Pick<Ride, 'rideId' | 'version' | 'offers'>) => void;
};

/** No offer had a sequence: the answer is to all of them. */
const every = Number.MAX_SAFE_INTEGER;

/**
 * @param storage without it the memory ends with the app
 * @param failed called when the storage fails; the filter continues without it
 */
export const notificationFilter = (
  storage?: Storage,
  failed: (error: unknown) => void = () => {},
): NotificationFilter => {
  const { seen, known, offered, answered, raise, save, ready } = filterMemory(storage, failed);

  /** What ended or changed an offer has its version or a later one. */
  const knowsNewer: NotificationFilter['knowsNewer'] = ({ type, rideId, version }) => {
    const newest = known.get(rideId) ?? 0;
    return type === 'NEW_RIDE_REQUEST' ? version <= newest : version < newest;
  };

  /** Sequences begin with 1; without one it is the first offer. */
  const isAnswered = ({ type, rideId, sequence = 1 }: NotificationHeader): boolean => {
    if (type !== 'NEW_RIDE_REQUEST') return false;
    raise(offered, rideId, sequence);
    return sequence <= (answered.get(rideId) ?? 0);
  };

  const isNew = (notification: NotificationHeader): boolean => {
    const { id, type, rideId, version } = notification;
    // Not remembered as seen: if the answer is taken back, it is new again.
    if (isAnswered(notification)) return false;
    const repeated = seen.has(id);
    remember(seen, id, true);
    if (repeated) return false;
    if (!hasRideVersion(type)) return true;
    const old = knowsNewer(notification);
    if (type !== 'NEW_RIDE_REQUEST') raise(known, rideId, version);
    return !old;
  };

  return {
    ready,
    accepts: (notification) => {
      const isShown = isNew(notification);
      save();
      return isShown;
    },
    knowsNewer,
    answered: (rideId) => {
      const before = answered.get(rideId) ?? 0;
      const sequence = Math.max(offered.get(rideId) ?? every, before);
      remember(answered, rideId, sequence);
      save();
      return () => {
        if (answered.get(rideId) === sequence) answered.set(rideId, before);
        save();
      };
    },
    learn: ({ rideId, version, offers }) => {
      // While an offer is awaited, the notification that brings it may still be on its way.
      if (offers.some(({ status }) => status === 'PENDING') || version <= (known.get(rideId) ?? 0)) return;
      raise(known, rideId, version);
      save();
    },
  };
};
