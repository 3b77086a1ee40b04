/** The calls and options of the client. */
import type { Storage } from './filter-memory.ts';
import type { HttpOptions } from './http.ts';
import type { NotificationFilter } from './notification-filter.ts';
import type { Realtime, Timing } from './realtime-api.ts';
import type { MakeWebSocket } from './socket.ts';
import type {
  Argo,
  CarCode,
  Changed,
  Driver,
  DriverReport,
  DriverWithOffers,
  EzPayOrder,
  Finish,
  Order,
  Pay,
  Payment,
  PaymentChanged,
  PickupMoved,
  Place,
  RefundRequest,
  Ride,
  RideRequest,
  Scan,
  Story,
} from './types.ts';

export type TuntasOptions = HttpOptions & {
  /** Where the WebSocket is: `wss://…`. Only `connect` needs it. */
  readonly websocket?: string;
  /** Instead of the platform's. */
  readonly WebSocket?: MakeWebSocket;
  /** Keeps what was already shown over a restart of the app. */
  readonly storage?: Storage;
  readonly timing?: Partial<Timing>;
  /** Called when the storage fails; the client continues without it. */
  readonly storageFailed?: (error: unknown) => void;
};

/** Ends a call, also while it waits for its next attempt. */
export type CallOptions = { readonly signal?: AbortSignal };

/**
 * Every call is retried after a failed connection or a temporary error; no retry changes anything twice.
 * Each rejects with a `TuntasProblem`, or with the reason of the signal that ended it.
 */
