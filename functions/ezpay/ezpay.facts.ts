/** The facts of an EzPay order: the fields they share, and those that several rules publish. */
import {
  ezpayConfirmed,
  ezpayContradicted,
  ezpayRightlyFailed,
  ezpayTripEnded,
  ezpayVerified,
  ezpayWronglyFailed,
} from '../../events/ezpay.ts';
import { type DriverId, type Instant, iso } from '../kernel/types.ts';
import type { EzPay, EzPayFact, Scan, Witness } from './ezpay.ts';
import { hasFailed, isWronglyFailed, legacyState } from './ezpay.ts';
import type { Prediction } from './predictor.ts';

export const scanData = ({ orderId, customerId: riderId, car, mode, scannedAt }: Scan) => {
  return { orderId, riderId, car, mode, scannedAt: iso(scannedAt) };
};

export const orderData = (order: EzPay) => ({ ...scanData(order), legacyState: legacyState(order) });

/** The predictor's judgement, kept in the story: models are trained and their calibration is measured on it. */
export const predictionData = ({ probability, model, evidence }: Prediction) => ({ probability, model, evidence });

/** `drivenBy`: who drives the car at that moment; the driver's notice goes to them, however late the event arrives. */
export type Moment = { readonly at: Instant; readonly drivenBy?: DriverId | undefined };
export type Confirmation = Moment & { readonly prediction?: Prediction | undefined };

export const confirmedFact = (order: Scan, witness: Witness, { at, drivenBy, prediction }: Confirmation): EzPayFact =>
  ezpayConfirmed({
    ...scanData(order),
    ...(prediction && predictionData(prediction)),
    ...witnessData(witness),
    paymentMethod: order.paymentMethod,
    waitedMs: at - order.scannedAt,
    supersedes: order.supersedes,
    drivenBy,
  });

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

/** What a report that arrives after the decision shows about it. */
export const lateReportFacts = (order: EzPay, next: EzPay): readonly EzPayFact[] => {
  const withTrip = { ...orderData(next), ...tripData(next) };
  if (hasFailed(order)) {
    if (isWronglyFailed(order) === isWronglyFailed(next)) return [];
    return [isWronglyFailed(next) ? ezpayWronglyFailed(withTrip) : ezpayRightlyFailed(withTrip)];
  }
  const by = next.status === 'CONFIRMED' ? next.witness.by : undefined;
  if (!next.trip) return [ezpayContradicted({ ...orderData(next), by })];
  if (!order.trip) return [ezpayVerified({ ...withTrip, by })];
  return next.trip.stoppedAt === order.trip.stoppedAt ? [] : [ezpayTripEnded(withTrip)];
};
