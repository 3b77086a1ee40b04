/** The rules of an EzPay order: a scan is confirmed by what speaks for the trip, waits for it in sight, or is refused with a reason. */
import {
  ezpayCancelled,
  ezpayConfirmed,
  ezpayContradicted,
  ezpayDriverAsked,
  ezpayJudged,
  ezpayRefused,
  ezpayRightlyFailed,
  ezpayTripEnded,
  ezpayUnproven,
  ezpayVerified,
  ezpayWaiting,
  ezpayWronglyFailed,
} from '../../events/ezpay.ts';
import { type Decision, type Happened, happened, nothing, type Refusal, refused } from '../kernel/decision.ts';
import { after, type DriverId, type Instant, iso, type OrderId } from '../kernel/types.ts';
import { type Run, remembers, runAt, sameRun, timelineOf } from './argo.timeline.ts';
import { type Argo, lastSuccess, newsOf } from './argo.ts';
import {
  type EzPay,
  type EzPayFact,
  type Failure,
  hasFailed,
  isOpen,
  isPatient,
  isWronglyFailed,
  legacyState,
  type OpenEzPay,
  type Scan,
  type Witness,
} from './ezpay.ts';
import type { Prediction } from './predictor.ts';

export type ScanCode = {
  readonly type: 'scan';
  readonly scan: Scan;
  readonly argo: Argo;
  readonly graceMs: number;
  readonly prediction?: Prediction | undefined;
};
/** The car's reports have changed, or were read again. */
export type Join = {
  readonly type: 'join';
  readonly argo: Argo;
  readonly at: Instant;
  readonly prediction?: Prediction | undefined;
};
export type Answer = {
  readonly type: 'answer';
  readonly driverId: DriverId;
  readonly confirmed: boolean;
  readonly at: Instant;
};
/** Who drives the car at that moment: the driver that notices of it go to, however late they come. */
type Moment = { readonly at: Instant; readonly drivenBy?: DriverId | undefined };
export type Supersede = Moment & { readonly type: 'supersede'; readonly by: OrderId };
/** The deadline of an order: the driver is asked, or the order is cancelled. */
export type Deadline = Moment & { readonly type: 'deadline' };
export type EzPayCommand = Join | Answer | Supersede | Deadline;
type EzPayDecision = Decision<EzPay, EzPayFact>;

/** How long the proof of an order is waited for that the predictor alone confirmed; the worst report seen was 52 minutes late. */
export const proofMs = 2 * 3_600_000;

export const scan = ({ scan, argo, graceMs, prediction }: ScanCode): Happened<EzPay, EzPayFact> => {
  const { scannedAt: at } = scan;
  const trip = tripOf(scan, argo);
  const witness = witnessOf(trip, { scan, argo, graceMs, prediction });
  const judgement = trip || !prediction ? {} : judgementOf(prediction);
  if (witness)
    return happened(
      { ...scan, trip, status: 'CONFIRMED', witness, at, ...proofOf(witness, at) },
      at,
      confirmed(scan, witness, { at, judgement, drivenBy: argo.driver?.driverId }),
    );
  if (isPatient(scan)) {
    const askAt = after(at, scan.windowMs);
    return happened(
      { ...scan, status: 'WAITING', askAt, ...judgedBy(argo, prediction) },
      at,
      ezpayWaiting({ ...scanData(scan), askAt: iso(askAt), supersedes: scan.supersedes, ...judgement }),
    );
  }
  return happened(
    { ...scan, status: 'REFUSED', reason: 'ARGO_NOT_STARTED', at },
    at,
    ezpayRefused({ ...scanData(scan), reason: 'ARGO_NOT_STARTED', supersedes: scan.supersedes, ...judgement }),
  );
};

const tripOf = ({ scannedAt, windowMs }: Scan, argo: Argo): Run | undefined =>
  runAt(timelineOf(argo.events).runs, scannedAt, windowMs);

/** In this order: the argo, a recent order, and, where it may shorten a wait, the predictor. */
const witnessOf = (
  trip: Run | undefined,
  { scan, argo, graceMs, prediction }: Omit<ScanCode, 'type'>,
): Witness | undefined => {
  if (trip) return { by: 'argo' };
  if (scan.mode === 'strict') return undefined;
  const lastOrder = lastSuccess(argo);
  if (lastOrder && scan.scannedAt - lastOrder.at < graceMs) return { by: 'grace', orderId: lastOrder.orderId };
  return isPatient(scan) && prediction?.sure ? predictorOf(prediction) : undefined;
};

