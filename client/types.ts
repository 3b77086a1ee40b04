/** The shapes of the API, from its schemas: types only, ids are plain strings. */
import type * as z from 'zod/mini';
import type * as answers from '../functions/dispatch/dispatch.answers.ts';
import type * as dispatch from '../functions/dispatch/dispatch.schemas.ts';
import type * as ezpayAnswers from '../functions/ezpay/ezpay.answers.ts';
import type * as ezpay from '../functions/ezpay/ezpay.schemas.ts';
import type * as ops from '../functions/ops/ops.answers.ts';
import type * as orderAnswers from '../functions/orders/orders.answers.ts';
import type * as orders from '../functions/orders/orders.schemas.ts';
import type * as paymentAnswers from '../functions/payments/payments.answers.ts';
import type * as payments from '../functions/payments/payments.schemas.ts';

/** A request for a taxi. Coordinates are degrees (WGS 84), time-outs are seconds. */
export type RideRequest = z.input<typeof dispatch.requestRide>;
/** A ride as its rider, an operator or a driver it was offered to sees it. Times are ISO 8601, UTC. */
export type Ride = z.input<typeof answers.ride>;
export type RideStatus = Ride['status'];
/** A driver sees their own offer only. */
export type Offer = Ride['offers'][number];
export type Place = z.input<typeof dispatch.place>;
/** The answer to accept, decline and cancel. `alreadyProcessed`: nothing changed. */
export type Changed = z.input<typeof answers.changed>;
/** `ignored`: a pickup with this sequence or a newer one is stored; nothing changed. */
export type PickupMoved = z.input<typeof answers.pickupMoved>;
/** What a driver's app reports. Without `position` the last one is kept. */
export type DriverReport = z.input<typeof dispatch.reportDriver>;
export type Driver = z.input<typeof answers.driver>;
/** The driver and the offers that await their answer. */
export type DriverWithOffers = z.input<typeof answers.driverWithOffers>;
/** An offer that awaits the driver's answer. */
export type OpenOffer = DriverWithOffers['offers'][number];
/** Everything that happened to one order, oldest first. */
export type Story = z.input<typeof ops.story>;
export type StoryLine = Story['lines'][number];

/** The trip and its payment, from the accepted ride or the confirmed scan on. `fare` is whole rupiah. */
export type Order = z.input<typeof orderAnswers.order>;
/** How a trip ends; amounts are whole rupiah. */
export type Finish = z.input<typeof orders.finish>;
/** How an order is to be paid. `cardToken` for a card only; `email`: where the receipt goes. */
export type Pay = z.input<typeof payments.pay>;
/** One attempt to pay an order; amounts are whole rupiah. `instructions`: how to pay while it is pending. */
export type Payment = z.input<typeof paymentAnswers.payment>;
/** The answer to cancel and refund. `alreadyProcessed`: nothing changed. */
export type PaymentChanged = z.input<typeof paymentAnswers.changed>;
/** `amount` is whole rupiah; without it the rest is refunded. */
export type RefundRequest = z.input<typeof payments.refund>;

/** What a passenger scanned in a car: the signed code of its screen, or the car's number from a sticker. */
export type Scan = z.input<typeof ezpay.scan>;
/** The state of a scan. `message` and `actions` are for the customer, in Indonesian and English. */
export type EzPayOrder = z.input<typeof ezpayAnswers.order>;
/** What a car's taximeter does, as its device last reported. */
export type Argo = z.input<typeof ezpayAnswers.argo>;
/** What the screen of a car shows until `expiresAt`; ask for the next one from `refreshAt` on (ISO 8601, UTC). */
export type CarCode = z.input<typeof ezpayAnswers.code>;
/** A text for customers and drivers, in Indonesian (`id`) and English (`en`). */
export type Text = { readonly id: string; readonly en: string };

/**
 * Returns a valid token. It is called before each request and each connection: keep the token, renew it in time.
 * @param refused the token the server has just refused: return another one
 */
export type TokenProvider = (refused?: string) => string | Promise<string>;
