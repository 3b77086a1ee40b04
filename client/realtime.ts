/** The connection over which an app hears of its rides: it comes back by itself, and says when it was away. */
import { type Listen, listeners } from './listeners.ts';
import type { NotificationFilter } from './notification-filter.ts';
import {
  type ArgoChanged,
  isNotification,
  isRideNotificationType,
  type Message,
  messageFrom,
  type RideNotification,
} from './notifications.ts';
import { type Backoff, backoff } from './pace.ts';
import { TuntasProblem } from './problem.ts';
import { pushRegistration, refusalOf } from './push-registration.ts';
import type { Tell } from './reread.ts';
import { type MakeWebSocket, openSocket, type Socket } from './socket.ts';
import type { Ride, TokenProvider } from './types.ts';

/** Milliseconds. */
export type Timing = {
  /** Silence after which a ping is sent. API Gateway ends a connection that is silent for 10 minutes; a dead line should be noticed long before. Default 60,000. */
  readonly heartbeatMs: number;
  /** How long opening, or the answer to a ping, may take. Default 10,000. */
  readonly answerMs: number;
  /** A connection of this age is replaced, the new one being open before the old one is closed. API Gateway ends it after 2 hours. Default 110 minutes. */
  readonly renewMs: number;
  /** The waits before coming back. Default 500 ms doubling to 30 s, with full jitter. */
  readonly backoff: Backoff;
};

export type RealtimeOptions = {
  /** Where the WebSocket is: `wss://…`. */
  readonly websocket: string;
  readonly token: TokenProvider;
  readonly filter: NotificationFilter;
  /** Reads what the app missed, each time it is connected. */
  readonly catchUp: (resumed: boolean, tell: Tell) => Promise<void>;
  /** Instead of the platform's. */
  readonly WebSocket?: MakeWebSocket | undefined;
  readonly timing?: Partial<Timing> | undefined;
};

/** `waiting`: for the time to come back; `closed`: by the app, for good. */
export type RealtimeState = 'connecting' | 'open' | 'waiting' | 'closed';

export type RealtimeEvents = { [Type in RideNotification['type']]: Extract<RideNotification, { type: Type }> } & {
  /** What the taximeter of the driver's car does now; an older report than the last one told is dropped. */
  readonly ARGO_CHANGED: ArgoChanged;
  /** Each notification, whatever its type, also of a type this client does not know yet. */
  readonly notification: RideNotification;
  /**
   * The connection is open. `resumed` is false the first time only. What happened while it was away is not told again: it is read, and comes as `ride`
   * and, for drivers, as `NEW_RIDE_REQUEST` and `EZPAY_CONFIRM_REQUEST`. A scan and the argo on the screen are read here (`getScan`, `argo`), each time.
   */
  readonly connected: { readonly resumed: boolean };
  /** A ride the app knows and that went on, read again because the connection was away: what it is now. */
  readonly ride: Ride;
  /** The connection ended and will come back by itself. */
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
   * Registers the device for mobile push (FCM registration token), now and with each later connection. Resolves when the server has it.
   * @throws {TuntasProblem} INVALID_MESSAGE when the server refuses the token, CLOSED when the app closes before
   */
  readonly registerPush: (pushToken: string) => Promise<void>;
  /** Call it when the app comes to the foreground or the network is back: connects at once, or checks that the connection still lives. */
  readonly checkNow: () => void;
  /** Ends the connection for good. */
  readonly close: () => void;
};

const defaults: Timing = {
  heartbeatMs: 60_000,
  answerMs: 10_000,
  renewMs: 110 * 60_000,
  backoff: { firstMs: 500, longestMs: 30_000 },
};
/** A connection that ends sooner has not proven anything: the waits go on growing. */
const provenMs = 10_000;

const platformWebSocket = (): MakeWebSocket => {
  const { WebSocket } = globalThis as { WebSocket?: unknown };
  if (typeof WebSocket !== 'function')
    throw new Error('this platform has no WebSocket: pass one in the options (in Node 20, that of the package ws)');
  return WebSocket as MakeWebSocket;
};

