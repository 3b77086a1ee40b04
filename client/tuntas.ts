/** The client of the apps of riders, drivers and operators. */
import { type HttpOptions, http } from './http.ts';
import { type NotificationFilter, notificationFilter, type Storage } from './notification-filter.ts';
import { pickups } from './pickups.ts';
import { type Realtime, type RealtimeOptions, realtime, type Timing } from './realtime.ts';
import { rereading } from './reread.ts';
import type { MakeWebSocket } from './socket.ts';
import type { Changed, Driver, DriverReport, DriverWithOffers, PickupMoved, Place, Ride, RideRequest, Story } from './types.ts';

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
  /** @throws {TuntasProblem} 403 NOT_YOUR_RIDE, 404 RIDE_NOT_FOUND */
  readonly getRide: (rideId: string, options?: CallOptions) => Promise<Ride>;
  /** Takes the ride (role driver). @throws {TuntasProblem} 409 RIDE_TAKEN, RIDE_CLOSED, OFFER_TIMED_OUT, OFFER_DECLINED, DRIVER_BUSY; 403 NOT_OFFERED_TO_DRIVER */
  readonly accept: (rideId: string, options?: CallOptions) => Promise<Changed>;
  /** Refuses the offer (role driver); on a ride that is over it changes nothing. @throws {TuntasProblem} 403 NOT_OFFERED_TO_DRIVER */
  readonly decline: (rideId: string, options?: CallOptions & { readonly reason?: string }) => Promise<Changed>;
  /** @param options `system`: operators only, never counts against the driver. @throws {TuntasProblem} 403 NOT_YOUR_RIDE, NOT_ASSIGNED_TO_DRIVER */
  readonly cancel: (rideId: string, options?: CallOptions & { readonly reason?: string; readonly system?: boolean }) => Promise<Changed>;
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
   * @throws {TuntasProblem} 403 NOT_YOUR_ORDER, 404 ORDER_NOT_FOUND
   */
  readonly story: (orderId: string, options?: CallOptions) => Promise<Story>;
  /** The driver himself and the offers that await his answer (role driver). */
  readonly getDriver: (options?: CallOptions) => Promise<DriverWithOffers>;
  /**
   * Opens the connection for notifications; it comes back by itself until it is closed. One is enough for an app.
   * @param options `driver`: the app is a driver's: offers that were made while it was away come with each connection
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

const at = (rideId: string, what = ''): string => `/rides/${encodeURIComponent(rideId)}${what}`;

/** @throws {Error} when the platform lacks `fetch` (or, at `connect`, `WebSocket`) and none is passed */
export const tuntas = (options: TuntasOptions): Tuntas => {
  const send = http(options);
  const filter = notificationFilter(options.storage, options.storageFailed);
  const reread = rereading(filter);
  const sequences = pickups(async (rideId) => (await getRide(rideId)).pickup.sequence);

  const seen = (ride: Ride): Ride => {
    filter.learn(ride);
    reread.learn(ride);
    sequences.learn(ride.rideId, ride.pickup.sequence);
    return ride;
  };
  const getRide: Tuntas['getRide'] = async (rideId, { signal } = {}) => seen(await send<Ride>({ method: 'GET', path: at(rideId), signal }));
  const getDriver: Tuntas['getDriver'] = ({ signal } = {}) => send<DriverWithOffers>({ method: 'GET', path: '/drivers/me', signal });
  const change = async (path: string, body: object | undefined, { signal }: CallOptions): Promise<Changed> => {
    const changed = await send<Changed>({ method: 'POST', path, signal, ...(body ? { body } : {}) });
    seen(changed.ride);
    return changed;
  };
  const because = (reason: string | undefined): object => (reason === undefined ? {} : { reason });

  return {
    requestRide: async (body, { key = newKey(), signal } = {}) =>
      seen(await send<Ride>({ method: 'POST', path: '/rides', body, headers: { 'idempotency-key': key }, signal })),
    getRide,
    accept: (rideId, options = {}) => change(at(rideId, '/accept'), undefined, options),
    decline: (rideId, options = {}) => change(at(rideId, '/decline'), because(options.reason), options),
    cancel: (rideId, options = {}) => {
      const { reason, system } = options;
      return change(at(rideId, '/cancel'), { ...because(reason), ...(system ? { system } : {}) }, options);
    },
    movePickup: async (rideId, pickup, { signal } = {}) => {
      const sequence = await sequences.next(rideId);
      const moved = await send<PickupMoved>({ method: 'PATCH', path: at(rideId, '/pickup'), body: { ...pickup, sequence }, signal });
      if (moved.ignored) sequences.doubt(rideId);
      return moved;
    },
    reportDriver: (body, { signal } = {}) => send<Driver>({ method: 'PUT', path: '/drivers/me', body, signal }),
    story: (orderId, { signal } = {}) => send<Story>({ method: 'GET', path: `/orders/${encodeURIComponent(orderId)}/story`, signal }),
    getDriver,
    connect: ({ driver = false } = {}) => {
      const { websocket, token, WebSocket, timing } = options;
      if (!websocket) throw new Error('the option "websocket" says where to connect');
      const read = { ride: (rideId: string) => getRide(rideId), driver: driver ? () => getDriver() : undefined };
      const catchUp: RealtimeOptions['catchUp'] = (resumed, tell) => reread.again(resumed, read, tell);
      const app = realtime({ websocket, token, filter, catchUp, WebSocket, timing });
      app.on('NEW_RIDE_REQUEST', ({ rideId }) => reread.offered(rideId));
      app.on('RIDE_WITHDRAWN', ({ rideId }) => reread.withdrawn(rideId));
      return app;
    },
    filter,
  };
};
