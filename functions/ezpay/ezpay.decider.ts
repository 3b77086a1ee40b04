/** The rules of an EzPay order after its scan: reports, the driver, a scan in another car and deadlines. */
import { ezpayCancelled, ezpayConfirmationRequested, ezpayJudged, ezpayUnproven } from '../../events/ezpay.ts';
import { type Decision, happened, nothing, type Refusal, refused } from '../kernel/decision.ts';
import { after, type DriverId, type Instant, iso, type OrderId } from '../kernel/types.ts';
import { type Run, remembers, sameRun } from './argo.timeline.ts';
import { type Argo, lastEvidenceAt } from './argo.ts';
import type { Confirmation, Moment } from './ezpay.facts.ts';
import { confirmedFact, lateReportFacts, orderData, predictionData } from './ezpay.facts.ts';
import { type EzPay, type EzPayFact, type Failure, isOpen, type OpenEzPay, type Scan, type Witness } from './ezpay.ts';
import type { Prediction } from './predictor.ts';
import { judgedBy, predictorOf, proofOf, tripOf } from './scan.decider.ts';

type Judging = { readonly at: Instant; readonly prediction?: Prediction | undefined };
/** The car's reports have changed, or were read again. */
type Join = Judging & { readonly type: 'join'; readonly argo: Argo };
export type Answer = { readonly driverId: DriverId; readonly confirmed: boolean; readonly at: Instant };
type Supersede = Moment & { readonly type: 'supersede'; readonly by: OrderId };
/** The deadline of an order: the driver is asked, or the order is cancelled. */
type Deadline = Moment & { readonly type: 'deadline' };
export type EzPayCommand = Join | (Answer & { readonly type: 'answer' }) | Supersede | Deadline;
type EzPayDecision = Decision<EzPay, EzPayFact>;

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
  return happened(next, at, ...lateReportFacts(order, next));
};

/** A trip proves what the predictor confirmed. */
const withTrip = (order: Exclude<EzPay, OpenEzPay>, trip: Run | undefined): EzPay => {
  if (order.status !== 'CONFIRMED') return { ...order, trip };
  const { proofBy: _, ...proven } = order;
  return { ...proven, trip };
};

/** New evidence of the car can make the predictor sure; the same evidence is judged once. */
const judge = (order: OpenEzPay, argo: Argo, { prediction, at }: Judging): EzPayDecision => {
  if (!prediction || lastEvidenceAt(argo) <= (order.judgedBy ?? -1)) return nothing('no-trip-yet');
  if (prediction.sure)
    return confirm(order, predictorOf(prediction), { at, prediction, drivenBy: argo.driver?.driverId });
  const fact = ezpayJudged({ ...orderData(order), ...predictionData(prediction) });
  return happened({ ...order, ...judgedBy(argo, prediction) }, at, fact);
};

const confirm = (
  order: EzPay,
  witness: Witness,
  { trip, ...moment }: Confirmation & { readonly trip?: Run },
): EzPayDecision => {
  const { at } = moment;
  const next = { ...scanOf(order), trip, status: 'CONFIRMED', witness, at, ...proofOf(witness, at) } as const;
  return happened(next, at, confirmedFact(order, witness, moment));
};

const answer = ({ driverId, confirmed, at }: Answer, order: EzPay): EzPayDecision => {
  if (order.status === 'CONFIRMED')
    return confirmed ? nothing('already-confirmed') : refused(refusals.confirmedAlready);
  if (!isOpen(order))
    return !confirmed && order.reason === 'DRIVER_DENIED' ? nothing('already-denied') : refused(refusals.closed);
  const moment = { at, drivenBy: driverId };
  return confirmed ? confirm(order, { by: 'driver', driverId }, moment) : cancel(order, 'DRIVER_DENIED', moment);
};

const supersede = (command: Supersede, order: EzPay): EzPayDecision =>
  isOpen(order) && order.orderId !== command.by ? cancel(order, 'SCANNED_OTHER_CAR', command) : nothing('not-open');

const deadline = (command: Deadline, order: EzPay): EzPayDecision => {
  const { at } = command;
  switch (order.status) {
    case 'WAITING':
      return at < order.askAt ? nothing('too-early') : askDriver(order, command);
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

const askDriver = (order: OpenEzPay, { at, drivenBy }: Moment): EzPayDecision => {
  const cancelAt = after(at, order.answerMs);
  const next = { ...scanOf(order), judgedBy: order.judgedBy, status: 'ASKING', askedAt: at, cancelAt } as const;
  return happened(next, at, ezpayConfirmationRequested({ ...orderData(order), cancelAt: iso(cancelAt), drivenBy }));
};

const cancel = (order: EzPay, reason: Failure, { at, drivenBy }: Moment): EzPayDecision => {
  const closed: EzPay = { ...scanOf(order), trip: order.trip, status: 'CANCELLED', reason, at };
  return happened(closed, at, ezpayCancelled({ ...orderData(closed), reason, drivenBy }));
};

const scanOf = (order: Scan): Scan => {
  const { orderId, customerId, car, paymentMethod, scannedAt, mode, windowMs, answerMs, supersedes, beside } = order;
  const request = { orderId, customerId, car, paymentMethod, scannedAt, mode, windowMs, answerMs };
  return { ...request, ...(supersedes ? { supersedes } : {}), ...(beside ? { beside } : {}) };
};

export const refusals = {
  unknown: {
    code: 'EZPAY_NOT_FOUND',
    message: 'You have no EzPay order with this id, nor has your car. Check the id, the token and the car you report.',
    status: 404,
  },
  confirmedAlready: {
    code: 'EZPAY_CONFIRMED',
    message: 'This order is confirmed already; the customer pays it in the app.',
  },
  closed: { code: 'EZPAY_CLOSED', message: 'This order is closed. Ask the customer to scan the code again.' },
} as const satisfies Record<string, Refusal>;
