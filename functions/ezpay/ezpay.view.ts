/** An EzPay order and an argo as their apps see them. */
import { iso } from '../kernel/types.ts';
import { nowOf, type Run, type Timeline, timelineOf } from './argo.timeline.ts';
import type { Argo } from './argo.ts';
import type { ArgoView, OrderView } from './ezpay.answers.ts';
import { type EzPay, isWronglyFailed, legacyState } from './ezpay.ts';
import { notices, textOf } from './texts.ts';

const statusView = (order: EzPay): Partial<OrderView> => {
  switch (order.status) {
    case 'WAITING':
      return { until: iso(order.askAt), message: notices.waiting };
    case 'ASKING':
      return { until: iso(order.cancelAt), message: notices.asking };
    case 'CONFIRMED':
      return { confirmedBy: order.witness.by, endedAt: iso(order.at), message: notices.confirmed };
    case 'REFUSED':
    case 'CANCELLED': {
      const { message, actions } = textOf(order.reason);
      return { reason: order.reason, endedAt: iso(order.at), message, actions: [...actions] };
    }
  }
};

const tripView = (run: Run): NonNullable<OrderView['trip']> => ({
  ...('startedAt' in run ? { startedAt: iso(run.startedAt) } : {}),
  ...(run.stoppedAt === undefined ? {} : { stoppedAt: iso(run.stoppedAt) }),
});

export const orderView = (order: EzPay, version: number): OrderView => ({
  orderId: order.orderId,
  status: order.status,
  legacyState: legacyState(order),
  version,
  car: order.car,
  paymentMethod: order.paymentMethod,
  mode: order.mode,
  scannedAt: iso(order.scannedAt),
  ...statusView(order),
  ...(order.trip ? { trip: tripView(order.trip) } : {}),
  ...(isWronglyFailed(order) ? { wronglyFailed: true } : {}),
});

/** The question to the driver, as in the notice. */
export const askingView = (
  order: Extract<EzPay, { status: 'ASKING' }>,
  version: number,
): ArgoView['asking'][number] => ({
  orderId: order.orderId,
  version,
  askedAt: iso(order.askedAt),
  answerUntil: iso(order.cancelAt),
  message: notices.pleaseConfirm,
});

const reportView = ({ event, doubt }: Timeline['placed'][number]): NonNullable<ArgoView['lastReport']> => {
  const [deviceTime, receivedAt] = [iso(event.deviceTime), iso(event.receivedAt)];
  return { kind: event.kind, deviceTime, receivedAt, ...(doubt ? { doubt } : {}) };
};

export const argoView = (argo: Argo, version: number): Omit<ArgoView, 'asking'> => {
  const timeline = timelineOf(argo.events);
  const { status, since } = nowOf(timeline);
  const last = timeline.placed.at(-1);
  return {
    car: argo.car,
    argo: status,
    ...(since === undefined ? {} : { since: iso(since) }),
    version,
    ...(last ? { lastReport: reportView(last) } : {}),
    ...(argo.gps ? { position: { ...argo.gps, at: iso(argo.gps.at) } } : {}),
    ...(argo.driver ? { driverId: argo.driver.driverId } : {}),
  };
};
