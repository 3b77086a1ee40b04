/** The worker of the ezpay queue: joins reports and scans, keeps what a car earned and who drives it, and tells the people concerned. */
import * as argo from '../../events/argo.ts';
import { carLeft, carTaken } from '../../events/driver.ts';
import { anyOf } from '../../events/event.ts';
import * as ezpay from '../../events/ezpay.ts';
import { log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import type { Instant } from '../kernel/types.ts';
import { type MessageOf, message } from '../platform/message.ts';
import { failureRate } from './argo.ts';
import { changeArgo, type EzPayDeps, joinCar, joinOrder, supersede } from './commands.ts';
import { provenBy } from './ezpay.ts';
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
    ezpay.ezpayDriverAsked,
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

export type EventsDeps = EzPayDeps & NoticesDeps;
type OrderEvent = Extract<EzPayEvent, { orderId: string }>;

export const eventsWorker =
  (deps: EventsDeps) =>
  async (event: EzPayEvent): Promise<void> => {
    const at = deps.now();
    await settled(deps, event, at);
    await notifyAbout(deps, event);
  };

const settled = async (deps: EventsDeps, event: EzPayEvent, at: Instant): Promise<void> => {
  switch (event.type) {
    case 'argo.started':
    case 'argo.stopped':
    case 'argo.suspect':
    case 'car.moved-off':
      return joined(deps, event, at);
    case 'ezpay.waiting':
      await closeRace(deps, event, at);
      return;
    case 'ezpay.confirmed':
      await closeRace(deps, event, at);
      await keep(deps, event, { confirmed: true, proven: provenBy(event.by) });
      count(event, {
        EzPayConfirmed: 1,
        EzPayFailed: 0,
        EzPayArgoNotStarted: 0,
        EzPayWaitLatency: event.waitedMs,
        ...lag(event, at),
      });
      return;
    case 'ezpay.refused':
      await closeRace(deps, event, at);
      await keep(deps, event, { confirmed: false });
      count(event, { EzPayFailed: 1, EzPayArgoNotStarted: 1 });
      return;
    case 'ezpay.cancelled':
      await keep(deps, event, { confirmed: false, proven: event.reason === 'SCANNED_OTHER_CAR' ? undefined : false });
      count(event, failed(event.reason));
      return;
    case 'ezpay.wrongly-failed':
      log.warn(
        'Order failed wrongly',
        { orderId: event.orderId, car: event.car, mode: event.mode },
        { EzPayWronglyFailed: 1, ...lag(event, at) },
      );
      return;
    case 'ezpay.contradicted':
      log.warn(
        'Confirmed against the argo',
        { orderId: event.orderId, car: event.car },
        { EzPayContradicted: 1, ...predicted(event.by, 1) },
      );
      return;
    case 'ezpay.unproven':
      log.warn(
        'Confirmed by the predictor, never proven',
        { orderId: event.orderId, car: event.car, probability: event.probability, model: event.model },
        predicted(event.by, 1),
      );
      await keep(deps, event, { confirmed: true, proven: false });
      return;
    case 'ezpay.verified':
      if (event.by === 'predictor') await keep(deps, event, { confirmed: true, proven: true });
      count(event, { EzPayVerified: 1, ...lag(event, at), ...predicted(event.by, 0) });
      return;
    case 'car.taken':
    case 'car.left':
      return drives(deps, event);
    case 'ezpay.judged':
    case 'ezpay.driver-asked':
    case 'ezpay.rightly-failed':
    case 'ezpay.trip-ended':
      return;
  }
};

/** Of what the predictor confirmed, what proved wrong: the average is the share. */
const predicted = (by: string | undefined, wrong: 0 | 1): Metrics =>
  by === 'predictor' ? { EzPayPredictorWrong: wrong } : {};

const joined = async (
  deps: EventsDeps,
  { car, type }: Pick<EzPayEvent & { kind: string }, 'car'> & { readonly type: string },
  at: Instant,
): Promise<void> => {
  const orders = await joinCar(deps, car, at);
  if (orders > 0) log.info('Joined', { car, event: type, orders });
};

/** A report written between the scan's read of the car and its marker saw no marker; the scan's own event looks again. */
const closeRace = async (
  deps: EventsDeps,
  { car, orderId, supersedes }: Extract<EzPayEvent, { supersedes?: unknown }> & OrderEvent,
  at: Instant,
): Promise<void> => {
  await joinOrder(deps, car, orderId, at);
  if (supersedes) await supersede(deps, supersedes, orderId, at);
};

type Kept = { readonly confirmed: boolean; readonly proven?: boolean | undefined };

const keep = async (deps: EventsDeps, { car, orderId, at }: OrderEvent, { confirmed, proven }: Kept): Promise<void> => {
  const command = {
    type: 'settle',
    orderId: orderId,
    confirmed,
    proven,
    at: Date.parse(at) as Instant,
  } as const;
  const { decision, state } = await changeArgo(deps, car, command);
  const rate = state && failureRate(state);
  if (decision.outcome === 'happened' && !confirmed && rate !== undefined && rate >= 0.5)
    log.warn('Car fails often', { car, orderId, rate }, { EzPayCarFailing: 1 });
};

const drives = async (
  deps: EventsDeps,
  event: Extract<EzPayEvent, { type: 'car.taken' | 'car.left' }>,
): Promise<void> => {
  const [driverId, at] = [event.driverId, Date.parse(event.at) as Instant];
  const left = event.type === 'car.left' ? event.car : event.left;
  if (left) await changeArgo(deps, left, { type: 'drive', driverId, drives: false, at });
  if (event.type === 'car.taken') await changeArgo(deps, event.car, { type: 'drive', driverId, drives: true, at });
};

const failed = (reason: 'ARGO_NOT_STARTED' | 'DRIVER_DENIED' | 'SCANNED_OTHER_CAR'): Metrics => {
  switch (reason) {
    case 'ARGO_NOT_STARTED':
      return { EzPayFailed: 1, EzPayArgoNotStarted: 1 };
    case 'DRIVER_DENIED':
      return { EzPayFailed: 1, EzPayArgoNotStarted: 0, EzPayDriverDenied: 1 };
    // The customer went on in another car: neither a success nor a failure.
    case 'SCANNED_OTHER_CAR':
      return { EzPaySuperseded: 1 };
  }
};

/** From the scan to the argo's word. */
const lag = (event: OrderEvent, at: Instant): Metrics =>
  event.type === 'ezpay.confirmed' && event.by !== 'argo'
    ? {}
    : { EzPayArgoLag: Math.max(0, at - Date.parse(event.scannedAt)) };

const count = (event: OrderEvent, metrics: Metrics): void =>
  log.info(
    'Decided',
    { orderId: event.orderId, car: event.car, event: event.type, mode: event.mode, outcome: 'happened' },
    metrics,
  );
