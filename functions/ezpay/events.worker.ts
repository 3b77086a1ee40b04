/** The worker of the ezpay queue: joins reports and scans, records outcomes and drivers of cars, notifies people. */
import * as argo from '../../events/argo.ts';
import { carLeft, carTaken } from '../../events/driver.ts';
import { anyOf } from '../../events/event.ts';
import * as ezpay from '../../events/ezpay.ts';
import { log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { type Instant, instant } from '../kernel/types.ts';
import { type MessageOf, message } from '../platform/message.ts';
import { failureRate } from './argo.ts';
import { changeArgo, type EzPayDeps, joinCar, joinOrder, supersede } from './commands.ts';
import { type Failure, provenBy } from './ezpay.ts';
import { type NoticesDeps, notifyAbout } from './notices.ts';

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
  ),
);
export type EzPayEvent = MessageOf<typeof eventMessage>;

type OrderEvent = Extract<EzPayEvent, { orderId: string }>;
type EventOf<Type extends EzPayEvent['type']> = Extract<EzPayEvent, { type: Type }>;

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
    case 'argo.suspect':
    case 'car.moved-off':
      return joinReports(deps, event, at);
    case 'car.taken':
    case 'car.left':
      return applyDriver(deps, event);
    case 'ezpay.waiting':
      return closeRace(deps, event, at);
    case 'ezpay.confirmed':
    case 'ezpay.refused':
      await closeRace(deps, event, at);
      return recordEnding(deps, event, at);
    case 'ezpay.cancelled':
      return recordEnding(deps, event, at);
    case 'ezpay.wrongly-failed':
    case 'ezpay.contradicted':
    case 'ezpay.unproven':
    case 'ezpay.verified':
      return recordLateReport(deps, event, at);
    case 'ezpay.judged':
    case 'ezpay.driver-asked':
    case 'ezpay.rightly-failed':
    case 'ezpay.trip-ended':
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

/** A report written between the scan's read and its marker found no marker; the scan's own event joins it. */
const closeRace = async (
  deps: EzPayDeps,
  { car, orderId, supersedes }: EventOf<'ezpay.waiting' | 'ezpay.confirmed' | 'ezpay.refused'>,
  at: Instant,
): Promise<void> => {
  await joinOrder(deps, car, orderId, at);
  if (supersedes) await supersede(deps, supersedes, orderId, at);
};

type Ending = EventOf<'ezpay.confirmed' | 'ezpay.refused' | 'ezpay.cancelled'>;

const recordEnding = async (deps: EzPayDeps, event: Ending, at: Instant): Promise<void> => {
  await recordOutcome(deps, event, outcomeOf(event));
  count(event, event.type === 'ezpay.confirmed' ? succeeded(event, at) : failed(event.reason));
};

const outcomeOf = (event: Ending): Outcome => {
  if (event.type === 'ezpay.confirmed') return { confirmed: true, proven: provenBy(event.by) };
  const isUnknown = event.type === 'ezpay.refused' || event.reason === 'SCANNED_OTHER_CAR';
  return { confirmed: false, proven: isUnknown ? undefined : false };
};

const succeeded = (event: EventOf<'ezpay.confirmed'>, at: Instant): Metrics => ({
  EzPayConfirmed: 1,
  EzPayFailed: 0,
  EzPayArgoNotStarted: 0,
  EzPayWaitLatency: event.waitedMs,
  ...(event.by === 'argo' ? lag(event, at) : {}),
});

/** What the argo reported, or did not report, after the order had ended. */
const recordLateReport = async (
  deps: EzPayDeps,
  event: EventOf<'ezpay.wrongly-failed' | 'ezpay.contradicted' | 'ezpay.unproven' | 'ezpay.verified'>,
  at: Instant,
): Promise<void> => {
  const fields = { orderId: event.orderId, car: event.car };
  switch (event.type) {
    case 'ezpay.wrongly-failed':
      return log.warn(
        'Order failed wrongly',
        { ...fields, mode: event.mode },
        { EzPayWronglyFailed: 1, ...lag(event, at) },
      );
    case 'ezpay.contradicted':
      return log.warn('Confirmed against the argo', fields, { EzPayContradicted: 1, ...predicted(event.by, 1) });
    case 'ezpay.unproven': {
      const { probability, model } = event;
      log.warn('Confirmed by the predictor, never proven', { ...fields, probability, model }, predicted(event.by, 1));
      return recordOutcome(deps, event, { confirmed: true, proven: false });
    }
    case 'ezpay.verified':
      if (event.by === 'predictor') await recordOutcome(deps, event, { confirmed: true, proven: true });
      return count(event, { EzPayVerified: 1, ...lag(event, at), ...predicted(event.by, 0) });
  }
};

/** Of the predictor's confirmations those that were wrong: the average is the share. */
const predicted = (by: string | undefined, wrong: 0 | 1): Metrics =>
  by === 'predictor' ? { EzPayPredictorWrong: wrong } : {};

/** `proven`: by a report of the argo; undefined while that is unknown. */
type Outcome = { readonly confirmed: boolean; readonly proven: boolean | undefined };

const recordOutcome = async (
  deps: EzPayDeps,
  { car, orderId, at }: OrderEvent,
  { confirmed, proven }: Outcome,
): Promise<void> => {
  const command = { type: 'record-outcome', orderId, confirmed, proven, at: instant(Date.parse(at)) } as const;
  const { decision, state } = await changeArgo(deps, car, command);
  const rate = state && failureRate(state);
  if (decision.outcome === 'happened' && !confirmed && rate !== undefined && rate >= 0.5)
    log.warn('Car fails often', { car, orderId, rate }, { EzPayCarFailing: 1 });
};

const applyDriver = async (deps: EzPayDeps, event: EventOf<'car.taken' | 'car.left'>): Promise<void> => {
  const [driverId, at] = [event.driverId, instant(Date.parse(event.at))];
  const left = event.type === 'car.left' ? event.car : event.left;
  if (left) await changeArgo(deps, left, { type: 'drive', driverId, drives: false, at });
  if (event.type === 'car.taken') await changeArgo(deps, event.car, { type: 'drive', driverId, drives: true, at });
};

const failed = (reason: Failure): Metrics => {
  switch (reason) {
    case 'ARGO_NOT_STARTED':
      return { EzPayFailed: 1, EzPayArgoNotStarted: 1 };
    case 'DRIVER_DENIED':
      return { EzPayFailed: 1, EzPayArgoNotStarted: 0, EzPayDriverDenied: 1 };
    // The customer rides in another car: neither a success nor a failure.
    case 'SCANNED_OTHER_CAR':
      return { EzPaySuperseded: 1 };
  }
};

/** From the scan to the argo's report. */
const lag = ({ scannedAt }: OrderEvent, at: Instant): Metrics => ({
  EzPayArgoLag: Math.max(0, at - Date.parse(scannedAt)),
});

const count = ({ orderId, car, type, mode }: OrderEvent, metrics: Metrics): void =>
  log.info('Decided', { orderId, car, event: type, mode, outcome: 'happened' }, metrics);
