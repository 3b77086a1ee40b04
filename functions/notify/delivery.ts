/** Delivers a notification over the open connections of a person, else by mobile push. */
import type { Connections } from './connections.store.ts';
import type { Message } from './notification.ts';

/** `none`: the person has no open connection and no device; the app reads it over HTTP. */
export type Channel = 'websocket' | 'push' | 'mail' | 'none';
/** Whether it is still to be sent: checked right before it is sent. */
export type StillWanted = () => Promise<boolean>;
/**
 * `dropped`: it was no longer wanted: not sent.
 * @throws the transport's error when it failed for a reason other than the person being gone
 */
export type Deliver = (sub: string, notification: Message, stillWanted?: StillWanted) => Promise<Channel | 'dropped'>;
/** Posts to one connection; `false` when it is gone. */
export type Post = (connectionId: string, body: string) => Promise<boolean>;
/** The port of mobile push: hands the notification over for one device of the person. */
export type Push = (sub: string, pushToken: string, notification: Message) => Promise<void>;

/**
 * Delivered once one attempt succeeded: a retry for the others would reach the first twice.
 * @throws the first error when none succeeded
 */
const anyOf = async (attempts: readonly Promise<boolean>[]): Promise<boolean> => {
  const results = await Promise.allSettled(attempts);
  const failed = results.find((result) => result.status === 'rejected');
  if (results.some((result) => result.status === 'fulfilled' && result.value)) return true;
  if (failed) throw failed.reason;
  return false;
};

export const delivery = (reachable: Connections, post: Post, push: Push | undefined): Deliver => {
  const posted = async (sub: string, connectionId: string, body: string): Promise<boolean> => {
    const open = await post(connectionId, body);
    if (!open) await reachable.closed(sub, connectionId);
    return open;
  };
  const pushed = async (sub: string, token: string, notification: Message): Promise<boolean> => {
    await push?.(sub, token, notification);
    return push !== undefined;
  };
  return async (sub, notification, stillWanted) => {
    const { connections, devices } = await reachable.reach(sub);
    if (stillWanted && !(await stillWanted())) return 'dropped';
    const body = JSON.stringify(notification);
    if (await anyOf(connections.map((connectionId) => posted(sub, connectionId, body)))) return 'websocket';
    if (notification.live) return 'none';
    return (await anyOf(devices.map((token) => pushed(sub, token, notification)))) ? 'push' : 'none';
  };
};
