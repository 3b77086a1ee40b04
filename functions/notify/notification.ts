/** Notifications to apps. The id is `{rideId}:{version}`: an app drops an id it has seen. */
import type { OrderId } from '../kernel/types.ts';
import type { NotificationType } from './push.texts.ts';

/** What any message to an app has. A `live` one goes to open connections only, never to mobile push. */
export type Message = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly type: NotificationType;
  readonly live?: true;
};

export type Notification = {
  readonly id: string;
  readonly type: NotificationType;
  readonly rideId: OrderId;
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly at: string;
} & Readonly<Record<string, unknown>>;

export const notificationId = (rideId: OrderId, version: number): string => `${rideId}:${version}`;
