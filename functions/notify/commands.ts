/** The commands of notify for other contexts: notify a person once, and keep a person's address for mail. */
import { required } from '../platform/env.ts';
import type { Env, Ports, Queues } from '../platform/ports.ts';
import { connections } from './connections.store.ts';
import { type DeliveredOnce, type DeliveryDeps, deliverOnce } from './deliver-once.ts';
import { type DeliveryLine, deliveries } from './deliveries.store.ts';
import { type Deliver, delivery, type Push, type StillWanted } from './delivery.ts';
import type { Message, Notification } from './notification.ts';
import { pushMessage } from './push.worker.ts';

export { contactFrom, isEmail } from './contact.ts';
export { type Contact, type Contacts, contacts } from './contacts.store.ts';
export { InFlight } from './deliver-once.ts';
export type { DeliveryLine } from './deliveries.store.ts';
export type { Channel, StillWanted } from './delivery.ts';
export { type Notification, notificationId } from './notification.ts';

export type NotifyDeps = DeliveryDeps & { readonly deliver: Deliver };

/**
 * Notifies `sub` once per `line.key`, however often it is called.
 * @throws {InFlight} when another copy is being sent; {Unavailable} when the delivery failed: call again
 */
export const notifyOnce = (
  { stillWanted, ...deps }: NotifyDeps & { readonly stillWanted?: StillWanted | undefined },
  sub: string,
  line: DeliveryLine,
  notification: Notification,
): Promise<DeliveredOnce> =>
  deliverOnce(deps, line, async () => {
    const channel = await deps.deliver(sub, notification, stillWanted);
    return channel === 'dropped' ? { outcome: channel } : { outcome: 'sent', channel };
  });

/** A live state for open connections only: a second copy is harmless, and a lost one is read over HTTP. */
export const notifyLive = async (
  { deliver }: Pick<NotifyDeps, 'deliver'>,
  sub: string,
  message: Message,
): Promise<void> => {
  await deliver(sub, { ...message, live: true });
};

/** Mobile push has a separate queue, so that a slow push service never delays drivers who are connected. */
const pushQueue = ({ send }: Pick<Queues, 'send'>, url: string | undefined): Push | undefined =>
  url
    ? (sub, token, notification) =>
        send(url, pushMessage.write({ sub, token, notification: notification as Notification }))
    : undefined;

/** The dependencies of a function that notifies people. */
export const notifyDeps = (
  { dynamo, queues, postToConnection, now }: Ports<'dynamo' | 'queues' | 'postToConnection'>,
  env: Env,
): NotifyDeps => {
  const endpoint = required(env, 'WEBSOCKET_ENDPOINT');
  return {
    deliveries: deliveries(dynamo, required(env, 'STORY_TABLE')),
    deliver: delivery(
      connections(dynamo, required(env, 'STATE_TABLE')),
      (connectionId, body) => postToConnection(endpoint, connectionId, body),
      pushQueue(queues, env.PUSH_QUEUE_URL),
    ),
    now,
  };
};
