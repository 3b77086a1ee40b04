/** What other contexts can ask of notify: to tell a person something once, and to remember where a person gets mail. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Unavailable } from '../kernel/errors.ts';
import { type Instant, instant } from '../kernel/types.ts';
import { env } from '../platform/env.ts';
import type { SendMessage } from '../platform/queue.client.ts';
import { connections } from './connections.store.ts';
import { type Ledger, type Line, ledger } from './deliveries.store.ts';
import { type Channel, type Deliver, delivery, type Push, postTo, type StillWanted } from './delivery.ts';
import { BeingSent } from './in-flight.ts';
import type { Message, Notification } from './notification.ts';

export { contactFrom, isEmail } from './contact.ts';
export { type Contact, contacts } from './contacts.store.ts';
export { BeingSent } from './in-flight.ts';
export { type Notification, notificationId } from './notification.ts';

export type NotifyDeps = { readonly ledger: Ledger; readonly deliver: Deliver; readonly now: () => Instant };

export type Told =
  | { readonly outcome: 'sent'; readonly channel: Channel }
  | { readonly outcome: 'sent-before' }
  | { readonly outcome: 'dropped' };

/**
 * Tells `sub` the notification once per `line.key`, however often it is asked.
 * `dropped`: it was no longer wanted, and nothing was sent.
 * @throws {BeingSent} when another copy is on its way; {Unavailable} when the sending failed: ask again
 */
export const tellOnce = async (
  { ledger, deliver, now, stillWanted }: NotifyDeps & { readonly stillWanted?: StillWanted },
  sub: string,
  line: Line,
  notification: Notification,
): Promise<Told> => {
  const claim = await ledger.claim(line, now());
  if (claim === 'sent-before') return { outcome: 'sent-before' };
  if (claim === 'being-sent') throw new BeingSent(`${line.key} is being sent by another copy of the message`);
  const channel = await deliver(sub, notification, stillWanted).catch(async (error: unknown) => {
    await ledger.giveBack(line);
    throw new Unavailable(`${line.key} could not be sent`, { cause: error });
  });
  if (channel === 'dropped') {
    // Of a claim that was taken over nobody knows whether it was sent: its line stays.
    if (claim === 'claimed') await ledger.giveBack(line);
    return { outcome: 'dropped' };
  }
  await ledger.sent(line, channel, now());
  return { outcome: 'sent', channel };
};

/** A live state, told to whoever is connected: a second copy does no harm, and a lost one is read again over HTTP. */
export const tellLive = async (
  { deliver }: Pick<NotifyDeps, 'deliver'>,
  sub: string,
  message: Message,
): Promise<void> => {
  await deliver(sub, { ...message, live: true });
};

/** Mobile push has a queue of its own, so that a slow push service never holds up the drivers who are connected. */
const pushQueue = (send: SendMessage, url: string | undefined): Push | undefined =>
  url ? (sub, token, notification) => send(url, JSON.stringify({ sub, token, notification })) : undefined;

/** The dependencies of a function that tells people something, from its environment. */
export const notifyDeps = (client: DynamoDBClient, send: SendMessage): NotifyDeps => ({
  ledger: ledger(client, env('STORY_TABLE')),
  deliver: delivery(
    connections(client, env('STATE_TABLE')),
    postTo(env('WEBSOCKET_ENDPOINT')),
    pushQueue(send, process.env.PUSH_QUEUE_URL),
  ),
  now: () => instant(Date.now()),
});