/** Connects and stays connected until `close`. */
export const realtime = ({
  websocket,
  token,
  filter,
  catchUp,
  WebSocket: make = platformWebSocket(),
  timing = {},
}: RealtimeOptions): Realtime => {
  const times: Timing = { ...defaults, ...timing };
  const { on, emit } = listeners<RealtimeEvents>();
  const push = pushRegistration();
  let current: { readonly socket: Socket; readonly since: number } | undefined;
  let state: RealtimeState = 'connecting';
  let dialling = false;
  let connects = 0;
  /** Failures in a row. */
  let failures = 0;
  let lastToken: string | undefined;
  let argo: ArgoChanged | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const become = (next: RealtimeState): void => {
    if (state === next || state === 'closed') return;
    state = next;
    emit('state', next);
  };
  const dialIn = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void dial(), ms);
  };

  const hear = (text: unknown): void => {
    const message = messageFrom(text);
    if (!message) return;
    if (!isNotification(message)) {
      hearOther(message);
      return;
    }
    if (filter.accepts(message)) show(message);
  };
  const show = (message: RideNotification): void => {
    emit('notification', message);
    if (isRideNotificationType(message.type)) emit(message.type, message as never);
  };

  const hearOther = (message: Exclude<Message, RideNotification>): void => {
    switch (message.type) {
      case 'PUSH_REGISTERED':
        push.confirmed();
        break;
      case 'ERROR':
        push.refused(refusalOf(message));
        break;
      case 'ARGO_CHANGED':
        if (argo?.car === message.car && argo.version >= message.version) return;
        argo = message;
        emit('ARGO_CHANGED', message);
    }
  };

  const open = async (): Promise<void> => {
    // A failed opening does not tell whether it was the token's fault; a second one makes it likely.
    const bearer = await token(failures > 1 ? lastToken : undefined);
    lastToken = bearer;
    let ended = false;
    const socket = await openSocket({
      url: `${websocket}${websocket.includes('?') ? '&' : '?'}token=${encodeURIComponent(bearer)}`,
      make,
      answerMs: times.answerMs,
      heartbeatMs: times.heartbeatMs,
      onText: hear,
      onEnd: (why) => {
        ended = true;
        if (current?.socket === socket) lost(why);
      },
    });
    if (state === 'closed' || ended) return socket.close();
    adopt(socket);
  };

  const adopt = (socket: Socket): void => {
    const old = current;
    current = { socket, since: Date.now() };
    connects += 1;
    // Not all at once: the apps of a city connected together after the last deployment.
    dialIn(times.renewMs * (1 - Math.random() / 10));
    const registration = push.message();
    if (registration) socket.send(registration);
    become('open');
    const resumed = connects > 1;
    emit('connected', { resumed });
    catchUp(resumed, {
      ride: (ride) => isClosed() || emit('ride', ride),
      question: (question) => isClosed() || show(question),
    }).catch((error: unknown) => emit('problem', error));
    old?.socket.close();
  };

  const lost = (why: string): void => {
    if (current && Date.now() - current.since >= provenMs) failures = 0;
    current = undefined;
    if (state === 'closed') return;
    emit('disconnected', { why });
    if (dialling) become('connecting');
    else comeBack();
  };

  const comeBack = (): void => {
    if (!current) become('waiting');
    dialIn(backoff(failures, times.backoff, Math.random()));
    failures += 1;
  };

  const dial = async (): Promise<void> => {
    if (dialling || state === 'closed') return;
    dialling = true;
    clearTimeout(timer);
    if (!current) become('connecting');
    const before = connects;
    try {
      await filter.ready;
      await open();
    } catch (error) {
      emit('problem', error);
    } finally {
      dialling = false;
    }
    if (!isClosed() && (connects === before || !current)) comeBack();
  };
  // A function, because the state changes while the dialling is awaited.
  const isClosed = (): boolean => state === 'closed';

  void dial();

  return {
    on,
    state: () => state,
    registerPush: (pushToken) => {
      const confirmed = push.ask(pushToken);
      const message = push.message();
      if (message) current?.socket.send(message);
      return confirmed;
    },
    checkNow: () => {
      if (current) current.socket.check();
      else if (state === 'waiting') void dial();
    },
    close: () => {
      become('closed');
      clearTimeout(timer);
      current?.socket.close();
      current = undefined;
      push.refused(new TuntasProblem({ status: 0, code: 'CLOSED', detail: 'The app closed the connection.' }));
    },
  };
};