export type Tuntas = {
  /**
   * Requests a taxi (roles rider, operator).
   * @param options `key`: the Idempotency-Key (1 to 64 visible ASCII characters), by default a new one; store one
   * with the draft, so that a repetition after a restart of the app does not call a second taxi. Kept 30 days.
   * @throws {TuntasProblem} 400 INVALID_REQUEST with `errors`, 422 IDEMPOTENCY_KEY_REUSED
   */
  readonly requestRide: (request: RideRequest, options?: CallOptions & { readonly key?: string }) => Promise<Ride>;
  /** @throws {TuntasProblem} 404 RIDE_NOT_FOUND, also for a ride that is not theirs */
  readonly getRide: (rideId: string, options?: CallOptions) => Promise<Ride>;
  /**
   * Accepts the ride (role driver).
   * @throws {TuntasProblem} 409 RIDE_TAKEN, RIDE_CLOSED, OFFER_TIMED_OUT, OFFER_DECLINED, OFFER_GIVEN_BACK,
   * DRIVER_BUSY;
   * 404 RIDE_NOT_FOUND, also when it was never offered to them
   */
  readonly accept: (rideId: string, options?: CallOptions) => Promise<Changed>;
  /**
   * Declines the offer (role driver); on a closed ride it changes nothing.
   * @throws {TuntasProblem} 404 RIDE_NOT_FOUND, also when it was never offered to them
   */
  readonly decline: (rideId: string, options?: CallOptions & { readonly reason?: string }) => Promise<Changed>;
  /**
   * Reports that the rider is in the car (its driver, an operator): from then on the trip can be finished, and
   * its rider can no longer cancel it.
   * @throws {TuntasProblem} 403 NOT_ASSIGNED_TO_DRIVER, 404 RIDE_NOT_FOUND, 409 RIDE_NOT_ACCEPTED, RIDE_CLOSED
   */
  readonly pickUp: (rideId: string, options?: CallOptions) => Promise<Changed>;
  /**
   * Cancels the ride. Its driver gives it back before the pick-up: the answer has the status SEARCHING when others are
   * offered it (`giveBack` of the request).
   * @param options `system`: operators only, never counts against the driver
   * @throws {TuntasProblem} 403 NOT_ASSIGNED_TO_DRIVER, 404 RIDE_NOT_FOUND, 409 RIDE_UNDER_WAY for its rider after the
   * pick-up, RIDE_CLOSED after the end of the trip
   */
  readonly cancel: (
    rideId: string,
    options?: CallOptions & { readonly reason?: string; readonly system?: boolean },
  ) => Promise<Changed>;
  /**
   * Moves the pickup (roles rider, operator). Calls may overtake each other on their way: the last call wins.
   * `ignored`: a newer pickup is stored, for example from another device, or this one when its first answer was lost:
   * read the ride.
   * @throws {TuntasProblem} 409 RIDE_CLOSED, RIDE_UNDER_WAY
   */
  readonly movePickup: (rideId: string, pickup: Place, options?: CallOptions) => Promise<PickupMoved>;
  /** Reports duty and position (role driver). Repeat it at least every 2 minutes: other drivers get no offers. */
  readonly reportDriver: (report: DriverReport, options?: CallOptions) => Promise<Driver>;
  /**
   * The events of an order, oldest first (roles rider, operator). It follows the order with a short delay.
   * @throws {TuntasProblem} 404 ORDER_NOT_FOUND, also for an order that is not theirs
   */
  readonly story: (orderId: string, options?: CallOptions) => Promise<Story>;
  /**
   * The order of an accepted ride or a confirmed scan, under the same number.
   * @throws {TuntasProblem} 404 ORDER_NOT_FOUND, also when it is not theirs
   */
  readonly getOrder: (orderId: string, options?: CallOptions) => Promise<Order>;
  /**
   * Ends the trip with its fare, in whole rupiah (roles driver, operator).
   * @param options `overtime`, `extra`: owed in addition; `inCash`: the driver took what is left to pay
   * @throws {TuntasProblem} 404 ORDER_NOT_FOUND; 409 NOT_PICKED_UP, ALREADY_FINISHED, ORDER_CANCELLED, ALREADY_PAID,
   * PAID_BEFORE, RIDE_CLOSED; 422 FARE_TOO_HIGH
   */
  readonly finish: (orderId: string, fare: number, options?: CallOptions & Omit<Finish, 'fare'>) => Promise<Order>;
  /**
   * Charges what an order owes, or `amount` of it (roles rider, operator). A pending payment that does not fit with it
   * is cancelled first. `purpose`: without it the first that is owed; a tip needs its amount.
   * A payment of status INTENDED or UNKNOWN has no answer of the gateway yet: read `payments` again.
   * @param options `key`: the Idempotency-Key, by default a new one; store one with the screen, so that a
   * repetition after a restart does not charge again
   * @throws {TuntasProblem} 409 NOT_FINISHED, NOTHING_OWED, ALREADY_PAID, PAYMENT_IN_PROGRESS, PAYMENT_HELD,
   * PAYMENT_NOT_CANCELLED; 422 AMOUNT_NOT_TAKEN, AMOUNT_TOO_HIGH, IDEMPOTENCY_KEY_REUSED
   */
  readonly pay: (orderId: string, pay: Pay, options?: CallOptions & { readonly key?: string }) => Promise<Payment>;
  /** All attempts to pay an order, the oldest first (roles rider, operator). */
  readonly payments: (orderId: string, options?: CallOptions) => Promise<readonly Payment[]>;
  /** Reads the payment from the gateway now. The server does so regularly for every pending payment. */
  readonly checkPayment: (ref: string, options?: CallOptions) => Promise<Payment>;
  /** Cancels a pending payment; operators also void a captured card. @throws {TuntasProblem} 403 WRONG_ROLE, 409 */
  readonly cancelPayment: (ref: string, options?: CallOptions) => Promise<PaymentChanged>;
  /**
   * Refunds (role operator). The same key is always the same refund.
   * @throws {TuntasProblem} 409 NOT_PAID, NOT_SETTLED_YET, PAYMENT_HELD, NOTHING_LEFT_TO_REFUND; 422 REFUND_TOO_LARGE,
   * IDEMPOTENCY_KEY_REUSED
   */
  readonly refund: (
    ref: string,
    refund: RefundRequest,
    options?: CallOptions & { readonly key?: string },
  ) => Promise<PaymentChanged>;
  /**
   * Scans the code in a car (role rider). A second scan during the trip returns the first order.
   * The problem of a refusal has `advice`: a message for the customer and what to do, in Indonesian and English.
   * @throws {TuntasProblem} 404 CAR_UNKNOWN; 409 ARGO_NOT_STARTED; 422 CODE_REQUIRED, CODE_FORGED, CODE_EXPIRED,
   * CODE_WRONG_CAR
   */
  readonly scan: (scan: Scan, options?: CallOptions) => Promise<EzPayOrder>;
  /** The order of a scan. @throws {TuntasProblem} 404 EZPAY_NOT_FOUND, also when it is not theirs */
  readonly getScan: (orderId: string, options?: CallOptions) => Promise<EzPayOrder>;
  /**
   * Whether the passenger who scanned is on board (role driver).
   * @throws {TuntasProblem} 404 EZPAY_NOT_FOUND, also when they do not drive its car; 409 EZPAY_CLOSED, EZPAY_CONFIRMED
   */
  readonly confirmScan: (orderId: string, confirmed: boolean, options?: CallOptions) => Promise<EzPayOrder>;
  /**
   * The signed code for the screen of the driver's car (role driver).
   * @throws {TuntasProblem} 404 NOT_YOUR_CAR, CODES_NOT_USED
   */
  readonly carCode: (car: string, options?: CallOptions) => Promise<CarCode>;
  /**
   * The taximeter of a car (its driver, operators). Over the connection each change comes as `ARGO_CHANGED`.
   * @throws {TuntasProblem} 404 NOT_YOUR_CAR, CAR_UNKNOWN
   */
  readonly argo: (car: string, options?: CallOptions) => Promise<Argo>;
  /** The driver and the offers that await their answer (role driver). */
  readonly getDriver: (options?: CallOptions) => Promise<DriverWithOffers>;
  /**
   * Opens the connection for notifications and keeps it open until it is closed. One is enough for an app.
   * @param options `driver`: the app of a driver: the offers and scans that await an answer come with each connection
   */
  readonly connect: (options?: { readonly driver?: boolean }) => Realtime;
  /** Drops repeated and outdated notifications; use it for mobile push as well. */
  readonly filter: NotificationFilter;
};
