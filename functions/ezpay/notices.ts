/** Who is told what: the driver sees his car's argo and is asked for his word, the customer learns what became of his scan. */
import { type NotifyDeps, notificationId, notifyLive, notifyOnce } from '../notify/commands.ts';
import { driverOf, type EzPayDeps } from './commands.ts';
import type { EzPayEvent } from './events.worker.ts';
import { notices, textOf } from './texts.ts';

export type NoticesDeps = NotifyDeps & Pick<EzPayDeps, 'store'>;
type OrderEvent = Extract<EzPayEvent, { orderId: string }>;
type Type = Parameters<typeof notifyOnce>[3]['type'];
export type Notice = {
  readonly to: 'customer' | 'driver';
  readonly type: Type;
  readonly data: Readonly<Record<string, unknown>>;
};

/** Pure: the notices an order's event calls for. */
export const noticesFor = (event: OrderEvent): readonly Notice[] => {
  switch (event.type) {
    case 'ezpay.confirmed':
      return [
        { to: 'customer', type: 'EZPAY_CONFIRMED', data: { legacyState: 2, by: event.by, message: notices.confirmed } },
        { to: 'driver', type: 'EZPAY_CONFIRMED', data: { by: event.by } },
      ];
    case 'ezpay.driver-asked':
      return [
        { to: 'customer', type: 'EZPAY_DRIVER_ASKED', data: { message: notices.asking } },
        {
          to: 'driver',
          type: 'EZPAY_CONFIRM_REQUEST',
          data: { message: notices.pleaseConfirm, answerUntil: event.cancelAt },
        },
      ];
    case 'ezpay.cancelled': {
      const { code, message, actions } = textOf(event.reason);
      const notice = { notice: 'ezpay_cancelled', legacyState: -2, reason: code, message, actions };
      return [
        { to: 'customer', type: 'EZPAY_CANCELLED', data: notice },
        { to: 'driver', type: 'EZPAY_CANCELLED', data: { reason: code } },
      ];
    }
    // The answer of POST /ezpay has told these already.
    case 'ezpay.waiting':
    case 'ezpay.refused':
      return [];
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
  if ('orderId' in event) await notifyOfOrder(deps, event);
  else if ('kind' in event && event.changed) await notifyOfArgo(deps, event);
};

/** The driver of that time, not of now. Events older than the field go to no driver rather than to the wrong one. */
const driverIn = (event: OrderEvent): string | undefined => ('drivenBy' in event ? event.drivenBy : undefined);

const notifyOfOrder = async (deps: NoticesDeps, event: OrderEvent): Promise<void> => {
  const orderId = event.orderId;
  await Promise.all(
    noticesFor(event).map(async ({ to, type, data }) => {
      const sub = to === 'customer' ? event.riderId : driverIn(event);
      if (!sub) return;
      const line = {
        orderId,
        key: `NOTICE#${sub}#EZPAY#${event.version}`,
        kind: 'notice' as const,
        to: sub,
        type,
        version: event.version,
      };
      const { version, at, car } = event;
      await notifyOnce(deps, sub, line, {
        id: notificationId(orderId, version),
        type,
        rideId: orderId,
        version,
        at,
        car,
        ...data,
      });
    }),
  );
};

const notifyOfArgo = async (deps: NoticesDeps, event: Extract<EzPayEvent, { kind: string }>): Promise<void> => {
  const driverId = await driverOf(deps, event.car);
  if (!driverId) return;
  const { id, car, version, at, argo, since } = event;
  await notifyLive(deps, driverId, { id, type: 'ARGO_CHANGED', event: 'argo.changed', car, version, at, argo, since });
};