const predictorOf = ({ probability, model }: Prediction): Witness => ({ by: 'predictor', probability, model });

/** What the predictor said, kept in the story: models are trained on it, and their calibration is watched by it. */
const judgementOf = ({ probability, model, evidence }: Prediction) => ({ probability, model, evidence });

const judgedBy = (argo: Argo, prediction: Prediction | undefined): { readonly judgedBy?: number } =>
  prediction ? { judgedBy: newsOf(argo) } : {};

const proofOf = (witness: Witness, at: Instant): { readonly proofBy?: Instant } =>
  witness.by === 'predictor' ? { proofBy: after(at, proofMs) } : {};

export const decide = (command: EzPayCommand, order: EzPay | undefined): EzPayDecision => {
  if (!order) return refused(refusals.unknown);
  switch (command.type) {
    case 'join':
      return join(command, order);
    case 'answer':
      return answer(command, order);
    case 'supersede':
      return supersede(command, order);
    case 'deadline':
      return deadline(command, order);
  }
};

const join = ({ argo, at, prediction }: Join, order: EzPay): EzPayDecision => {
  if (!remembers(argo.events, order.scannedAt)) return nothing('forgotten');
  const trip = tripOf(order, argo);
  if (isOpen(order))
    return trip
      ? confirm(order, { by: 'argo' }, { trip, at, drivenBy: argo.driver?.driverId })
      : judge(order, argo, { prediction, at });
  if (sameRun(trip, order.trip)) return nothing('same-trip');
  const next = withTrip(order, trip);
  return happened(next, at, ...news(order, next));
};

/** A trip proves what the predictor said. */
const withTrip = (order: Exclude<EzPay, OpenEzPay>, trip: Run | undefined): EzPay => {
  if (order.status !== 'CONFIRMED' || !trip) return { ...order, trip };
  const { proofBy: _, ...proven } = order;
  return { ...proven, trip };
};

/** What is news for the car can make the predictor sure; what is not is judged once. */
const judge = (order: OpenEzPay, argo: Argo, { prediction, at }: Pick<Join, 'prediction' | 'at'>): EzPayDecision => {
  if (!prediction || newsOf(argo) <= (order.judgedBy ?? -1)) return nothing('no-trip-yet');
  if (prediction.sure)
    return confirm(order, predictorOf(prediction), {
      at,
      judgement: judgementOf(prediction),
      drivenBy: argo.driver?.driverId,
    });
  return happened(
    { ...order, ...judgedBy(argo, prediction) },
    at,
    ezpayJudged({ ...orderData(order), ...judgementOf(prediction) }),
  );
};

/** What a report that comes after the decision says about it. */
const news = (order: EzPay, next: EzPay): readonly EzPayFact[] => {
  if (hasFailed(order)) {
    const [was, is] = [isWronglyFailed(order), isWronglyFailed(next)];
    return was === is
      ? []
      : [(is ? ezpayWronglyFailed : ezpayRightlyFailed)({ ...orderData(next), ...tripData(next) })];
  }
  if (!next.trip) return [ezpayContradicted({ ...orderData(next), by: witnessIn(next) })];
  if (!order.trip) return [ezpayVerified({ ...orderData(next), ...tripData(next), by: witnessIn(next) })];
  return next.trip.stoppedAt === order.trip.stoppedAt
    ? []
    : [ezpayTripEnded({ ...orderData(next), ...tripData(next) })];
};

type Believed = Moment & { readonly trip?: Run; readonly judgement?: Partial<ReturnType<typeof judgementOf>> };
const confirm = (order: EzPay, witness: Witness, { trip, at, ...rest }: Believed): EzPayDecision =>
  happened(
    { ...scanOf(order), trip, status: 'CONFIRMED', witness, at, ...proofOf(witness, at) },
    at,
    confirmed(order, witness, { at, ...rest }),
  );

const answer = ({ driverId, confirmed: says, at }: Answer, order: EzPay): EzPayDecision => {
  if (order.status === 'CONFIRMED') return says ? nothing('already-confirmed') : refused(refusals.confirmedAlready);
  if (!isOpen(order))
    return !says && order.reason === 'DRIVER_DENIED' ? nothing('already-denied') : refused(refusals.closed);
  const moment = { at, drivenBy: driverId };
  return says ? confirm(order, { by: 'driver', driverId }, moment) : cancel(order, 'DRIVER_DENIED', moment);
};

