/** The connection for notifications: it reconnects, reads what the app missed, and drops what the app knows. */
import { type ConnectionOptions, connection } from './connection.ts';
import { listeners } from './listeners.ts';
import type { NotificationFilter } from './notification-filter.ts';
import {
  type ArgoChanged,
  isNotification,
  isRideNotificationType,
  type Message,
  messageFrom,
  type RideNotification,
} from './notifications.ts';
import { TuntasProblem } from './problem.ts';
import { pushRegistration, refusalOf } from './push-registration.ts';
import type { Realtime, RealtimeEvents, RealtimeOptions, Timing } from './realtime-api.ts';
import { type MakeWebSocket, openSocket } from './socket.ts';

type Emit = ReturnType<typeof listeners<RealtimeEvents>>['emit'];

const defaults: Timing = {
  heartbeatMs: 60_000,
  answerMs: 10_000,
  renewMs: 110 * 60_000,
  backoff: { firstMs: 500, longestMs: 30_000 },
};

const platformWebSocket = (): MakeWebSocket => {
  const { WebSocket } = globalThis as { WebSocket?: unknown };
  if (typeof WebSocket !== 'function')
    throw new Error('this platform has no WebSocket: pass one in the options (in Node 20, that of the package ws)');
  return WebSocket as MakeWebSocket;
};

/** What arrives over the socket, for the listeners of the app. */
const inbox = (filter: NotificationFilter, push: ReturnType<typeof pushRegistration>, emit: Emit) => {
  let argo: ArgoChanged | undefined;
  const show = (message: RideNotification): void => {
    emit('notification', message);
    if (isRideNotificationType(message.type)) emit(message.type, message as never);
  };
  const receiveOther = (message: Exclude<Message, RideNotification>): void => {
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
  const receive = (text: unknown): void => {
    const message = messageFrom(text);
    if (!message) return;
    if (!isNotification(message)) receiveOther(message);
    else if (filter.accepts(message)) show(message);
  };
  return { show, receive };
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
  const { heartbeatMs, answerMs, renewMs, backoff }: Timing = { ...defaults, ...timing };
  const { on, emit } = listeners<RealtimeEvents>();
  const push = pushRegistration();
  const { show, receive } = inbox(filter, push, emit);
  let lastToken: string | undefined;

  const open: ConnectionOptions['open'] = async (onEnd, failures) => {
    await filter.ready;
    // A failed attempt does not say whether the token was refused; a second one makes it likely.
    const bearer = await token(failures > 1 ? lastToken : undefined);
    lastToken = bearer;
    const url = `${websocket}${websocket.includes('?') ? '&' : '?'}token=${encodeURIComponent(bearer)}`;
    return openSocket({ url, make, answerMs, heartbeatMs, onText: receive, onEnd });
  };
  const onOpen: ConnectionOptions['onOpen'] = (socket, resumed) => {
    const registration = push.message();
    if (registration) socket.send(registration);
    emit('connected', { resumed });
    const isClosed = () => kept.state() === 'closed';
    catchUp(resumed, {
      ride: (ride) => isClosed() || emit('ride', ride),
      question: (question) => isClosed() || show(question),
    }).catch((error: unknown) => emit('problem', error));
  };
  const kept = connection({
    open,
    renewMs,
    backoff,
    onOpen,
    onEnd: (why) => emit('disconnected', { why }),
    onState: (state) => emit('state', state),
    onProblem: (problem) => emit('problem', problem),
  });

  return {
    on,
    state: kept.state,
    registerPush: (pushToken) => {
      const confirmed = push.register(pushToken);
      const message = push.message();
      if (message) kept.send(message);
      return confirmed;
    },
    checkNow: kept.checkNow,
    close: () => {
      kept.close();
      push.refused(new TuntasProblem({ status: 0, code: 'CLOSED', detail: 'The app closed the connection.' }));
    },
  };
};
