/** Notifies the rider and the drivers concerned of each change of a ride, each once. */
import { anyOf } from '../../events/event.ts';
import * as ride from '../../events/ride.ts';
import { log } from '../kernel/log.ts';
import { type MessageOf, message } from '../platform/message.ts';
import { type NotifyDeps, notifyOnce } from './commands.ts';
import { type Notification, type NotificationType, notificationId } from './notification.ts';

export const rideMessage = message(
  anyOf(
    ride.rideRequested,
    ride.rideOffered,
    ride.rideSearchContinued,
    ride.rideAccepted,
    ride.rideDeclined,
    ride.rideOfferDeclined,
    ride.rideCancelled,
    ride.rideExpired,
    ride.ridePickupUpdated,
  ),
);
export type RideEvent = MessageOf<typeof rideMessage>;

export type Notice = {
  readonly to: string;
  readonly type: NotificationType;
  readonly data?: Readonly<Record<string, unknown>>;
};

const withdrawnFrom = (drivers: readonly string[], reason: string): readonly Notice[] =>
  drivers.map((to) => ({ to, type: 'RIDE_WITHDRAWN', data: { reason } }));

const toRider = (event: RideEvent, type: NotificationType, data?: Readonly<Record<string, unknown>>): Notice => ({
  to: event.riderId,
  type,
  ...(data ? { data } : {}),
});

/** The notices of an event. New offers are not among them; the dispatch worker sends them. Pure. */
export const noticesFor = (event: RideEvent): readonly Notice[] => {
  switch (event.type) {
    case 'ride.accepted':
      return [
        toRider(event, 'RIDE_ACCEPTED', { driverId: event.driverId }),
        ...withdrawnFrom(event.withdrawn, 'accepted-by-another'),
      ];
    case 'ride.declined':
      return [
        toRider(event, 'RIDE_DECLINED', { reason: event.reason }),
        ...withdrawnFrom(event.withdrawn, 'declined-by-another'),
      ];
    case 'ride.cancelled':
      return [
        ...(event.by === 'rider' ? [] : [toRider(event, 'RIDE_CANCELLED', { by: event.by, reason: event.reason })]),
        ...(event.driverId && event.by !== 'driver'
          ? [
              {
                to: event.driverId,
                type: 'RIDE_CANCELLED' as const,
                data: { by: event.by, reason: event.reason, countsAgainstDriver: false },
              },
            ]
          : []),
        ...withdrawnFrom(event.withdrawn, 'ride-cancelled'),
      ];
    case 'ride.expired':
      return [
        toRider(event, 'RIDE_EXPIRED', { reason: event.reason }),
        ...withdrawnFrom(event.timedOut, 'offer-timed-out'),
      ];
    case 'ride.offered':
    case 'ride.search-continued':
      return withdrawnFrom(event.timedOut, 'offer-timed-out');
    case 'ride.pickup-updated':
      return event.driverId ? [{ to: event.driverId, type: 'PICKUP_UPDATED', data: { pickup: event.pickup } }] : [];
    case 'ride.requested':
    case 'ride.offer-declined':
      return [];
  }
};

const notificationOf = (event: RideEvent, { type, data }: Notice): Notification => ({
  id: notificationId(event.rideId, event.version),
  type,
  rideId: event.rideId,
  version: event.version,
  at: event.at,
  ...data,
});

export const rideNoticesWorker =
  (deps: NotifyDeps) =>
  async (event: RideEvent): Promise<void> => {
    const notified = await Promise.all(
      noticesFor(event).map((notice) => {
        const line = {
          orderId: event.rideId,
          key: `NOTICE#${notice.to}#${event.version}`,
          kind: 'notice' as const,
          to: notice.to,
          type: notice.type,
          version: event.version,
        };
        return notifyOnce(deps, notice.to, line, notificationOf(event, notice));
      }),
    );
    const sent = notified.filter(({ outcome }) => outcome === 'sent').length;
    if (notified.length > 0)
      log.info('Notices', { orderId: event.rideId, event: event.type, sent, outcome: 'sent' }, { NoticeSent: sent });
  };
