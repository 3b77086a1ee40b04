/** The client of the apps of riders, drivers and operators. */
import { type HttpOptions, http } from './http.ts';
import { type NotificationFilter, notificationFilter, type Storage } from './notification-filter.ts';
import { pickups } from './pickups.ts';
import { TuntasProblem } from './problem.ts';
import { type Realtime, type RealtimeOptions, realtime, type Timing } from './realtime.ts';
import { type Read, rereading } from './reread.ts';
import type { MakeWebSocket } from './socket.ts';
import type {
  Argo,
  CarCode,
  Changed,
  Driver,
  DriverReport,
  DriverWithOffers,
  EzPayOrder,
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
  /** Keeps over a restart of the app what was already shown. */
  readonly storage?: Storage;
  readonly timing?: Partial<Timing>;
  /** Hears when the storage fails; the client goes on without it. */
  readonly storageFailed?: (error: unknown) => void;
};

/** Ends a call, also while it waits for its next attempt. */
export type CallOptions = { readonly signal?: AbortSignal };

/**
 * Every call repeats itself when the line, or the server for a moment, failed; no repetition changes anything twice.
 * Each rejects with a `TuntasProblem`, or with the reason of the signal that ended it.
 */
export type Tuntas = {
  /**
   * Asks for a taxi (roles rider, operator).
   * @param options `key`: the Idempotency-Key (1 to 64 visible ASCII characters), by default a new one; keep one with the draft of the request where asking
   * again after a restart of the app must not call a second taxi. It is kept 30 days.
   * @throws {TuntasProblem} 400 INVALID_REQUEST with `errors`, 422 IDEMPOTENCY_KEY_REUSED
   */
  readonly requestRide: (request: RideRequest, options?: CallOptions & { readonly key?: string }) => Promise<Ride>;
  /** @throws {TuntasProblem} 404 RIDE_NOT_FOUND, also for a ride that is not theirs */
  readonly getRide: (rideId: string, options?: CallOptions) => Promise<Ride>;
  /**
   * Takes the ride (role driver).
   * @throws {TuntasProblem} 409 RIDE_TAKEN, RIDE_CLOSED, OFFER_TIMED_OUT, OFFER_DECLINED, DRIVER_BUSY; 404 RIDE_NOT_FOUND,
   * also when it was never offered to them
   */
  readonly accept: (rideId: string, options?: CallOptions) => Promise<Changed>;
  /**
   * Refuses the offer (role driver); on a ride that is over it changes nothing.
   * @throws {TuntasProblem} 404 RIDE_NOT_FOUND, also when it was never offered to them
   */
  readonly decline: (rideId: string, options?: CallOptions & { readonly reason?: string }) => Promise<Changed>;
  /**
   * @param options `system`: operators only, never counts against the driver
   * @throws {TuntasProblem} 403 NOT_ASSIGNED_TO_DRIVER, 404 RIDE_NOT_FOUND
   */
  readonly cancel: (
    rideId: string,
    options?: CallOptions & { readonly reason?: string; readonly system?: boolean },
  ) => Promise<Changed>;
  /**
   * Moves the pickup (roles rider, operator). Calls may overtake each other on their way: the last one called stands.
   * `ignored` means that a newer pickup is stored, of another device perhaps, or this very one, when the first answer was lost: read the ride.
   * @throws {TuntasProblem} 409 RIDE_CLOSED
   */
  readonly movePickup: (rideId: string, pickup: Place, options?: CallOptions) => Promise<PickupMoved>;
  /** Says whether the driver is on duty, and where (role driver). Repeat it at least every 2 minutes: who is silent is not asked. */
  readonly reportDriver: (report: DriverReport, options?: CallOptions) => Promise<Driver>;
  /**
   * What happened to an order, oldest first (roles rider, operator). It follows the order by a moment.
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
   * @throws {TuntasProblem} 404 ORDER_NOT_FOUND, 409 ALREADY_FINISHED, ORDER_CANCELLED
   */
  readonly finish: (orderId: string, fare: number, options?: CallOptions) => Promise<Order>;
  /**
   * Charges the fare of a finished order (roles rider, operator). What waited before is cancelled first, so that nobody pays twice.
   * A payment of status INTENDED or UNKNOWN has no answer of the gateway yet; it is asked for by itself: look at `payments` again.
   * @param options `key`: the Idempotency-Key, by default a new one; keep one with the screen where asking again after a restart must not charge anew
   * @throws {TuntasProblem} 409 NOT_FINISHED, ALREADY_PAID, PAYMENT_IN_PROGRESS, PAYMENT_HELD, PAYMENT_NOT_CANCELLED; 422 AMOUNT_NOT_TAKEN, IDEMPOTENCY_KEY_REUSED
   */
  readonly pay: (orderId: string, pay: Pay, options?: CallOptions & { readonly key?: string }) => Promise<Payment>;
  /** All attempts to pay an order, the oldest first (roles rider, operator). */
  readonly payments: (orderId: string, options?: CallOptions) => Promise<readonly Payment[]>;
  /** Asks the gateway, and answers what the payment is after that. Nobody needs to: payments that wait are asked about by themselves. */
  readonly checkPayment: (ref: string, options?: CallOptions) => Promise<Payment>;
  /** Ends a payment that waits; operators also void a captured card. @throws {TuntasProblem} 403 WRONG_ROLE, 409 */
  readonly cancelPayment: (ref: string, options?: CallOptions) => Promise<PaymentChanged>;
  /**
   * Gives money back (role operator). The same key is the same refund, for good.
   * @throws {TuntasProblem} 409 NOT_PAID, NOT_SETTLED_YET, PAYMENT_HELD, NOTHING_LEFT_TO_REFUND; 422 REFUND_TOO_LARGE, IDEMPOTENCY_KEY_REUSED
   */
  readonly refund: (
    ref: string,
    refund: RefundRequest,
    options?: CallOptions & { readonly key?: string },
  ) => Promise<PaymentChanged>;
  /**
   * Scans the code in a car (role rider). Scanning again while the trip goes answers the first order, so a repetition makes no second one.
   * The problem of a refusal has `told`: what the customer reads, and can do, in Indonesian and English.
   * @throws {TuntasProblem} 404 CAR_UNKNOWN; 409 ARGO_NOT_STARTED; 422 CODE_REQUIRED, CODE_FORGED, CODE_EXPIRED, CODE_WRONG_CAR
   */
  readonly scan: (scan: Scan, options?: CallOptions) => Promise<EzPayOrder>;
  /** What became of a scan. @throws {TuntasProblem} 404 EZPAY_NOT_FOUND, also when it is not theirs */
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
  /** The driver himself and the offers that await his answer (role driver). */
  readonly getDriver: (options?: CallOptions) => Promise<DriverWithOffers>;
  /**
   * Opens the connection for notifications; it comes back by itself until it is closed. One is enough for an app.
   * @param options `driver`: the app is a driver's: what awaits his answer comes with each connection, made while it was away or not
   */
  readonly connect: (options?: { readonly driver?: boolean }) => Realtime;
  /** What the connection drops; pass it what comes with a mobile push too. */
  readonly filter: NotificationFilter;
};

