/** The worker of the ezpay queue: joins reports and scans, records outcomes and drivers of cars, notifies people. */
import * as argo from '../../events/argo.ts';
import { carLeft, carTaken } from '../../events/driver.ts';
import { anyOf } from '../../events/event.ts';
import * as ezpay from '../../events/ezpay.ts';
import { orderFinishOverdue, orderFinishProposed } from '../../events/order.ts';
import { followArgo } from '../dispatch/commands.ts';
import { log } from '../kernel/log.ts';
import { rupiah } from '../kernel/rupiah.ts';
import { type Instant, instant } from '../kernel/types.ts';
import { type MessageOf, message } from '../platform/message.ts';
import { changeArgo, type EzPayDeps, ezpayOf, joinCar, joinOrder, supersede } from './commands.ts';
import type { EzPay } from './ezpay.ts';
import { type NoticesDeps, notifyAbout } from './notices.ts';
import { recordEnding, recordLateReport } from './outcomes.ts';
import { followDriver, proposeFinishOfScan } from './trip-end.ts';

export const eventMessage = message(
  anyOf(
    argo.argoStarted,
    argo.argoStopped,
    argo.argoSuspect,
    argo.carMovedOff,
    ezpay.ezpayWaiting,
    ezpay.ezpayRefused,
    ezpay.ezpayJudged,
    ezpay.ezpayConfirmed,
    ezpay.ezpayConfirmationRequested,
    ezpay.ezpayCancelled,
    ezpay.ezpayWronglyFailed,
    ezpay.ezpayRightlyFailed,
    ezpay.ezpayVerified,
    ezpay.ezpayContradicted,
    ezpay.ezpayUnproven,
    ezpay.ezpayTripEnded,
    carTaken,
    carLeft,
    orderFinishProposed,
    orderFinishOverdue,
  ),
);
export type EzPayEvent = MessageOf<typeof eventMessage>;

export type EventOf<Type extends EzPayEvent['type']> = Extract<EzPayEvent, { type: Type }>;

export const eventsWorker =
  (deps: EzPayDeps & NoticesDeps) =>
  async (event: EzPayEvent): Promise<void> => {
    await applyEvent(deps, event, deps.now());
    await notifyAbout(deps, event);
  };

const applyEvent = async (deps: EzPayDeps, event: EzPayEvent, at: Instant): Promise<void> => {
  switch (event.type) {
    case 'argo.started':
    case 'argo.stopped':
      await joinReports(deps, event, at);
      return followMeter(deps, event, at);
    case 'argo.suspect':
    case 'car.moved-off':
      return joinReports(deps, event, at);
    case 'car.taken':
    case 'car.left':
      return applyDriver(deps, event, at);
    case 'ezpay.waiting':
      await closeRace(deps, event, at);
      return;
    case 'ezpay.confirmed':
    case 'ezpay.refused': {
      const scan = await closeRace(deps, event, at);
      await recordEnding(deps, event, at);
      return proposeFinishOfScan(deps, scan, at);
    }
    case 'ezpay.cancelled':
      return recordEnding(deps, event, at);
    case 'ezpay.wrongly-failed':
    case 'ezpay.contradicted':
    case 'ezpay.unproven':
      return recordLateReport(deps, event, at);
    case 'ezpay.verified':
      await recordLateReport(deps, event, at);
      return proposeFinishOfScan(deps, await ezpayOf(deps, event.orderId), at);
    case 'ezpay.trip-ended':
      return proposeFinishOfScan(deps, await ezpayOf(deps, event.orderId), at);
    case 'order.finish-overdue':
      return reportOverdue(event);
    case 'order.finish-proposed':
    case 'ezpay.judged':
    case 'ezpay.driver-asked':
    case 'ezpay.rightly-failed':
      return;
  }
};

const joinReports = async (
  deps: EzPayDeps,
  { car, type }: EventOf<'argo.started' | 'argo.stopped' | 'argo.suspect' | 'car.moved-off'>,
  at: Instant,
): Promise<void> => {
  const orders = await joinCar(deps, car, at);
  if (orders > 0) log.info('Reports joined', { car, event: type, orders });
};

/** The driver is occupied while it runs; a stop ends their trip. */
const followMeter = async (
  deps: EzPayDeps,
  { type, car, drivenBy: driverId, happenedAt, fare }: EventOf<'argo.started' | 'argo.stopped'>,
  at: Instant,
): Promise<void> => {
  if (!driverId) return;
  const stop = {
    stoppedAt: instant(Date.parse(happenedAt)),
    fare: fare === undefined ? undefined : rupiah(fare),
  };
  await followDriver(deps, { driverId, car }, { stop: type === 'argo.stopped' ? stop : undefined, at });
};

const reportOverdue = ({ orderId, driverId, owner, since }: EventOf<'order.finish-overdue'>): void =>
  log.warn('Trip not finished', { orderId, driverId, owner, since }, { TripNotFinished: 1 });

/** A report written between the scan's read and its marker found no marker; the scan's own event joins it. */
const closeRace = async (
  deps: EzPayDeps,
  { car, orderId, supersedes }: EventOf<'ezpay.waiting' | 'ezpay.confirmed' | 'ezpay.refused'>,
  at: Instant,
): Promise<EzPay | undefined> => {
  const scan = await joinOrder(deps, car, orderId, at);
  if (supersedes) await supersede(deps, supersedes, orderId, at);
  return scan;
};

const applyDriver = async (deps: EzPayDeps, event: EventOf<'car.taken' | 'car.left'>, now: Instant): Promise<void> => {
  const [driverId, at] = [event.driverId, instant(Date.parse(event.at))];
  const left = event.type === 'car.left' ? event.car : event.left;
  if (left) await changeArgo(deps, left, { type: 'drive', driverId, drives: false, at });
  if (event.type === 'car.taken') await changeArgo(deps, event.car, { type: 'drive', driverId, drives: true, at });
  await followArgo(deps, driverId, now);
};
