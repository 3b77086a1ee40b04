/** The live feed on the model of the tables, at noon in Jakarta: its worker, its store, and the events it follows. */

import { instant } from '../../functions/kernel/types.ts';
import { appendTo } from '../../functions/live/append.ts';
import { compose } from '../../functions/live/feed.compose.ts';
import { feed } from '../../functions/live/feed.store.ts';
import { type LiveEvent, liveMessage, type Notice, noticeOf } from '../../functions/live/notice.ts';
import type { Dynamo } from '../../functions/platform/ports.ts';
import { type MemoryTable, memoryTable } from '../support/memory-table.ts';
import { testPorts } from '../support/ports.ts';
import { delivered } from '../support/queue.ts';

export const hour = 3_600_000;
export const noon = instant(Date.parse('2026-11-21T05:00:00.000Z'));

/** The settlement of the payment of one order; `more`: what differs, such as its type. */
export const settled = (n: number, more: object = {}): LiveEvent => {
  const orderId = `TNT-20261121-${String(n).padStart(7, '0')}`;
  const event = {
    id: `${orderId}-1795232640/PAYMENT/3`,
    type: 'payment.settled',
    orderId,
    paymentRef: `${orderId}-1795232640`,
    riderId: 'anna',
    method: 'qris',
    amount: 120_000,
    version: 3,
    at: '2026-11-21T05:00:00.000Z',
    transactionId: 't-1',
    captured: false,
    ...more,
  };
  return liveMessage.read(JSON.stringify(event));
};
export const notice = (n: number): Notice => noticeOf(settled(n));

/** Pausing lets the time pass. */
export const liveWorld = (table: MemoryTable = memoryTable(), dynamo?: Dynamo) => {
  const world = testPorts({ table, ...(dynamo ? { dynamo } : {}) });
  world.clock.set(noon);
  const ports = { ...world.ports, pause: async (ms: number): Promise<void> => world.clock.pass(ms) };
  const store = feed(ports, 'State');
  const worker = compose(ports, world.env);
  return {
    ...world,
    ports,
    store,
    append: appendTo(store, ports),
    /** Hands the events to the worker in one batch. @returns the ids of the messages it did not take */
    deliver: async (...events: readonly unknown[]): Promise<readonly string[]> =>
      (await worker(delivered(events))).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
  };
};
