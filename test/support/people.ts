/** People with apps: who is connected, what their apps received, and how a connection can fail. */
import { notifyDeps } from '../../functions/notify/commands.ts';
import { connections } from '../../functions/notify/connections.store.ts';
import type { Notification } from '../../functions/notify/notification.ts';
import type { Dynamo } from '../../functions/platform/ports.ts';
import { at, start } from './dispatch.ts';
import type { MemoryTable } from './memory-table.ts';
import { env, testPorts } from './ports.ts';

type Received = { readonly connectionId: string; readonly notification: Notification };

/** The ports of a function that notifies people; `fail` makes posts to a connection fail, or find it gone. */
export const people = (options: { readonly table?: MemoryTable; readonly dynamo?: Dynamo } = {}) => {
  const world = testPorts(options);
  const received: Received[] = [];
  const failing = new Map<string, Error | 'gone'>();
  const ports: typeof world.ports = {
    ...world.ports,
    postToConnection: async (_, connectionId, body) => {
      const failure = failing.get(connectionId);
      if (failure === 'gone') return false;
      if (failure) throw failure;
      received.push({ connectionId, notification: JSON.parse(body) as Notification });
      return true;
    },
  };
  const reachable = connections(ports.dynamo, 'State');
  return {
    ...world,
    ports,
    received,
    reachable,
    deps: notifyDeps(ports, env),
    connect: (sub: string, connectionId = `connection-of-${sub}`) => reachable.opened(sub, connectionId, start),
    fail: (connectionId: string, how: Error | 'gone'): void => void failing.set(connectionId, how),
    mend: (connectionId: string): void => void failing.delete(connectionId),
    /** Sets the clock, in seconds after `start`. */
    clock: (seconds: number): void => world.clock.set(at(seconds)),
    /** The notifications of one person, in order. */
    of: (sub: string): readonly Notification[] =>
      received
        .filter(({ connectionId }) => connectionId.endsWith(`-of-${sub}`))
        .map(({ notification }) => notification),
    /** What a person's devices were sent, by the messages of the push queue. */
    pushed: (): readonly unknown[] => world.messagesTo('push'),
    lines: () => world.table.all('Story'),
  };
};
export type People = ReturnType<typeof people>;
