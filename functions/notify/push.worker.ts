/** Mobile push: one notification for one device, from a separate queue. */
import * as z from 'zod/mini';
import { log } from '../kernel/log.ts';
import { type MessageOf, message } from '../platform/message.ts';
import type { Clock } from '../platform/ports.ts';
import type { Connections } from './connections.store.ts';
import type { Notification } from './notification.ts';
import { endOf, type Pushed, type SendPush } from './push.client.ts';

export const pushMessage = message(
  z.object({
    sub: z.string().check(z.minLength(1)),
    token: z.string().check(z.minLength(1)),
    notification: z.looseObject({
      id: z.string().check(z.minLength(1), z.maxLength(64)),
      type: z.string(),
      rideId: z.string(),
      version: z.int(),
      at: z.string(),
    }),
  }),
);
export type PushMessage = MessageOf<typeof pushMessage>;

export type PushDeps = {
  readonly send: SendPush;
  readonly connections: Pick<Connections, 'deviceGone'>;
  readonly now: Clock['now'];
};

const metrics: Readonly<Record<Pushed | 'expired', Readonly<Record<string, number>>>> = {
  sent: { PushSent: 1 },
  gone: { PushGone: 1 },
  expired: { PushExpired: 1 },
  'no-push-service': {},
};

/** Sending twice is harmless: the phone replaces the first by the second. */
export const pushWorker =
  ({ send, connections, now }: PushDeps) =>
  async ({ sub, token, notification: received }: PushMessage): Promise<void> => {
    const notification = received as unknown as Notification;
    const at = now();
    const outcome = endOf(notification, at) <= at ? 'expired' : await send(token, notification, at);
    if (outcome === 'gone') await connections.deviceGone(sub, token);
    const { rideId: orderId, type, version } = notification;
    log.info('Push', { orderId, type, version, outcome }, metrics[outcome]);
  };
