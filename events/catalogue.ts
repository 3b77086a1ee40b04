/** Every event on the bus: who sends it, its schema, what it says. `npm run events` makes the published JSON Schemas and docs/events.md from it. */
import type * as z from 'zod/mini';
import * as ezpay from './ezpay.ts';
import * as order from './order.ts';
import * as payment from './payment.ts';
import * as ride from './ride.ts';

export type Entry = {
  readonly type: string;
  readonly source: string;
  readonly says: string;
  readonly schema: z.ZodMiniType;
};

const dispatch = (type: string, schema: z.ZodMiniType, says: string): Entry => ({
  type,
  source: 'tuntas.dispatch',
  says,
  schema,
});
const ezpayEvent = (type: string, schema: z.ZodMiniType, says: string): Entry => ({
  type,
  source: 'tuntas.ezpay',
  says,
  schema,
});
const orders = (type: string, schema: z.ZodMiniType, says: string): Entry => ({
  type,
  source: 'tuntas.orders',
  says,
  schema,
});
const payments = (type: string, schema: z.ZodMiniType, says: string): Entry => ({
  type,
  source: 'tuntas.payments',
  says,
  schema,
});

export const catalogue: readonly Entry[] = [
  dispatch(
    'ride.requested',
    ride.rideRequested,
    'A rider asked for a taxi; `offered` are the drivers of the first wave.',
  ),
  dispatch('ride.offered', ride.rideOffered, 'The next wave: offers that timed out, and the drivers asked instead.'),
  dispatch(
    'ride.offer-declined',
    ride.rideOfferDeclined,
    'One driver declined under policy `next`; the search goes on.',
  ),
  dispatch(
    'ride.search-continued',
    ride.rideSearchContinued,
    'Nobody new was found; the search goes on after a pause.',
  ),
  dispatch('ride.accepted', ride.rideAccepted, 'A driver has the ride; `withdrawn` are those who lost it.'),
  dispatch('ride.declined', ride.rideDeclined, 'The ride was declined, by policy `close` or because nobody is left.'),
  dispatch('ride.cancelled', ride.rideCancelled, 'The ride was cancelled; `driverId` is the driver it was taken from.'),
  dispatch('ride.expired', ride.rideExpired, 'The search ended without a driver.'),
  dispatch('ride.pickup-updated', ride.ridePickupUpdated, 'The pickup point moved; each is kept as the audit log.'),
  dispatch(
    'dispatch.requested',
    ride.dispatchRequested,
    'The order to show a ride to one driver, one per offer. Not part of the story.',
  ),
  dispatch('driver.on-duty', ride.driverOnDuty, 'A driver went on duty.'),
  dispatch('driver.off-duty', ride.driverOffDuty, 'A driver went off duty.'),
  dispatch('car.taken', ezpay.carTaken, 'A driver drives this car; `left` is the one he drove before.'),
  dispatch('car.left', ezpay.carLeft, 'A driver no longer drives this car.'),
  ezpayEvent(
    'argo.started',
    ezpay.argoStarted,
    'The argo of a car was started at `happenedAt`; `argo` is what it does now.',
  ),
  ezpayEvent(
    'argo.stopped',
    ezpay.argoStopped,
    'The argo of a car was stopped at `happenedAt`; `argo` is what it does now.',
  ),
  ezpayEvent('argo.suspect', ezpay.argoSuspect, 'A report that is kept and changes nothing; `doubt` says why.'),
  ezpayEvent(
    'car.moved-off',
    ezpay.carMovedOff,
    'A car that stood moves again; scans that wait in it are judged anew.',
  ),
  ezpayEvent('ezpay.waiting', ezpay.ezpayWaiting, 'A scan waits for the report of the argo until `askAt`.'),
  ezpayEvent('ezpay.refused', ezpay.ezpayRefused, 'A scan was refused at once.'),
  ezpayEvent(
    'ezpay.judged',
    ezpay.ezpayJudged,
    'News of the car changed the probability that the argo runs for a scan that waits.',
  ),
  ezpayEvent('ezpay.confirmed', ezpay.ezpayConfirmed, 'The trip is believed, `by` whom; the order can be paid.'),
  ezpayEvent('ezpay.driver-asked', ezpay.ezpayDriverAsked, 'The driver is asked to confirm by hand until `cancelAt`.'),
  ezpayEvent('ezpay.cancelled', ezpay.ezpayCancelled, 'The order was cancelled; the customer is told `reason`.'),
  ezpayEvent(
    'ezpay.wrongly-failed',
    ezpay.ezpayWronglyFailed,
    'A late report shows that a failed order was a real trip.',
  ),
  ezpayEvent('ezpay.rightly-failed', ezpay.ezpayRightlyFailed, 'A later report takes `ezpay.wrongly-failed` back.'),
  ezpayEvent(
    'ezpay.verified',
    ezpay.ezpayVerified,
    'A late report verifies an order that was confirmed without the argo.',
  ),
  ezpayEvent(
    'ezpay.contradicted',
    ezpay.ezpayContradicted,
    'A late report shows that the argo did not run at the scan of a confirmed order.',
  ),
  ezpayEvent(
    'ezpay.unproven',
    ezpay.ezpayUnproven,
    'Two hours after the predictor confirmed an order the argo has not reported its trip.',
  ),
  ezpayEvent('ezpay.trip-ended', ezpay.ezpayTripEnded, 'The argo was stopped at the end of a confirmed trip.'),
  orders('order.opened', order.orderOpened, 'An accepted ride became an order.'),
  orders('order.finished', order.orderFinished, 'The trip ended with its fare, whole rupiah; the driver is free.'),
  orders(
    'order.cancelled',
    order.orderCancelled,
    'The ride was cancelled after it was accepted; there is nothing to pay.',
  ),
  orders('order.paid', order.orderPaid, 'The money for the fare is there: `paymentRef` paid it.'),
  orders(
    'order.unpaid',
    order.orderUnpaid,
    'The money that had paid the order is gone again; it is to be paid once more.',
  ),
  payments(
    'payment.intended',
    payment.paymentIntended,
    'A charge is about to be asked for; written before the gateway is called.',
  ),
  payments(
    'payment.unknown',
    payment.paymentUnknown,
    'The gateway did not say what became of the charge; it will be asked.',
  ),
  payments('payment.pending', payment.paymentPending, 'The customer can pay, until `expiresAt`.'),
  payments('payment.authorized', payment.paymentAuthorized, 'A card is authorized and not captured: no money yet.'),
  payments(
    'payment.under-review',
    payment.paymentUnderReview,
    'The gateway suspects fraud; a person decides there. No money yet.',
  ),
  payments(
    'payment.settled',
    payment.paymentSettled,
    'The money is there, once per payment; `captured` for a card that settles the next day.',
  ),
  payments(
    'payment.settlement-confirmed',
    payment.paymentSettlementConfirmed,
    'A captured card was settled. No second payment.',
  ),
  payments('payment.denied', payment.paymentDenied, 'The bank or the gateway said no.'),
  payments('payment.cancelled', payment.paymentCancelled, 'The payment was cancelled before there was money.'),
  payments('payment.expired', payment.paymentExpired, 'The customer did not pay in time.'),
  payments(
    'payment.failed',
    payment.paymentFailed,
    'The gateway refused the charge, or failed at it; there is no money.',
  ),
  payments(
    'payment.reversed',
    payment.paymentReversed,
    'Money that was there is gone: a void or a reversal by the bank; `reversed` is how much.',
  ),
  payments(
    'payment.held',
    payment.paymentHeld,
    'What the gateway reports is not what was asked for; nothing is published until a check releases it.',
  ),
  payments('payment.released', payment.paymentReleased, 'The hold is over and nothing had changed under it.'),
  payments(
    'refund.changed',
    payment.refundChanged,
    'One or more refunds of a payment changed; `refunded` is what went back with this change.',
  ),
  payments(
    'chargeback.recorded',
    payment.chargebackRecorded,
    'The card issuer took money back; `chargedBack` is how much with this change.',
  ),
  payments(
    'chargeback.held',
    payment.chargebackHeld,
    'The card issuer took a part of the money back, and the gateway does not say how much; nothing is published until it does.',
  ),
];