const supersede = (command: Supersede, order: EzPay): EzPayDecision =>
  isOpen(order) && order.orderId !== command.by ? cancel(order, 'SCANNED_OTHER_CAR', command) : nothing('not-open');

const deadline = (command: Deadline, order: EzPay): EzPayDecision => {
  const { at } = command;
  switch (order.status) {
    case 'WAITING':
      return at < order.askAt ? nothing('too-early') : ask(order, command);
    case 'ASKING':
      return at < order.cancelAt ? nothing('too-early') : cancel(order, 'ARGO_NOT_STARTED', command);
    case 'CONFIRMED':
      if (order.proofBy === undefined) return nothing('not-open');
      return at < order.proofBy ? nothing('too-early') : unproven(order, at);
    case 'REFUSED':
    case 'CANCELLED':
      return nothing('not-open');
  }
};

/** Only the predictor's confirmations are to be proven. */
const unproven = ({ proofBy: _, ...order }: Extract<EzPay, { status: 'CONFIRMED' }>, at: Instant): EzPayDecision => {
  const { witness } = order;
  if (witness.by !== 'predictor') return happened(order, at);
  const { by, probability, model } = witness;
  return happened(order, at, ezpayUnproven({ ...orderData(order), by, probability, model }));
};

const ask = (order: OpenEzPay, { at, drivenBy }: Moment): EzPayDecision => {
  const cancelAt = after(at, order.answerMs);
  return happened(
    { ...scanOf(order), judgedBy: order.judgedBy, status: 'ASKING', askedAt: at, cancelAt },
    at,
    ezpayDriverAsked({ ...orderData(order), cancelAt: iso(cancelAt), drivenBy }),
  );
};

const cancel = (order: EzPay, reason: Failure, { at, drivenBy }: Moment): EzPayDecision => {
  const closed: EzPay = { ...scanOf(order), trip: order.trip, status: 'CANCELLED', reason, at };
  return happened(closed, at, ezpayCancelled({ ...orderData(closed), reason, drivenBy }));
};

const scanOf = (order: Scan): Scan => {
  const { orderId, customerId, car, paymentMethod, scannedAt, mode, windowMs, answerMs, supersedes, beside } = order;
  return {
    orderId,
    customerId,
    car,
    paymentMethod,
    scannedAt,
    mode,
    windowMs,
    answerMs,
    ...(supersedes ? { supersedes } : {}),
    ...(beside ? { beside } : {}),
  };
};

const scanData = (scan: Scan) => ({
  orderId: scan.orderId,
  riderId: scan.customerId,
  car: scan.car,
  mode: scan.mode,
  scannedAt: iso(scan.scannedAt),
});
const orderData = (order: EzPay) => ({ ...scanData(order), legacyState: legacyState(order) });

const confirmed = (order: Scan, witness: Witness, { at, judgement, drivenBy }: Omit<Believed, 'trip'>): EzPayFact =>
  ezpayConfirmed({
    ...scanData(scanOf(order)),
    ...judgement,
    ...witnessData(witness),
    paymentMethod: order.paymentMethod,
    waitedMs: at - order.scannedAt,
    supersedes: order.supersedes,
    drivenBy,
  });

const witnessIn = (order: EzPay): Witness['by'] | undefined =>
  order.status === 'CONFIRMED' ? order.witness.by : undefined;

const witnessData = (witness: Witness) => {
  switch (witness.by) {
    case 'argo':
      return { by: witness.by };
    case 'grace':
      return { by: witness.by, recentOrderId: witness.orderId };
    case 'driver':
      return { by: witness.by, driverId: witness.driverId };
    case 'predictor':
      return { by: witness.by, probability: witness.probability, model: witness.model };
  }
};

const tripData = ({ trip }: EzPay) => ({
  startedAt: trip && 'startedAt' in trip ? iso(trip.startedAt) : undefined,
  stoppedAt: trip?.stoppedAt === undefined ? undefined : iso(trip.stoppedAt),
});

export const refusals = {
  unknown: {
    code: 'EZPAY_NOT_FOUND',
    message:
      'There is no EzPay order with this id that is yours or of your car. Check the id, the token and the car you report.',
    status: 404,
  },
  confirmedAlready: {
    code: 'EZPAY_CONFIRMED',
    message: 'This order is confirmed already; the customer pays it in the app.',
  },
  closed: { code: 'EZPAY_CLOSED', message: 'This order is closed. Ask the customer to scan the code again.' },
} as const satisfies Record<string, Refusal>;
