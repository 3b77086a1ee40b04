/** What an app imports. No dependency at run time; browsers, React Native, Node 20 and newer. */
export type { Fetch } from './http.ts';
export { type NotificationFilter, notificationFilter, type Storage } from './notification-filter.ts';
export type {
  ArgoChanged,
  EzPayCancelled,
  EzPayConfirmed,
  EzPayConfirmRequest,
  EzPayDriverAsked,
  NewRideRequest,
  PickupUpdated,
  RideAccepted,
  RideCancelled,
  RideDeclined,
  RideExpired,
  RideNotification,
  RideWithdrawn,
} from './notifications.ts';
export { type FieldError, type ProblemCode, type Told, TuntasProblem } from './problem.ts';
export type { Realtime, RealtimeEvents, RealtimeState, Timing } from './realtime.ts';
export type { MakeWebSocket, WebSocketLike } from './socket.ts';
export { type CallOptions, type Tuntas, type TuntasOptions, tuntas } from './tuntas.ts';
export type * from './types.ts';
