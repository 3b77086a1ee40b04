/** The payments of a model world: a table, a gateway, a clock, and what the workers left behind. */

import { after, type Instant } from '../../functions/kernel/types.ts';
import { earlyStore } from '../../functions/payments/notifications/early.store.ts';
import type { JoiningDeps } from '../../functions/payments/notifications/join-notification.ts';
import { type SyncLine, syncLog } from '../../functions/payments/notifications/sync-log.store.ts';
import { type Payment, type PaymentRef, paymentRef } from '../../functions/payments/payment.ts';
import { paymentsOf } from '../../functions/payments/payments.store.ts';
import { store } from '../../functions/platform/store.ts';
import { memoryGateway } from './gateway.ts';
import { clientOf, memoryTable } from './memory-table.ts';
import { orderId, start } from './payments.ts';
import { deadLetters } from './queue.ts';

export const world = (table = memoryTable(), client = clientOf(table)) => {
  let time: Instant = start;
  const now = (): Instant => time;
  const gateway = memoryGateway(now);
  const { park, parked } = deadLetters();
  const deps: JoiningDeps = {
    store: store(client, 'State'),
    gateway: gateway.gateway,
    early: earlyStore(client, 'State'),
    syncLog: syncLog(client, 'Story'),
    park,
    random: () => 0.5,
    now,
  };
  return {
    deps,
    paymentsOf: paymentsOf(client, 'State'),
    table,
    gateway,
    parked,
    now,
    pass: (seconds: number): void => {
      time = after(time, seconds * 1_000);
    },
    payment: async (ref: PaymentRef): Promise<Payment> => {
      const { state } = await deps.store.load(paymentRef(ref));
      if (!state) throw new Error(`there is no payment ${ref}`);
      return state;
    },
    /** What the order's partition holds under a prefix of its sort key. */
    items: (prefix: string) =>
      table.all('State').filter(({ pk, sk }) => pk === `ORDER#${orderId}` && String(sk).startsWith(prefix)),
    syncLines: () =>
      table.all('Story') as unknown as readonly (SyncLine & { readonly sk: string; readonly kind: string })[],
  };
};
export type World = ReturnType<typeof world>;
