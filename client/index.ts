/** What an app imports. No dependency at run time; browsers, React Native, Node 20 and newer. */
export type { CallOptions, Tuntas, TuntasOptions } from './api.ts';
export type { Storage } from './filter-memory.ts';
export type { Fetch } from './http.ts';
export { type NotificationFilter, notificationFilter } from './notification-filter.ts';
export type {
  ArgoChanged,
  EzPayAwaitingDriver,
  EzPayCancelled,
  EzPayConfirmed,
  EzPayConfirmRequest,
  FinishProposed,
  NewRideRequest,
  PaymentDue,
  PickupUpdated,
  RideAccepted,
  RideCancelled,
  RideDeclined,
  RideExpired,
  RideNotification,
  RideWithdrawn,
  StartArgo,
} from './notifications.ts';
export { type Advice, type FieldError, type ProblemCode, TuntasProblem } from './problem.ts';
export type { Realtime, RealtimeEvents, RealtimeState, Timing } from './realtime-api.ts';
export type { MakeWebSocket, WebSocketLike } from './socket.ts';
export { tuntas } from './tuntas.ts';
export type * from './types.ts';