/** 128 bits. `randomUUID` is missing in React Native and on pages without TLS. */
const newKey = (): string => {
  const bytes = new Uint8Array(16);
  const { crypto } = globalThis as { crypto?: { getRandomValues(bytes: Uint8Array): unknown } };
  if (crypto) crypto.getRandomValues(bytes);
  else for (let i = 0; i < bytes.length; i += 1) bytes[i] = Math.floor(Math.random() * 256);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

const item =
  (collection: string) =>
  (id: string, what = ''): string =>
    `/${collection}/${encodeURIComponent(id)}${what}`;
const at = item('rides');
const atOrder = item('orders');
const atPayment = item('payments');
const atScan = item('ezpay');
const atCar = item('cars');

/** The offer is over, so it is not shown again. */
const offerIsOver = /^(RIDE_(TAKEN|CLOSED|NOT_FOUND)|OFFER_(TIMED_OUT|DECLINED))$/;

type Asked = { readonly signal?: AbortSignal | undefined; readonly key?: string | undefined };

/** @throws {Error} when the platform lacks `fetch` (or, at `connect`, `WebSocket`) and none is passed */
export const tuntas = (options: TuntasOptions): Tuntas => {
  const send = http(options);
  const filter = notificationFilter(options.storage, options.storageFailed);
  const reread = rereading(filter);
  const sequences = pickups(async (rideId) => (await getRide(rideId)).pickup.sequence);

  const get = <Answer>(path: string, { signal }: Asked = {}) => send<Answer>({ method: 'GET', path, signal });
  const post = <Answer>(path: string, body: object | undefined, { signal, key }: Asked = {}) =>
    send<Answer>({
      method: 'POST',
      path,
      signal,
      ...(body ? { body } : {}),
      ...(key ? { headers: { 'idempotency-key': key } } : {}),
    });

  const seen = (ride: Ride): Ride => {
    filter.learn(ride);
    reread.learn(ride);
    sequences.learn(ride.rideId, ride.pickup.sequence);
    return ride;
  };
  const getRide: Tuntas['getRide'] = async (rideId, options) => seen(await get<Ride>(at(rideId), options));
  const argo: Tuntas['argo'] = (car, options) => get<Argo>(atCar(car, '/argo'), options);
  const getDriver: Tuntas['getDriver'] = (options) => get<DriverWithOffers>('/drivers/me', options);
  const change = async (path: string, body: object | undefined, options: CallOptions): Promise<Changed> => {
    const changed = await post<Changed>(path, body, options);
    seen(changed.ride);
    return changed;
  };
  /** An answer to an offer counts from the moment it is sent; no longer when it failed and the offer is still open. */
  const answer = async (
    rideId: string,
    how: '/accept' | '/decline',
    options: CallOptions,
    body?: object,
  ): Promise<Changed> => {
    const takeBack = options.signal?.aborted ? () => {} : filter.answered(rideId);
    try {
      return await change(at(rideId, how), body, options);
    } catch (error) {
      const { status, code } = error instanceof TuntasProblem ? error : { status: undefined, code: '' };
      // Without a response, or when the app no longer waited for it, the answer may have been carried out.
      if (status !== 0 && !options.signal?.aborted && !offerIsOver.test(code)) takeBack();
      throw error;
    }
  };
  const because = (reason: string | undefined): object => (reason === undefined ? {} : { reason });

  return {
    requestRide: async (body, { key = newKey(), signal } = {}) =>
      seen(await post<Ride>('/rides', body, { key, signal })),
    getRide,
    accept: (rideId, options = {}) => answer(rideId, '/accept', options),
    decline: (rideId, options = {}) => answer(rideId, '/decline', options, because(options.reason)),
    cancel: (rideId, options = {}) => {
      const { reason, system } = options;
      return change(at(rideId, '/cancel'), { ...because(reason), ...(system ? { system } : {}) }, options);
    },
    movePickup: async (rideId, pickup, { signal } = {}) => {
      const sequence = await sequences.next(rideId);
      const moved = await send<PickupMoved>({
        method: 'PATCH',
        path: at(rideId, '/pickup'),
        body: { ...pickup, sequence },
        signal,
      });
      if (moved.ignored) sequences.doubt(rideId);
      return moved;
    },
    reportDriver: (body, { signal } = {}) => send<Driver>({ method: 'PUT', path: '/drivers/me', body, signal }),
    story: (orderId, options) => get<Story>(atOrder(orderId, '/story'), options),
    getOrder: (orderId, options) => get<Order>(atOrder(orderId), options),
    finish: async (orderId, fare, options) =>
      (await post<{ order: Order }>(atOrder(orderId, '/finish'), { fare }, options)).order,
    pay: (orderId, body, options = {}) =>
      post<Payment>(atOrder(orderId, '/payments'), body, { key: newKey(), ...options }),
    payments: async (orderId, options) =>
      (await get<{ payments: readonly Payment[] }>(atOrder(orderId, '/payments'), options)).payments,
    checkPayment: async (ref, options) =>
      (await post<{ payment: Payment }>(atPayment(ref, '/check'), undefined, options)).payment,
    cancelPayment: (ref, options) => post<PaymentChanged>(atPayment(ref, '/cancel'), undefined, options),
    refund: (ref, body, options = {}) =>
      post<PaymentChanged>(atPayment(ref, '/refund'), body, { key: newKey(), ...options }),
    scan: (body, options) => post<EzPayOrder>('/ezpay', body, options),
    getScan: (orderId, options) => get<EzPayOrder>(atScan(orderId), options),
    confirmScan: (orderId, confirmed, options) => post<EzPayOrder>(atScan(orderId, '/confirm'), { confirmed }, options),
    carCode: (car, options) => get<CarCode>(atCar(car, '/code'), options),
    argo,
    getDriver,
    connect: ({ driver = false } = {}) => {
      const { websocket, token, WebSocket, timing } = options;
      if (!websocket) throw new Error('the option "websocket" says where to connect');
      const read: Read = {
        ride: (rideId) => getRide(rideId),
        driver: driver ? () => getDriver() : undefined,
        argo: (car) => argo(car),
      };
      const catchUp: RealtimeOptions['catchUp'] = (resumed, tell) => reread.again(resumed, read, tell);
      const app = realtime({ websocket, token, filter, catchUp, WebSocket, timing });
      app.on('NEW_RIDE_REQUEST', ({ rideId }) => reread.offered(rideId));
      app.on('RIDE_WITHDRAWN', ({ rideId }) => reread.withdrawn(rideId));
      return app;
    },
    filter,
  };
};
