/** Notifies the rider and the drivers concerned of each change of a ride, and the rider of a fare to pay, each once. */
import { anyOf, type EventOf } from '../../events/event.ts';
import { orderPaymentDue } from '../../events/order.ts';
import * as ride from '../../events/ride.ts';
import { log } from '../kernel/log.ts';
import type { OrderId } from '../kernel/types.ts';
import { type MessageOf, message } from '../platform/message.ts';
import { type NotifyDeps, notifyOnce } from './commands.ts';
import { type Notification, notificationId } from './notification.ts';
import { type NotificationType, paymentDue } from './push.texts.ts';
import { rideTexts } from './ride.texts.ts';

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
    orderPaymentDue,
    ride.ridePickedUp,
    ride.rideGivenBack,
    ride.rideOverdue,
    ride.rideCompleted,
  ),
);
export type RideEvent = MessageOf<typeof rideMessage>;

type Data = Readonly<Record<string, unknown>>;
export type Notice = { readonly to: string; readonly type: NotificationType; readonly data: Data };

const notice = (to: string, type: NotificationType, data: Data): Notice => ({ to, type, data });
const withdrawnFrom = (drivers: readonly string[], reason: string): readonly Notice[] =>
  drivers.map((to) => notice(to, 'RIDE_WITHDRAWN', { reason }));

const cancelled = ({ riderId, driverId, by, reason, withdrawn }: EventOf<typeof ride.rideCancelled>) => [
  ...(by === 'rider' ? [] : [notice(riderId, 'RIDE_CANCELLED', { by, reason })]),
  ...(driverId && by !== 'driver'
    ? [notice(driverId, 'RIDE_CANCELLED', { by, reason, countsAgainstDriver: false })]
    : []),
  ...withdrawnFrom(withdrawn, 'ride-cancelled'),
];

/** The notices of an event. New offers are not among them; the dispatch worker sends them. Pure. */
export const noticesFor = (event: RideEvent): readonly Notice[] => {
  const { riderId } = event;
  switch (event.type) {
    case 'ride.accepted': {
      const { driverId, withdrawn } = event;
      return [notice(riderId, 'RIDE_ACCEPTED', { driverId }), ...withdrawnFrom(withdrawn, 'accepted-by-another')];
    }
    case 'ride.declined': {
      const { reason, withdrawn } = event;
      return [notice(riderId, 'RIDE_DECLINED', { reason }), ...withdrawnFrom(withdrawn, 'declined-by-another')];
    }
    case 'ride.cancelled':
      return cancelled(event);
    case 'ride.expired': {
      const { reason, timedOut } = event;
      return [notice(riderId, 'RIDE_EXPIRED', { reason }), ...withdrawnFrom(timedOut, 'offer-timed-out')];
    }
    case 'ride.offered':
    case 'ride.search-continued':
      return withdrawnFrom(event.timedOut, 'offer-timed-out');
    case 'ride.pickup-updated': {
      const { driverId, pickup } = event;
      return driverId ? [notice(driverId, 'PICKUP_UPDATED', { pickup })] : [];
    }
    case 'order.payment-due':
      return [notice(riderId, 'PAYMENT_DUE', { unpaid: event.unpaid, message: paymentDue })];
    case 'ride.picked-up': {
      const { driverId, by } = event;
      const data = { driverId, message: rideTexts.pickedUp };
      const byOperator = by === 'operator' ? [notice(driverId, 'RIDE_PICKED_UP', data)] : [];
      return [notice(riderId, 'RIDE_PICKED_UP', data), ...byOperator];
    }
    case 'ride.given-back':
      return [notice(riderId, 'RIDE_GIVEN_BACK', { reason: event.reason, message: rideTexts.givenBack })];
    case 'ride.overdue': {
      const { driverId, waitsFor, owner } = event;
      return owner === 'driver' ? [notice(driverId, 'RIDE_OVERDUE', { waitsFor, message: rideTexts[waitsFor] })] : [];
    }
    case 'ride.requested':
    case 'ride.offer-declined':
    case 'ride.completed':
      return [];
  }
};

/** An order has its own versions: its notices and their deliveries are named with it. */
const ofOrder = ({ type }: RideEvent): string => (type === 'order.payment-due' ? 'order-' : '');
const orderIdOf = (event: RideEvent): OrderId => ('rideId' in event ? event.rideId : event.orderId);

const notificationOf = (event: RideEvent, { type, data }: Notice): Notification => {
  const { version, at } = event;
  const rideId = orderIdOf(event);
  return { id: `${ofOrder(event)}${notificationId(rideId, version)}`, type, rideId, version, at, ...data };
};

export const rideNoticesWorker =
  (deps: NotifyDeps) =>
  async (event: RideEvent): Promise<void> => {
    const { version } = event;
    const orderId = orderIdOf(event);
    const notified = await Promise.all(
      noticesFor(event).map((notice) => {
        const { to, type } = notice;
        const line = {
          orderId,
          key: `NOTICE#${to}#${ofOrder(event)}${version}`,
          kind: 'notice',
          to,
          type,
          version,
        } as const;
        return notifyOnce(deps, to, line, notificationOf(event, notice));
      }),
    );
    const sent = notified.filter(({ outcome }) => outcome === 'sent').length;
    if (notified.length > 0)
      log.info('Notices', { orderId, event: event.type, sent, outcome: 'sent' }, { NoticeSent: sent });
  };
