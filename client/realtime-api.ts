/** The connection for notifications as an app uses it. */
import type { Listen } from './listeners.ts';
import type { NotificationFilter } from './notification-filter.ts';
import type { ArgoChanged, RideNotification } from './notifications.ts';
import type { Backoff } from './pace.ts';
import type { OnRead } from './reread.ts';
import type { MakeWebSocket } from './socket.ts';
import type { Ride, TokenProvider } from './types.ts';

/** Milliseconds. */
export type Timing = {
  /** Idle time after which a ping is sent. API Gateway ends an idle connection after 10 minutes. Default 60,000. */
  readonly heartbeatMs: number;
  /** How long opening, or the answer to a ping, may take. Default 10,000. */
  readonly answerMs: number;
  /**
   * Age at which a connection is replaced; the new one is open before the old one is closed. API Gateway ends it after
   * 2 hours. Default 110 minutes.
   */
  readonly renewMs: number;
  /** The pauses before reconnecting. Default 500 ms doubling to 30 s, with full jitter. */
  readonly backoff: Backoff;
};

export type RealtimeOptions = {
  /** Where the WebSocket is: `wss://…`. */
  readonly websocket: string;
  readonly token: TokenProvider;
  readonly filter: NotificationFilter;
  /** Reads what the app missed, each time it is connected. */
  readonly catchUp: (resumed: boolean, on: OnRead) => Promise<void>;
  /** Instead of the platform's. */
  readonly WebSocket?: MakeWebSocket | undefined;
  readonly timing?: Partial<Timing> | undefined;
};

/** `waiting`: for the next attempt; `closed`: by the app, permanently. */
export type RealtimeState = 'connecting' | 'open' | 'waiting' | 'closed';

export type RealtimeEvents = { [Type in RideNotification['type']]: Extract<RideNotification, { type: Type }> } & {
  /** The taximeter of the driver's car; a report older than the last one is dropped. */
  readonly ARGO_CHANGED: ArgoChanged;
  /** Each notification, also of a type this client does not know. */
  readonly notification: RideNotification;
  /**
   * The connection is open. `resumed` is false the first time only. Missed notifications are not sent again: the client
   * reads the rides, which come as `ride`, and for drivers as `NEW_RIDE_REQUEST` and `EZPAY_CONFIRM_REQUEST`. The app
   * reads a scan and the argo on its screen each time (`getScan`, `argo`).
   */
  readonly connected: { readonly resumed: boolean };
  /** The present state of an ongoing ride the app knows, read after an interruption. */
  readonly ride: Ride;
  /** The connection ended; the client reconnects. */
  readonly disconnected: { readonly why: string };
  readonly state: RealtimeState;
  /** Something failed that needs no action now: a connection, the token provider, the storage. */
  readonly problem: unknown;
};

export type Realtime = {
  /** @returns how to stop listening */
  readonly on: Listen<RealtimeEvents>;
  readonly state: () => RealtimeState;
  /**
   * Registers the device for mobile push (FCM registration token), now and with each later connection. Resolves when
   * the server has stored it.
   * @throws {TuntasProblem} INVALID_MESSAGE when the server refuses the token, CLOSED when the app closes first
   */
  readonly registerPush: (pushToken: string) => Promise<void>;
  /** Call it when the app comes to the foreground or the network is back: connects now, or checks the connection. */
  readonly checkNow: () => void;
  /** Ends the connection permanently. */
  readonly close: () => void;
};
