/** Who is told what: the driver sees his car's argo and is asked for his word, the customer learns what became of his scan. */
import type { EzPayFact } from '../../events/ezpay.ts';
import type { CarId, OrderId } from '../kernel/types.ts';
import { type NotifyDeps, notificationId, tellLive, tellOnce } from '../notify/commands.ts';
import { driverOf, type EzPayDeps } from './commands.ts';
import { notices, tell } from './texts.ts';

export type NoticesDeps = NotifyDeps & Pick<EzPayDeps, 'store'>;
type OrderFact = Extract<EzPayFact, { orderId: string }>;
type Type = Parameters<typeof tellOnce>[3]['type'];
export type Notice = {
  readonly to: 'customer' | 'driver';
  readonly type: Type;
  readonly data: Readonly<Record<string, unknown>>;
};

/** Pure: the notices an order's event calls for. */
export const noticesFor = (event: OrderFact): readonly Notice[] => {
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
      const { code, message, actions } = tell(event.reason);
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

export const tellAbout = async (deps: NoticesDeps, event: EzPayFact): Promise<void> => {
  if ('orderId' in event) await tellOrder(deps, event);
  else if ('kind' in event && event.changed) await tellArgo(deps, event);
};

/** The driver of that time, not of now. Events older than the field go to no driver rather than to the wrong one. */
const driverIn = (event: OrderFact): string | undefined => ('drivenBy' in event ? event.drivenBy : undefined);

const tellOrder = async (deps: NoticesDeps, event: OrderFact): Promise<void> => {
  const orderId = event.orderId as OrderId;
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
      await tellOnce(deps, sub, line, {
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

const tellArgo = async (deps: NoticesDeps, event: Extract<EzPayFact, { kind: string }>): Promise<void> => {
  const driverId = await driverOf(deps, event.car as CarId);
  if (!driverId) return;
  const { id, car, version, at, argo, since } = event;
  await tellLive(deps, driverId, { id, type: 'ARGO_CHANGED', event: 'argo.changed', car, version, at, argo, since });
};
