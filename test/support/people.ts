/** People with apps: who is connected, what their apps received, and how a connection can fail. */

import type { Instant } from '../../functions/kernel/types.ts';
import { type Connections, connections } from '../../functions/notify/connections.store.ts';
import { ledger } from '../../functions/notify/deliveries.store.ts';
import { delivery, type Push } from '../../functions/notify/delivery.ts';
import type { Notification } from '../../functions/notify/notification.ts';
import { at, start } from './dispatch.ts';
import { clientOf, type MemoryTable, memoryTable } from './memory-table.ts';

type Received = { readonly connectionId: string; readonly notification: Notification };

/** `fail` makes posts to a connection fail with an error, or find it gone. */
export const people = ({
  table = memoryTable(),
  push,
}: {
  readonly table?: MemoryTable;
  readonly push?: Push;
} = {}) => {
  const received: Received[] = [];
  const failing = new Map<string, Error | 'gone'>();
  let seconds = 0;
  const client = clientOf(table);
  const reachable: Connections = connections(client, 'State');
  const post = async (connectionId: string, body: string): Promise<boolean> => {
    const failure = failing.get(connectionId);
    if (failure === 'gone') return false;
    if (failure) throw failure;
    received.push({ connectionId, notification: JSON.parse(body) as Notification });
    return true;
  };
  return {
    table,
    received,
    reachable,
    deps: {
      ledger: ledger(client, 'Story'),
      deliver: delivery(reachable, post, push),
      now: (): Instant => at(seconds),
    },
    connect: (sub: string, connectionId = `connection-of-${sub}`) => reachable.opened(sub, connectionId, start),
    fail: (connectionId: string, how: Error | 'gone') => failing.set(connectionId, how),
    mend: (connectionId: string) => failing.delete(connectionId),
    clock: (now: number) => {
      seconds = now;
    },
    /** The notifications of one person, in order. */
    of: (sub: string) =>
      received
        .filter(({ connectionId }) => connectionId.endsWith(`-of-${sub}`))
        .map(({ notification }) => notification),
    lines: () => table.all('Story'),
  };
};
export type People = ReturnType<typeof people>;
