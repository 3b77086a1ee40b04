/** The notices of EzPay: to the driver of the argo and the scans of their car, to the customer of their scan. */
import { type NotifyDeps, notificationId, notifyLive, notifyOnce } from '../notify/commands.ts';
import { driverOf, type EzPayDeps } from './commands.ts';
import type { EzPayEvent } from './events.worker.ts';
import { notices, textOf } from './texts.ts';

export type NoticesDeps = NotifyDeps & Pick<EzPayDeps, 'store'>;
type OrderEvent = Extract<EzPayEvent, { scannedAt: string }>;
type Proposed = Extract<EzPayEvent, { type: 'order.finish-proposed' }>;
export type Notice = {
  readonly to: 'customer' | 'driver';
  readonly type: Parameters<typeof notifyOnce>[3]['type'];
  readonly data: Readonly<Record<string, unknown>>;
};

/** Pure: the notices an order's event calls for. */
export const noticesFor = (event: OrderEvent): readonly Notice[] => {
  switch (event.type) {
    case 'ezpay.confirmed':
      return [
        { to: 'customer', type: 'EZPAY_CONFIRMED', data: { legacyState: 2, by: event.by, message: notices.confirmed } },
        {
          to: 'driver',
          type: 'EZPAY_CONFIRMED',
          data: { by: event.by, ...(event.by === 'argo' ? {} : { startArgo: true, message: notices.startArgo }) },
        },
      ];
    // The customer knows these from the answer of POST /ezpay.
    case 'ezpay.waiting':
    case 'ezpay.refused':
      return [{ to: 'driver', type: 'START_ARGO', data: { message: notices.startArgo } }];
    case 'ezpay.driver-asked': {
      const message = notices.pleaseConfirm;
      return [
        { to: 'customer', type: 'EZPAY_DRIVER_ASKED', data: { message: notices.asking } },
        { to: 'driver', type: 'EZPAY_CONFIRM_REQUEST', data: { message, answerUntil: event.cancelAt } },
      ];
    }
    case 'ezpay.cancelled': {
      const { code, message, actions } = textOf(event.reason);
      const notice = { notice: 'ezpay_cancelled', legacyState: -2, reason: code, message, actions };
      return [
        { to: 'customer', type: 'EZPAY_CANCELLED', data: notice },
        { to: 'driver', type: 'EZPAY_CANCELLED', data: { reason: code } },
      ];
    }
    case 'ezpay.judged':
    case 'ezpay.unproven':
    case 'ezpay.wrongly-failed':
    case 'ezpay.rightly-failed':
    case 'ezpay.verified':
    case 'ezpay.contradicted':
    case 'ezpay.trip-ended':
      return [];
  }
};

export const notifyAbout = async (deps: NoticesDeps, event: EzPayEvent): Promise<void> => {
  if (event.type === 'order.finish-proposed') await notifyOfProposal(deps, event);
  else if ('scannedAt' in event) await notifyOfOrder(deps, event);
  else if ('kind' in event && event.changed) await notifyOfArgo(deps, event);
};

/** The driver at that time, not now. An event older than the field notifies no driver rather than the wrong one. */
const driverIn = (event: OrderEvent): string | undefined => ('drivenBy' in event ? event.drivenBy : undefined);

const notifyOfOrder = async (deps: NoticesDeps, event: OrderEvent): Promise<void> => {
  const { orderId, version, at, car } = event;
  await Promise.all(
    noticesFor(event).map(async ({ to, type, data }) => {
      const sub = to === 'customer' ? event.riderId : driverIn(event);
      if (!sub) return;
      const key = `NOTICE#${sub}#EZPAY#${version}`;
      const notification = { id: notificationId(orderId, version), type, rideId: orderId, version, at, car, ...data };
      await notifyOnce(deps, sub, { orderId, key, kind: 'notice', to: sub, type, version }, notification);
    }),
  );
};

const notifyOfArgo = async (deps: NoticesDeps, event: Extract<EzPayEvent, { kind: string }>): Promise<void> => {
  const driverId = await driverOf(deps, event.car);
  if (!driverId) return;
  const { id, car, version, at, argo, since } = event;
  await notifyLive(deps, driverId, { id, type: 'ARGO_CHANGED', event: 'argo.changed', car, version, at, argo, since });
};

/** Its version is the order's, not the scan's: the id is that of the event, so that no app takes one for the other. */
const notifyOfProposal = async (deps: NoticesDeps, event: Proposed): Promise<void> => {
  const { id, orderId, driverId, version, at, fare, stoppedAt, isReminder } = event;
  if (!driverId) return;
  const type = 'FINISH_PROPOSED';
  const message = stoppedAt === undefined ? notices.finishOrSay : notices.pleaseFinish;
  const notification = { id, type, rideId: orderId, version, at, fare, stoppedAt, isReminder, message } as const;
  const key = `NOTICE#${driverId}#FINISH#${version}`;
  await notifyOnce(deps, driverId, { orderId, key, kind: 'notice', to: driverId, type, version }, notification);
};
